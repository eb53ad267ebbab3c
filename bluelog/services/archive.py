"""How many posts are published in each month, within the unit of work that is open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from bluelog.extensions import DERIVED, db
from bluelog.models import ArchiveMonth, Post, PostKind, PostStatus, Site
from bluelog.services.upserts import insert
from bluelog.text.months import Span, month_of, month_span, months_between

# Whoever changes a post waits, and counts it by the new zone afterwards.
_HOLD_POSTS = text("LOCK TABLE post IN SHARE ROW EXCLUSIVE MODE")  # SQL has no such statement
_OPTIONS = {DERIVED: True, "synchronize_session": False}


def add(session: Session, steps: Mapping[datetime, int]) -> None:
    """Count more or fewer posts of these moments."""
    zone = _zone(session)
    months: dict[tuple[int, int], int] = {}
    for moment, step in steps.items():
        month = month_of(moment, zone)
        months[month] = months.get(month, 0) + step
    # In one order, so that no two transactions wait for each other.
    for (year, month_number), step in sorted(months.items()):
        if step:
            _add(session, {"year": year, "month": month_number, "post_count": step})


def count_anew(session: Session | None = None) -> None:
    """Count every month, as after a change of the time zone."""
    session = session or db.session()
    if db.engine.dialect.name == "postgresql":
        session.execute(_HOLD_POSTS)
    session.execute(delete(ArchiveMonth), execution_options=_OPTIONS)
    ends = select(func.min(Post.published_at), func.max(Post.published_at))
    first, last = session.execute(ends.where(*_PUBLISHED)).one()
    zone = _zone(session)
    for year, month in months_between(first, last, zone) if first and last else ():
        count = _count(session, month_span(year, month, zone))
        if count:
            _add(session, {"year": year, "month": month, "post_count": count})


_PUBLISHED = (Post.kind == PostKind.POST, Post.status == PostStatus.PUBLISHED)


def _count(session: Session, span: Span) -> int:
    """The published of that span by the index of what falls due, less the pages among them."""
    due = (Post.published_at >= span.start, Post.published_at < span.end)
    published = select(func.count()).where(Post.status == PostStatus.PUBLISHED, *due)
    pages = published.where(Post.kind == PostKind.PAGE)
    return (session.scalar(published) or 0) - (session.scalar(pages) or 0)


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.scalar(select(Site.time_zone).limit(1)) or "UTC")


def _add(session: Session, row: dict[str, Any]) -> None:
    adding: Any = insert(ArchiveMonth).values(row)
    counted = ArchiveMonth.post_count + adding.excluded.post_count
    settled = adding.on_conflict_do_update(
        index_elements=["year", "month"], set_={"post_count": counted}
    )
    session.execute(settled, execution_options=_OPTIONS)
