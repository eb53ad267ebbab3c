"""An upgrade that a power cut ended: until it is led to its end, nobody is let in."""

from collections.abc import Iterator
from pathlib import Path

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine
from bluelog.settings.readers import PROJECT


def look(_seconds: float) -> Iterator[Finding]:
    """Look for the journal of deploy/upgrade, where the blog is one of its releases."""
    releases = PROJECT.resolve().parent
    if releases.name == "releases":
        yield judge(releases.parent)


def judge(home: Path) -> Finding:
    """Whether the releases of that folder wait for an upgrade's end."""
    if (home / "under-way.json").exists():
        return failure(
            _l("An upgrade has begun and not ended: meanwhile nobody is let in."),
            _l("If none is running at this moment, lead it to its end."),
            f"sudo {home}/current/deploy/upgrade",
        )
    return fine(_l("No upgrade was cut off."))
