"""Comments, a batch at a time, with their places in threads."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bluelog.extensions import db
from bluelog.i18n import best_language
from bluelog.i18n import gettext as _
from bluelog.models import Comment, CommentStatus, Post
from bluelog.operations.importing import ledger, source
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.run import Run, batches
from bluelog.operations.importing.values import web_address
from bluelog.services import moderators
from bluelog.settings.readers import is_address
from bluelog.text.comment import plain_comment

_BATCH = 500
_LONGEST_NAME = 60
_LONGEST_EMAIL = 254
_LONGEST_SITE = 255


@dataclass(frozen=True)
class _Place:
    """Where a comment goes: its post there and here, and that post's language."""

    comment: source.Comment
    post_id: int
    locale: str


def bring(run: Run, *, admin_id: int) -> None:
    """Bring in the comments that are new; those of the administrator become the account's."""
    approved: Counter[int] = Counter()
    with run.progress("Comments", run.source.count("comment")) as advance:
        for batch in batches(run.source.comments(), _BATCH):
            places = _places(run, batch)
            _add(run, places, admin_id)
            approved.update(place.post_id for place in places if place.comment.reviewed)
            advance(len(batch))
    _count(approved)


def _places(run: Run, batch: list[source.Comment]) -> list[_Place]:
    found = [(comment, _post_id(run, comment)) for comment in batch]
    wanted = [(comment, post_id) for comment, post_id in found if post_id]
    query = select(Post.id, Post.language).where(Post.id.in_({post_id for _, post_id in wanted}))
    languages = dict(db.session.execute(query).all())
    return [
        _Place(comment, post_id, best_language(languages[post_id]) or "en")
        for comment, post_id in wanted
    ]


def _post_id(run: Run, comment: source.Comment) -> int | None:
    """The post here of a comment that is to come in, else None."""
    if run.ledger.knows(ledger.COMMENT, comment.id):
        run.report.count(Kind.COMMENT, Outcome.EXISTING)
        return None
    post_id = run.ledger.find(ledger.POST, comment.post_id)
    if post_id is None:
        run.report.skip(Kind.COMMENT, "their post is missing", _told(comment))
    elif not comment.body.strip():
        run.report.skip(Kind.COMMENT, "they are empty", _told(comment))
        return None
    return post_id


def _add(run: Run, places: list[_Place], admin_id: int) -> None:
    if not places:
        return
    rows = [_row(run, place, admin_id) for place in places]
    adding = insert(Comment).returning(Comment.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(adding, rows))
    # The session saw a statement, not the rows.
    db.session.connection().execute(moderators.added("id"), {"ids": ids})
    old_ids = (place.comment.id for place in places)
    run.ledger.remember(ledger.COMMENT, zip(old_ids, ids, strict=True))
    parents = {
        new: _parent(run, place.comment, new) for new, place in zip(ids, places, strict=True)
    }
    _tie(parents)
    run.report.count(Kind.COMMENT, Outcome.ADDED, len(rows))


def _tie(parents: dict[int, int | None]) -> None:
    """Write the parent and the thread of comments that come in the order of their ids."""
    earlier = {parent for parent in parents.values() if parent and parent not in parents}
    query = select(Comment.id, Comment.thread_id).where(Comment.id.in_(earlier))
    threads = dict(db.session.execute(query).all())
    for comment_id, parent in parents.items():
        threads[comment_id] = threads[parent] if parent else comment_id
    db.session.execute(
        update(Comment),
        [
            {"id": comment_id, "parent_id": parent, "thread_id": threads[comment_id]}
            for comment_id, parent in parents.items()
        ],
    )


def _parent(run: Run, comment: source.Comment, new_id: int) -> int | None:
    """The parent here of a reply; one that cannot keep its place is named."""
    if comment.replied_id is None:
        return None
    parent = run.ledger.find(ledger.COMMENT, comment.replied_id)
    fault = _fault(comment, parent, new_id)
    if fault:
        run.report.odd(f"Replies that came in as comments of their own: {fault}", _answer(comment))
        return None
    if not comment.parent_reviewed:
        run.report.odd("Replies to a comment that waits for approval", _answer(comment))
    return parent


def _fault(comment: source.Comment, parent: int | None, new_id: int) -> str | None:
    if comment.parent_id is None:
        return "the comment they answer is missing"
    if comment.parent_post_id != comment.post_id:
        return "the comment they answer is on another post"
    if parent is None:
        return "the comment they answer did not come in"
    return "the comment they answer came later" if parent >= new_id else None


def _row(run: Run, place: _Place, admin_id: int) -> dict[str, Any]:
    comment = place.comment
    body = comment.body.replace("\r\n", "\n").strip()
    return {
        "post_id": place.post_id,
        "status": CommentStatus.APPROVED if comment.reviewed else CommentStatus.PENDING,
        "user_id": admin_id if comment.from_admin else None,
        "name": comment.author[:_LONGEST_NAME].strip() or _("Anonymous"),
        "email": _email(run, comment),
        "site": _site(run, comment),
        "body": body,
        "html": str(plain_comment(body)),
        "locale": place.locale,
        "from_staff": comment.from_admin,
        "reply_mailed": True,  # The other blog wrote to the person who was answered.
        "created_at": _time(run, comment),
    }


def _email(run: Run, comment: source.Comment) -> str:
    if is_address(comment.email) and len(comment.email) <= _LONGEST_EMAIL:
        return comment.email
    run.report.odd("E-mail addresses of comments that are none, left out", _told(comment))
    return ""


def _site(run: Run, comment: source.Comment) -> str:
    if comment.from_admin:
        return ""  # It was the other blog's own address.
    if comment.site and (not web_address(comment.site) or len(comment.site) > _LONGEST_SITE):
        run.report.odd("Sites of comments that are no address of the web, left out", _told(comment))
        return ""
    return comment.site


def _time(run: Run, comment: source.Comment) -> datetime:
    if comment.created_at is None:
        run.report.odd("Comments without a date, dated as the oldest post", _told(comment))
    return comment.created_at or run.undated


def _count(approved: Counter[int]) -> None:
    """Raise the kept counts of the posts.

    Not counted anew by the database: right after so many rows PostgreSQL does not know to use the
    index, and would read every comment for every post.
    """
    count = Post.comment_count + bindparam("more")
    raising = update(Post).where(Post.id == bindparam("post")).values(comment_count=count)
    rows = ({"post": post_id, "more": more} for post_id, more in approved.items())
    connection = db.session.connection()  # The session would take the list for primary keys.
    for batch in batches(rows, _BATCH):
        connection.execute(raising, batch)


def _told(comment: source.Comment) -> str:
    return f"comment {comment.id} by {comment.author[:60]} under post {comment.post_id}"


def _answer(comment: source.Comment) -> str:
    where = f" under post {comment.parent_post_id}" if comment.parent_post_id else ""
    return f"{_told(comment)}, in answer to comment {comment.replied_id}{where}"
