"""What every reader's page shows around its own content, kept until it changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import current_app, g, has_request_context, request
from markupsafe import Markup

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import Site
from bluelog.queries import frame, menus, people, revisions
from bluelog.queries.menus import Entry
from bluelog.queries.revisions import Revisions

# Where the page cache leaves the revisions that it read before the request was handed on.
REVISIONS_KEY = "bluelog.revisions"
_KEPT = "bluelog_frame"


@dataclass(frozen=True)
class Frame:
    """The site and what its masthead, footer and sidebar show, at a revision and for a time."""

    revision: int
    made_at: datetime
    changes_at: datetime | None
    site: Site | None
    menus: dict[str, list[Entry]]
    categories: Sequence[Any]
    post_counts: dict[int, int]
    links: Sequence[Any]
    many_authors: bool
    # Parts of pages that nothing but this decides, by template, language and what else is shown.
    fragments: dict[tuple[str, ...], Markup] = field(default_factory=dict)

    @property
    def addresses(self) -> set[str]:
        """Where the menus lead."""
        return {entry.path for entries in self.menus.values() for entry in entries}

    def is_valid(self, revision: int, at: datetime) -> bool:
        """Whether it is still what a new one would be."""
        in_time = self.changes_at is None or at < self.changes_at
        return self.revision == revision and self.made_at <= at and in_time

    def fresh_until(self, at: datetime) -> datetime:
        """When a page made now may look otherwise: at a publication, or when its stamp changes."""
        tomorrow = at.astimezone(UTC).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), UTC)
        return min(midnight, self.changes_at) if self.changes_at else midnight


def current() -> Frame:
    """The frame of this request: the kept one, unless it has changed since."""
    if "frame" not in g:
        g.frame = _current()
    return g.frame  # type: ignore[no-any-return]


def _current() -> Frame:
    at = now()
    # Read before everything that the frame is made of: what changes meanwhile makes it outdated.
    revision = figures().frame
    kept: Frame | None = current_app.extensions.get(_KEPT)
    if kept is None or not kept.is_valid(revision, at):
        kept = current_app.extensions[_KEPT] = _made(revision, at)
    return kept


def figures() -> Revisions:
    """The revisions of the site, as they were before this request asked for anything else."""
    known = request.environ.get(REVISIONS_KEY) if has_request_context() else None
    return known or revisions.current()


def _made(revision: int, at: datetime) -> Frame:
    site = frame.site()
    if site is not None:
        db.session.expunge(site)
    categories = frame.shelf()
    counts, links = frame.post_counts(categories, at), frame.links_shown()
    return Frame(
        revision=revision,
        made_at=at,
        changes_at=revisions.next_publication(at),
        site=site,
        menus=menus.shown(at, with_links=bool(links)),
        categories=[category for category in categories if counts.get(category.id)],
        post_counts=counts,
        links=links,
        many_authors=people.several_write(),
    )
