"""What readers see has changed: the revisions grow by which cached pages are compared.

It is read off what a session writes and not left to each service to say, so that none can forget
it. The growth is written in the same transaction, last of all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Update, bindparam, case, update
from sqlalchemy.orm import (
    InstrumentedAttribute,
    ORMExecuteState,
    Session,
    UOWTransaction,
    object_session,
)

from bluelog.clock import now
from bluelog.extensions import DERIVED, db
from bluelog.models import (
    PUBLIC_STATUSES,
    Category,
    Comment,
    CommentStatus,
    ContentRevision,
    Link,
    MenuItem,
    Post,
    PostAuthor,
    PostRelation,
    PostTag,
    Role,
    Series,
    Site,
    Tag,
    Upload,
    User,
)
from bluelog.queries.portions import in_portions
from bluelog.reactions.watching import forgetting, has_changed, values_of, watch
from bluelog.uow import unit_of_work

_KEY = "readers_changes"
_MILLISECONDS = bindparam("milliseconds", type_=BigInteger)
# What of a post its own page or a list shows, and what other pages show of it around their own.
_POST_FRAME = (
    *("kind", "status", "title", "slug", "language", "published_at", "category_id"),
    *("translation_of", "series_id", "part", "parent_id", "parent_slug", "position"),
)
_POST_SHOWN = (
    *_POST_FRAME,
    *("html", "summary", "words", "cover_id", "comments_open", "revised_at"),
    *("comment_count", "pinned_at"),
    # By it the sitemap tells what changed lately.
    "updated_at",
)
_COMMENT_SHOWN = (
    *("status", "body", "html", "name", "site", "user_id", "from_staff", "created_at"),
    *("post_id", "thread_id", "parent_id"),
)
_UPLOAD_SHOWN = ("digest", "extension", "width", "height", "widths", "formats")
_TAG_SHOWN = ("name", "slug", "post_count")
_SERIES_SHOWN = ("name", "slug", "description")
_USER_SHOWN = ("username", "name", "bio", "website", "role", "status")
_FRAME_TABLES = {
    model.__tablename__ for model in (Category, Link, MenuItem, Post, Series, Site, Tag, User)
}
_WATCHED_TABLES = _FRAME_TABLES | {
    model.__tablename__ for model in (Comment, PostAuthor, PostTag, Upload)
}


@dataclass
class Changes:
    """What one transaction changes for readers."""

    content: bool = False
    frame: bool = False
    posts: set[int] = field(default_factory=set)

    def note(self, *, post_id: int | None = None, frame: bool = False) -> None:
        """One change, of a post or of what every page shows."""
        self.content, self.frame = True, self.frame or frame
        if post_id is not None:
            self.posts.add(post_id)


def register() -> None:
    """Watch every session of the app."""
    watch(_LISTENERS)


def outdate() -> None:
    """Have every kept page made anew, for all that is stored was replaced."""
    with unit_of_work():
        _write(db.session(), _grown_revisions("content", "frame"))


def _look_at_rows(session: Session, _context: UOWTransaction) -> None:
    changes = _changes(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        look = _LOOKS.get(type(row))
        is_whole = row in session.new or row in session.deleted
        if look:
            look(row, changes, whole=is_whole)


def _look_at_statement(state: ORMExecuteState) -> None:
    """A statement that changes many rows says nothing of each: everything may look otherwise."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    if state.execution_options.get(DERIVED):
        return
    table = getattr(getattr(state.statement, "table", None), "name", "")
    if table in _WATCHED_TABLES:
        changes = _changes(state.session)
        changes.note(frame=True)


def _grow(session: Session) -> None:
    session.flush()
    changes = session.info.pop(_KEY, None)
    if changes is None:
        return
    for some in in_portions(sorted(changes.posts)):
        _write(session, _grown_posts(), ids=some)
    if names := [name for name in ("content", "frame") if getattr(changes, name)]:
        _write(session, _grown_revisions(*names))


@cache
def _grown_posts() -> Update:
    rows = update(Post).where(Post.id.in_(bindparam("ids", expanding=True)))
    return rows.values(revision=_grown(Post.revision))


@cache
def _grown_revisions(*names: str) -> Update:
    grown = {name: _grown(getattr(ContentRevision, name)) for name in names}
    return update(ContentRevision).values(grown)


