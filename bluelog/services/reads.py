"""Counting what the access log says: reads, redirects followed, addresses asked for in vain.

A batch of lines is counted in one transaction with how far the file was read, so that a worker
killed at any moment neither loses nor doubles a line, and two workers count it once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, tuple_, update

from bluelog.extensions import db
from bluelog.models import (
    EVER,
    OTHER_SITES,
    OWN_SITE,
    UNKNOWN_SITE,
    PostRead,
    PostReadTotal,
    ReadLog,
    Redirect,
    SiteRead,
)
from bluelog.queries.frame import site
from bluelog.queries.portions import in_portions
from bluelog.queries.reads import posts_at
from bluelog.services import missing, upserts
from bluelog.services.readers import Readers
from bluelog.text.access_line import Request
from bluelog.text.visits import is_reader, is_unseen, site_of
from bluelog.uow import unit_of_work

MOST_SITES_A_DAY = 50
_PORTION = 200  # rows of several values each
_READ, _MOVED, _MISSING = (200, 304), 301, 404
# Files are known longer than logs are kept; each look at one renews it.
_FORGOTTEN_AFTER = timedelta(days=60)
_SOURCE_APART = frozenset((UNKNOWN_SITE, OWN_SITE, OTHER_SITES))


@dataclass(frozen=True)
class Batch:
    """What counts of some lines of one file, from one position in it to another."""

    fingerprint: str
    start: int
    end: int
    requests: Sequence[Request]


def counts(method: str, agent: str, purpose: str) -> bool:
    """Whether a request is that of somebody who reads."""
    return method == "GET" and not is_unseen(purpose) and is_reader(agent)


def take(batch: Batch, readers: Readers, *, own_host: str, at: datetime) -> bool:
    """Count a batch; False where another worker was first, and nothing is counted."""
    with unit_of_work():
        if not _move_on(batch, at):
            return False
        news = _count_reads([r for r in batch.requests if r.status in _READ], readers, own_host)
        _count_hits([r for r in batch.requests if r.status == _MOVED])
        missing.count([r for r in batch.requests if r.status == _MISSING])
    # Only now: what was rolled back is counted again.
    readers.remember(news)
    return True


def position_of(fingerprint: str) -> int:
    """How far the file with that first line was read."""
    position = select(ReadLog.position).where(ReadLog.fingerprint == fingerprint)
    return db.session.scalar(position) or 0


def renew(fingerprints: Iterable[str], at: datetime) -> None:
    """Note that these files are still there."""
    with unit_of_work():
        there = update(ReadLog).where(ReadLog.fingerprint.in_(list(fingerprints)))
        db.session.execute(there.values(seen_at=at))


def forget_logs(at: datetime) -> int:
    """Forget files that have long been gone; how many there were."""
    gone = delete(ReadLog).where(ReadLog.seen_at < at - _FORGOTTEN_AFTER)
    with unit_of_work():
        return len(db.session.scalars(gone.returning(ReadLog.fingerprint)).all())


def _move_on(batch: Batch, at: datetime) -> bool:
    """Take the lines for ours, unless somebody has read on meanwhile."""
    new = {"fingerprint": batch.fingerprint, "position": batch.end, "seen_at": at}
    if batch.start:
        row = update(ReadLog).where(
            ReadLog.fingerprint == batch.fingerprint, ReadLog.position == batch.start
        )
        ours: Any = row.values(position=batch.end, seen_at=at).returning(ReadLog.position)
    else:
        first = upserts.insert(ReadLog).values(new).on_conflict_do_nothing()
        ours = first.returning(ReadLog.position)
    return db.session.scalar(ours) is not None


def _count_reads(requests: list[Request], readers: Readers, own_host: str) -> Counter[Any]:
    """Count each reader of a post once a day; what is new to `readers`."""
    settings = site()
    zone = ZoneInfo(settings.time_zone if settings else "UTC")
    posts = posts_at({request.path for request in requests})
    news: Counter[Any] = Counter()
    found: Counter[tuple[int, date, str]] = Counter()
    for request in requests:
        post = posts.get(request.path)
        if post is None or post.published_at > request.at:
            continue
        day = request.at.astimezone(zone).date()
        reader = readers.mark(day, post.id, request.address, request.agent)
        if reader in news or not readers.is_new(reader):
            continue
        news[reader] += 1
        found[post.id, day, _source(request.referrer, own_host)] += 1
    _add_reads(found)
    return news


def _source(referrer: str, own_host: str) -> str:
    host = site_of(referrer)
    return OWN_SITE if host and host == own_host.removeprefix("www.") else host


def _add_reads(found: Counter[tuple[int, date, str]]) -> None:
    posts = _bounded(found, PostRead)
    totals: Counter[tuple[int, str]] = Counter()
    everywhere: Counter[tuple[date, str]] = Counter()
    for (post_id, day, source), count in found.items():
        totals[post_id, EVER] += count
        totals[post_id, f"{day:%Y-%m}"] += count
        everywhere[day, source] += count
    _add(PostRead, ("post_id", "day", "source"), posts)
    _add(PostReadTotal, ("post_id", "period"), totals)
    _add(SiteRead, ("day", "source"), _bounded(everywhere, SiteRead))


def _bounded(found: Counter[Any], model: Any) -> Counter[Any]:
    """The same counts with no more sites a day than are kept apart; the rest is one."""
    groups = {key[:-1] for key in found}
    known = _known_sources(groups, model)
    bounded: Counter[Any] = Counter()
    for (*group, source), count in sorted(found.items(), key=lambda item: -item[1]):
        there = known.setdefault(tuple(group), set())
        is_kept = source in there or source in _SOURCE_APART or len(there) < MOST_SITES_A_DAY
        kept = source if is_kept else OTHER_SITES
        there |= {kept} - _SOURCE_APART
        bounded[(*group, kept)] += count
    return bounded


def _known_sources(groups: set[Any], model: Any) -> dict[tuple[Any, ...], set[str]]:
    columns = [column for column in model.__table__.primary_key if column.name != "source"]
    known: dict[tuple[Any, ...], set[str]] = {}
    for some in in_portions(sorted(groups), _PORTION):
        types = [column.type for column in columns]
        rows = select(*columns, model.source).where(tuple_(*columns, types=types).in_(some))
        for *group, source in db.session.execute(rows):
            known.setdefault(tuple(group), set()).update({source} - _SOURCE_APART)
    return known


def _add(model: Any, names: tuple[str, ...], found: Counter[Any]) -> None:
    """Add the counts to those that are there, in the order of the key: two could else wait for
    each other.
    """
    rows = [
        dict(zip(names, key, strict=True)) | {"count": count}
        for key, count in sorted(found.items())
    ]
    if not rows:
        return
    # One statement for every row, which is compiled once for all.
    new = upserts.insert(model.__table__)
    added = {"count": model.__table__.c.count + new.excluded.count}
    adding = new.on_conflict_do_update(index_elements=list(names), set_=added)
    db.session.execute(adding, rows)


def _count_hits(requests: list[Request]) -> None:
    """Count who was led on by a redirect of ours, and not by one for the address's form alone."""
    found = Counter(request.path for request in requests)
    last = {request.path: request.at for request in requests}
    # Looked for together first: most of what leads on is another form of an address.
    for some in in_portions(sorted(found)):
        known = select(Redirect.path).where(Redirect.path.in_(some))
        for path in sorted(db.session.scalars(known)):
            row = update(Redirect).where(Redirect.path == path)
            hits = Redirect.hits + found[path]
            db.session.execute(row.values(hits=hits, last_hit_at=last[path]))
