"""What people type into editors and have not saved: kept apart, so that no page shows it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from bluelog.errors import NotAllowed, NotFound
from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Post, Presence, User, WorkingCopy
from bluelog.queries.history import newest_revisions
from bluelog.queries.posts import posts_editable_by
from bluelog.services import limits, notes, upload_uses, upserts
from bluelog.services.content import Content
from bluelog.services.notes import Note
from bluelog.services.restoring import content_of
from bluelog.services.revisions import LEFT_BY_NONE
from bluelog.text.blocks import with_unix_newlines
from bluelog.text.ids import id_in
from bluelog.uow import unit_of_work

KEPT_FOR = timedelta(days=180)
_SEEN_KEPT_FOR = timedelta(days=1)
# What is sent late was saved by one of these.
_LOOKED_BACK = 20


@dataclass(frozen=True)
class Typed:
    """An editor as it stands: its form's fields by name, and the content that saving would make.

    `post_id` is None in the editor of a new post, `version` the post's that it was opened with.
    """

    submission_id: str
    fields: dict[str, list[str]]
    content: Content
    post_id: int | None = None
    kind: str = "post"
    version: int | None = None


def keep(
    typed: Typed, *, by: User, at: datetime, age: timedelta = timedelta(0)
) -> WorkingCopy | None:
    """Keep what was typed, in place of what this editor sent before; None if it is saved already.

    What was typed `age` ago takes the place of nothing that is newer. Raises LimitReached, and
    NotFound for a post that is not the person's to edit.
    """
    limits.spend(limits.AUTOSAVE, str(by.id), at=at)
    if db.session.scalar(_of_editor(by, typed.submission_id)) is None:
        limits.spend(limits.EDITORS_OPENED, str(by.id), at=at)
    with unit_of_work():
        if not by.may_write:
            raise NotAllowed
        post = _post(typed, by)
        if _is_saved(typed, post) and not _has_new_note(typed.fields, post):
            _delete((WorkingCopy.user_id == by.id) & _is_of(typed.submission_id))
            return None
        _write(typed, by, at - age)
        if typed.post_id:
            _see(typed.post_id, by, at)
    kept: WorkingCopy | None = db.session.scalar(_of_editor(by, typed.submission_id))
    return kept


def clear(post: Post, content: Content, submission_id: str, *, taken: str = "", by: User) -> None:
    """Drop the working copies that a save has made needless: that of its editor, the one it was
    begun with unless that went on elsewhere, and such as hold the same words and no other note.
    """
    post_id, mine = post.id, WorkingCopy.user_id == by.id
    beside = (WorkingCopy.post_id == post_id) | (WorkingCopy.submission_id == submission_id)
    started, _, moment = taken.partition(".")
    if copy_id := id_in(started):
        beside |= WorkingCopy.id == copy_id
    found = db.session.scalars(select(WorkingCopy).where(mine, beside)).all()
    needless = [
        copy.id
        for copy in found
        if copy.submission_id == submission_id
        or stamp_of(copy) == f"{started}.{moment}"
        or _adds_nothing(copy, post, content)
    ]
    if needless:
        with unit_of_work():
            _delete(WorkingCopy.id.in_(needless))


def drop(copy_id: int, *, by: User) -> WorkingCopy:
    """Delete a working copy of one's own for good."""
    with unit_of_work():
        mine = select(WorkingCopy).where(WorkingCopy.user_id == by.id, WorkingCopy.id == copy_id)
        copy = db.session.scalar(mine)
        if copy is None:
            raise NotFound
        _delete(WorkingCopy.id == copy_id)
        db.session.expunge(copy)
    return copy


def see(post_id: int, *, by: User, at: datetime) -> None:
    """Note that somebody has the post in the editor."""
    with unit_of_work():
        if db.session.scalar(posts_editable_by(by).where(Post.id == post_id)) is None:
            raise NotFound
        _see(post_id, by, at)


def purge(at: datetime) -> None:
    """Delete working copies that nobody came back to in 180 days, and who was seen long ago."""
    with unit_of_work():
        _delete(WorkingCopy.saved_at < at - KEPT_FOR)
        db.session.execute(delete(Presence).where(Presence.seen_at < at - _SEEN_KEPT_FOR))