def _grown(revision: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """The next figure: milliseconds of Unix time, or one more where that is no growth.

    A figure that counted alone could come again, for another content, after a restored backup.
    """
    return case((revision < _MILLISECONDS, _MILLISECONDS), else_=revision + 1)


def _write(session: Session, statement: Update, **values: Any) -> None:
    values |= {"milliseconds": int(now().timestamp() * 1000)}
    # On the connection: no row that the session knows shows a revision.
    session.connection().execute(statement, values)


def _changes(session: Session) -> Changes:
    return session.info.setdefault(_KEY, Changes())  # type: ignore[no-any-return]


def _look_at_post(post: Post, changes: Changes, *, whole: bool) -> None:
    # One that is scheduled counts as public: it becomes so with time, and pages know when.
    was = {post.status} if whole else values_of(post, "status")
    # One whose status nobody asked for may be public.
    is_shown = not was or bool(was & set(PUBLIC_STATUSES))
    if is_shown and (whole or has_changed(post, *_POST_SHOWN)):
        changes.note(post_id=post.id, frame=whole or has_changed(post, *_POST_FRAME))


def _look_at_author(row: PostAuthor, changes: Changes, *, whole: bool) -> None:
    # Only what is public has that date. Who wrote it counts as one of the blog's authors.
    is_public = ({row.public_at} if whole else values_of(row, "public_at")) != {None}
    if is_public and (whole or has_changed(row, "position", "user_id", "public_at")):
        changes.note(post_id=row.post_id, frame=True)


def _look_at_tagging(row: PostTag, changes: Changes, *, whole: bool) -> None:
    is_public = ({row.public_at} if whole else values_of(row, "public_at")) != {None}
    if is_public and (whole or has_changed(row, "position", "tag_id", "public_at")):
        # A menu leads to a tag as long as some public post has it.
        is_counted = whole or has_changed(row, "tag_id", "public_at")
        changes.note(post_id=row.post_id, frame=is_counted)


def _look_at_relation(row: PostRelation, changes: Changes, *, whole: bool) -> None:
    # It stands on the page of that one post, and in no list.
    if whole or has_changed(row, "score"):
        changes.posts.add(row.post_id)


def _look_at_tag(tag: Tag, changes: Changes, *, whole: bool) -> None:
    # A new one is on no public post yet; any other stands on the page of each of its posts.
    if _is_gone(tag) if whole else has_changed(tag, *_TAG_SHOWN):
        changes.note(frame=True)


def _look_at_series(series: Series, changes: Changes, *, whole: bool) -> None:
    # A new one has no part yet; any other stands on the page of each of its parts.
    if _is_gone(series) if whole else has_changed(series, *_SERIES_SHOWN):
        changes.note(frame=True)


def _look_at_comment(comment: Comment, changes: Changes, *, whole: bool) -> None:
    if whole:
        is_shown = comment.status != CommentStatus.PENDING
    else:
        is_shown = values_of(comment, "status") != {CommentStatus.PENDING}
    if is_shown and (whole or has_changed(comment, *_COMMENT_SHOWN)):
        changes.note(post_id=comment.post_id)


def _look_at_user(user: User, changes: Changes, *, whole: bool) -> None:
    # A new reader has said nothing yet.
    is_shown = user.role != Role.READER or _is_gone(user)
    if is_shown if whole else has_changed(user, *_USER_SHOWN):
        changes.note(frame=True)


def _look_at_upload(upload: Upload, changes: Changes, *, whole: bool) -> None:
    # A new one is shown by nothing yet.
    if _is_gone(upload) if whole else has_changed(upload, *_UPLOAD_SHOWN):
        changes.note(frame=True)


def _look_at_frame(row: Any, changes: Changes, *, whole: bool) -> None:
    del row, whole  # whatever it was
    changes.note(frame=True)


def _is_gone(row: Any) -> bool:
    session = object_session(row)
    return session is not None and row in session.deleted


_LOOKS: dict[type[Any], Callable[..., None]] = {
    Post: _look_at_post,
    PostAuthor: _look_at_author,
    PostTag: _look_at_tagging,
    PostRelation: _look_at_relation,
    Series: _look_at_series,
    Tag: _look_at_tag,
    Comment: _look_at_comment,
    User: _look_at_user,
    Site: _look_at_frame,
    Category: _look_at_frame,
    MenuItem: _look_at_frame,
    Link: _look_at_frame,
    Upload: _look_at_upload,
}
_LISTENERS: dict[str, Callable[..., None]] = {
    "after_flush": _look_at_rows,
    "do_orm_execute": _look_at_statement,
    "before_commit": _grow,
    "after_rollback": forgetting(_KEY),
}
