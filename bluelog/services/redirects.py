"""Redirects made by hand. They lead within the blog, by one step, and hide no page there is."""

from datetime import datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Redirect, User
from bluelog.queries.redirects import is_answered, target_of
from bluelog.services import missing
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work

LONGEST_PATH = 500


def create(
    path: str,
    target: str,
    *,
    own_url: str,
    by: User,
    at: datetime,
    submission_id: str | None = None,
) -> Redirect:
    """Have a path lead to another; the same submission again answers with what it made.

    Both may be whole addresses of this blog, `own_url`. Raises RuleBroken for "path" or "target".
    """
    goal = _local("target", target, own_url)
    # Others' links may be broken in every way: what was asked for stands as it is.
    former = path if missing.is_kept(path) else _local("path", path, own_url)
    with unit_of_work():
        lock_site()
        _check_right(by)
        if submission_id and (known := _submitted(submission_id)):
            return known
        row = Redirect(path="", target="", created_at=at, submission_id=submission_id)
        _lead(row, former, goal, at)
        db.session.add(row)
        db.session.flush()  # The trail names the new row.
        record(Act("redirect.created", by.id, at, "redirect", row.id))
    return row


def change(
    redirect_id: int, path: str, target: str, *, own_url: str, by: User, at: datetime
) -> Redirect:
    """Have it lead from elsewhere or to elsewhere. Raises RuleBroken as `create` does."""
    goal = _local("target", target, own_url)
    with unit_of_work():
        lock_site()
        row = _found(redirect_id, by)
        former = path if path == row.path else _local("path", path, own_url)
        _lead(row, former, goal, at)
        record(Act("redirect.changed", by.id, at, "redirect", row.id))
    return row


def delete(redirect_id: int, *, by: User, at: datetime) -> None:
    """Let its path lead nowhere again."""
    with unit_of_work():
        row = _found(redirect_id, by)
        record(Act("redirect.deleted", by.id, at, "redirect", row.id))
        db.session.delete(row)


def _lead(row: Redirect, path: str, target: str, at: datetime) -> None:
    """Fill the row so that neither a chain nor a loop comes of it."""
    with db.session.no_autoflush:
        if path != row.path:
            _check_free(path, at)
        goal = _end_of(target, path)
        there = update(Redirect).where(Redirect.target == path)
        db.session.execute(there.values(target=goal))
        missing.settle(path)
    row.path, row.target = path, goal


def _end_of(target: str, path: str) -> str:
    """Where one gets from `target` in the end, if it is not `path` again."""
    passed = [path]
    while target not in passed:
        passed.append(target)
        onward = target_of(target)
        if onward is None:
            return target
        target = onward
    raise RuleBroken("target", _l("This would lead back to where it begins."))


def _check_free(path: str, at: datetime) -> None:
    if is_answered(path, at):
        raise RuleBroken("path", _l("A page of the blog is at this address."))
    if target_of(path) is not None:
        raise RuleBroken("path", _l("A redirect begins here already. Change that one."))


def _local(field: str, typed: str, own_url: str) -> str:
    """The path that was typed, decoded, without the blog's own address before it."""
    text = typed.strip()
    if text == own_url or text.startswith(f"{own_url}/"):
        text = text.removeprefix(own_url) or "/"
    if not text.startswith("/") or text.startswith("//"):
        raise RuleBroken(field, _l("Write an address of this blog, beginning with one slash."))
    parts = urlsplit(text)
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise RuleBroken(field, _l("Leave out what begins with ? or #."))
    path = unquote(parts.path, errors="strict") if _is_utf8(parts.path) else ""
    has_odd = any(mark in path for mark in '\\%?#"<>') or not path.isprintable() or " " in path
    has_dots = any(step in (".", "..") for step in path.split("/"))
    if not path or has_odd or has_dots or path.startswith("//") or len(path) > LONGEST_PATH:
        raise RuleBroken(field, _l("This cannot be an address of the blog."))
    return path


def _is_utf8(path: str) -> bool:
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _check_right(by: User) -> None:
    if not by.may_edit_everything:
        raise NotAllowed


def _submitted(submission_id: str) -> Redirect | None:
    return db.session.scalar(select(Redirect).where(Redirect.submission_id == submission_id))


def _found(redirect_id: int, by: User) -> Redirect:
    _check_right(by)
    row = db.session.get(Redirect, redirect_id)
    if row is None:
        raise NotFound
    return row
