"""When a post appears, or appeared. Each runs in an open unit of work."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import PUBLIC_STATUSES, Post, PostStatus, Site, User
from bluelog.services import states
from bluelog.text.wall_time import meant, wall_time


def put_on(
    post: Post, typed: str | None, transition: states.Transition, *, by: User, at: datetime
) -> None:
    """Give the post the date that was typed in the site's time; None leaves the one it has.

    Raises RuleBroken("appears").
    """
    # Whoever takes it back to a draft does not mind when it would have appeared.
    is_taken_back = transition is states.draft and post.status != PostStatus.DRAFT
    if is_taken_back or has_as_asked(post, typed):
        return
    wanted = _moment(typed or "")
    if wanted is None:
        _check_none(post, transition, at)
    elif wanted > at:
        _check_later(post, transition, at)
    else:
        _check_earlier(post, by, at)
    if wanted is None or wanted > at:
        post.was_public = post.was_public or was_public(post, at)
    post.published_at = wanted
    if wanted and post.revised_at and post.revised_at < wanted:
        post.revised_at = None
    if post.status in PUBLIC_STATUSES:
        states.move(post, PostStatus(post.status))


def has_as_asked(post: Post, typed: str | None) -> bool:
    """Whether the post has that date already, to the minute."""
    if typed is None:
        return True
    kept = wall_time(post.published_at, _zone()) if post.published_at else ""
    return typed.replace(" ", "T") == kept


def was_public(post: Post, at: datetime) -> bool:
    """Whether its time has come once, whatever state it is in."""
    return post.published_at is not None and post.published_at <= at


def would_be(post: Post | None, typed: str | None, at: datetime) -> datetime:
    """When it would appear, or would have, if it were saved and published now."""
    try:
        wanted = _moment(typed or "")
    except RuleBroken:
        wanted = None
    return wanted or (post.published_at if post else None) or at


def _moment(typed: str) -> datetime | None:
    try:
        return meant(typed, _zone()).at if typed else None
    except ValueError:
        raise _refusal(_l("Write date and time as in 2027-03-28 09:30.")) from None


def _check_none(post: Post, transition: states.Transition, at: datetime) -> None:
    if post.is_public_at(at):
        raise _refusal(_l("What is public has a date. Give one."))
    if post.status == PostStatus.SCHEDULED and transition is states.keep:
        raise _refusal(_l("Give the time at which it appears, or make it a draft again."))


def _check_later(post: Post, transition: states.Transition, at: datetime) -> None:
    if post.is_public_at(at):
        raise _refusal(
            _l("It is public already. Make it a draft first, and then publish it for that time.")
        )
    is_moved = post.status == PostStatus.SCHEDULED and transition is states.keep
    if transition is not states.publish and not is_moved:
        raise _refusal(_l("A time to come is kept when you publish. Empty this to save only."))


def _check_earlier(post: Post, by: User, at: datetime) -> None:
    if not was_public(post, at):
        raise _refusal(_l("This time has passed. Choose a later one, or publish it now."))
    if not by.may_edit_everything:
        raise _refusal(_l("Only editors change the date of what was public."))


def _zone() -> ZoneInfo:
    return ZoneInfo(db.session.scalars(select(Site.time_zone)).one())


def _refusal(message: object) -> RuleBroken:
    return RuleBroken("appears", message)
