"""What follows from an event."""

from bluelog.events import Act
from bluelog.reactions import (
    archiving,
    audit,
    authorship,
    moderation,
    notify,
    relating,
    revisions,
    search,
    tagging,
    uses,
)
from bluelog.uow import on


def register() -> None:
    """Hang every reaction on its event."""
    on(Act, audit.keep)
    notify.register()
    authorship.register()
    moderation.register()
    search.register()
    relating.register()
    # Before the revisions, which are written last of all.
    tagging.register()
    archiving.register()
    revisions.register()
    uses.register()
