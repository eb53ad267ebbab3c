"""When a post appears: at once by a button, and what is said of it."""

from typing import Any

from bluelog.clock import now
from bluelog.i18n import gettext as _
from bluelog.models import Post, PostStatus
from bluelog.text.wall_time import Change, meant
from bluelog.web.templating import moment
from bluelog.web.visitor import zone


def with_time(message: str, post: Post, typed: str | None) -> str:
    """What was done, or for a post that is still to appear, when that will be.

    `typed` may have been a time that the clocks of that day skip, or show twice.
    """
    if post.status != PostStatus.SCHEDULED or post.is_public_at(now()) or not post.published_at:
        return message
    facts: dict[str, Any] = {"moment": moment(post.published_at), "zone": zone().key}
    told = _("It will appear on %(moment)s (%(zone)s).", **facts)
    return " ".join(filter(None, (told, _of_change(typed or ""))))


def _of_change(typed: str) -> str:
    try:
        change = meant(typed, zone()).change
    except ValueError:
        return ""
    if change == Change.SKIPPED:
        return str(
            _("The clocks are set forward past the time you gave, so it is that much later.")
        )
    if change == Change.TWICE:
        return str(_("The clocks show that time twice on this day; the first is meant."))
    return ""