def stamp_of(copy: WorkingCopy) -> str:
    """Which copy it is, as of which moment."""
    return f"{copy.id}.{int(copy.saved_at.timestamp() * 1_000_000)}"


def _post(typed: Typed, by: User) -> Post | None:
    """The post that is edited, or that a new post's editor has made meanwhile."""
    mine = posts_editable_by(by)
    if typed.post_id is None:
        made: Post | None = db.session.scalar(mine.where(Post.submission_id == typed.submission_id))
        return made
    post: Post | None = db.session.scalar(mine.where(Post.id == typed.post_id))
    if post is None:
        raise NotFound
    return post


def _is_saved(typed: Typed, post: Post | None) -> bool:
    if post is None:
        return False
    # What was there before the editor opened is no save of it: somebody may be bringing it back.
    since = typed.version or 0
    newest = newest_revisions(post.id, _LOOKED_BACK)
    held = [revision.fields for revision in newest if revision.version > since]
    typed_in = asdict(typed.content)
    return any(_is_same(typed_in, fields) for fields in [asdict(content_of(post)), *held])


def _has_new_note(form: dict[str, list[str]], post: Post | None) -> bool:
    """Whether a note was typed that is not with the post; what is public wants none any more."""
    if post is None or post.status in PUBLIC_STATUSES:
        return False
    text, was = (_plain("".join(form.get(name, ())[:1])).strip() for name in ("note", "note_was"))
    return Note(text, was).is_changed and not notes.has(post, text)


def _adds_nothing(copy: WorkingCopy, post: Post, content: Content) -> bool:
    is_same = _is_same(copy.fields["content"], asdict(content))
    return is_same and not _has_new_note(copy.fields["form"], post)


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the words are the same; an empty address is made from the title."""
    a, b = (json.loads(json.dumps(held, default=_plain)) for held in (one, other))
    unsaid = {name for name in LEFT_BY_NONE if a.get(name) is None}
    shared = (a.keys() & b.keys()) - {"slug"} - unsaid
    if a.get("slug") and a["slug"] != b.get("slug"):
        return False
    return all(_plain(a[name]) == _plain(b[name]) for name in shared)


def _plain(value: Any) -> Any:
    return with_unix_newlines(value) if isinstance(value, str) else value


def _write(typed: Typed, by: User, at: datetime) -> None:
    key = {"user_id": by.id, "submission_id": typed.submission_id}
    values = {
        "post_id": typed.post_id,
        "kind": typed.kind,
        "version": typed.version,
        "saved_at": at,
        "title": (typed.content.title or "")[:200],
        "fields": {"form": typed.fields, "content": asdict(typed.content)},
    }
    row = upserts.insert(WorkingCopy).values(key | values)
    is_newer = WorkingCopy.saved_at <= row.excluded.saved_at
    row = row.on_conflict_do_update(index_elements=list(key), set_=values, where=is_newer)
    copy_id = db.session.scalar(row.returning(WorkingCopy.id))
    if copy_id is not None:
        upload_uses.keep_unsaved(copy_id, asdict(typed.content))


def _see(post_id: int, by: User, at: datetime) -> None:
    row = upserts.insert(Presence).values(post_id=post_id, user_id=by.id, seen_at=at)
    now = {"seen_at": at}
    db.session.execute(row.on_conflict_do_update(index_elements=["post_id", "user_id"], set_=now))


def _of_editor(by: User, submission_id: str) -> Any:
    mine = select(WorkingCopy).where(WorkingCopy.user_id == by.id)
    return mine.where(_is_of(submission_id)).execution_options(populate_existing=True)


def _is_of(submission_id: str) -> ColumnElement[bool]:
    return WorkingCopy.submission_id == submission_id


def _delete(which: ColumnElement[bool]) -> None:
    """Delete these, and have the pictures they showed say whether anything else does."""
    shown = upload_uses.unsaved_shows(which)
    db.session.execute(delete(WorkingCopy).where(which))
    upload_uses.settle(shown)
