"""What tags' lists go by is kept in step with their posts, and how many are published.

It is read off what a session writes, so that no service can forget it. Posts are counted at the
end of the transaction and in the order of the tags, so that no two wait for each other.
"""

from collections import Counter
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.extensions import DERIVED
from bluelog.models import PUBLIC_STATUSES, Post, PostKind, PostStatus, PostTag, Tag
from bluelog.reactions.watching import forgetting, has_changed, watch

_KEY = "tag_counts"
_COPIED = ("kind", "status", "published_at", "updated_at")
_PUBLIC = (Post.kind == PostKind.POST) & Post.status.in_(PUBLIC_STATUSES)


def register() -> None:
    """Watch every session of the app."""
    watch(_LISTENERS)


def _keep(session: Session, _context: UOWTransaction) -> None:
    changed = {row.post_id for row in session.new if isinstance(row, PostTag)}
    changed |= {
        row.id for row in session.dirty if isinstance(row, Post) and has_changed(row, *_COPIED)
    }
    gone = [row for row in session.deleted if isinstance(row, PostTag)]
    for row in gone:
        _steps(session)[row.tag_id] -= row.status == PostStatus.PUBLISHED
    if changed:
        _settle(session, sorted(changed))


def _settle(session: Session, post_ids: list[int]) -> None:
    # On the connection: a session takes no statement of its own while it is flushed.
    connection, of_posts = session.connection(), PostTag.post_id.in_(post_ids)
    # Held, for a tag that is merged at this moment takes its posts elsewhere.
    held = select(PostTag.tag_id, PostTag.status, Post.status.label("is_now")).join(PostTag.post)
    ordered = held.where(of_posts).order_by(PostTag.post_id, PostTag.tag_id)
    rows = connection.execute(ordered.with_for_update(of=PostTag)).all()
    for row in rows:
        is_published = row.is_now == PostStatus.PUBLISHED
        _steps(session)[row.tag_id] += is_published - (row.status == PostStatus.PUBLISHED)
    if rows:
        connection.execute(update(PostTag).where(of_posts).values(_of_its_post()))


def _of_its_post() -> dict[str, Any]:
    columns = {
        "public_at": case((_PUBLIC, Post.published_at)),
        "status": Post.status,
        "edited_at": Post.updated_at,
    }
    its_post = Post.id == PostTag.post_id
    return {name: select(c).where(its_post).scalar_subquery() for name, c in columns.items()}


def _count(session: Session) -> None:
    session.flush()
    for tag_id, step in sorted(session.info.pop(_KEY, {}).items()):
        if step:
            row = update(Tag).where(Tag.id == tag_id).values(post_count=Tag.post_count + step)
            options = {DERIVED: True, "synchronize_session": False}
            session.execute(row, execution_options=options)


def _steps(session: Session) -> Counter[int]:
    return session.info.setdefault(_KEY, Counter())  # type: ignore[no-any-return]


_LISTENERS: dict[str, Any] = {
    "after_flush": _keep,
    "before_commit": _count,
    "after_rollback": forgetting(_KEY),
}
