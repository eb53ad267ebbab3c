"""Addresses that were asked for in vain: a list that nobody can fill the disk with."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from bluelog.errors import NotAllowed, NotFound
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.models import MissingAddress, User
from bluelog.text.access_line import Request
from bluelog.text.visits import APART, is_noise, page_of
from bluelog.uow import record, unit_of_work

MOST_KEPT = 1000
_LONGEST_PATH = 500
_MOST_AT_ONCE = 500


def count(requests: Sequence[Request]) -> None:
    """Count them within the unit of work that is open, then keep those most asked for."""
    found: defaultdict[str, list[Request]] = defaultdict(list)
    for request in requests:
        if _is_worth_keeping(request.path):
            found[request.path].append(request)
    most = sorted(found, key=lambda path: -len(found[path]))[:_MOST_AT_ONCE]
    if not most:
        return
    rows = db.session.scalars(select(MissingAddress).where(MissingAddress.path.in_(most)))
    known = {row.path: row for row in rows}
    for path in most:
        row = known.get(path) or _new(path)
        _add(row, found[path])
    db.session.flush()  # The new ones count among those that are kept.
    _keep_most()


def set_ignored(address_id: int, *, ignored: bool, by: User, at: datetime) -> MissingAddress:
    """Put an address aside for good, or take it up again."""
    with unit_of_work():
        row = _found(address_id, by)
        row.is_ignored = ignored
        action = "missing.ignored" if ignored else "missing.regarded"
        record(Act(action, by.id, at, "missing_address", row.id))
    return row


def is_kept(path: str) -> bool:
    """Whether that address, to the letter, was asked for in vain."""
    found = select(MissingAddress.id).where(MissingAddress.path == path)
    return "\0" not in path and db.session.scalar(found) is not None


def settle(path: str) -> None:
    """Forget an address that leads somewhere now, within the unit of work that is open."""
    db.session.execute(delete(MissingAddress).where(MissingAddress.path == path))


def _is_worth_keeping(path: str) -> bool:
    if not path.startswith("/") or len(path) > _LONGEST_PATH or is_noise(path):
        return False
    return path[1:].partition("/")[0] not in APART


def _new(path: str) -> MissingAddress:
    row = MissingAddress(path=path, count=0, referrer="", lead=0, is_ignored=False)
    db.session.add(row)
    return row


def _add(row: MissingAddress, requests: list[Request]) -> None:
    row.count += len(requests)
    row.last_at = max(request.at for request in requests)
    for page in filter(None, (page_of(request.referrer) for request in requests)):
        if page == row.referrer:
            row.lead += 1
        elif row.lead:
            row.lead -= 1
        else:
            row.referrer, row.lead = page, 1


def _keep_most() -> None:
    """Let those go that were asked for least and longest ago; what is ignored comes first of all
    to be kept, or it would come back.
    """
    by_worth = (
        MissingAddress.is_ignored.desc(),
        MissingAddress.count.desc(),
        MissingAddress.last_at.desc(),
    )
    rest = select(MissingAddress.id).order_by(*by_worth, MissingAddress.id).offset(MOST_KEPT)
    ids = db.session.scalars(rest).all()
    if ids:
        db.session.execute(delete(MissingAddress).where(MissingAddress.id.in_(ids)))


def _found(address_id: int, by: User) -> MissingAddress:
    if not by.may_edit_everything:
        raise NotAllowed
    row = db.session.get(MissingAddress, address_id)
    if row is None:
        raise NotFound
    return row
