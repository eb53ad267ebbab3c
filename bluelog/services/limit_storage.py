"""Counters of attempts in the database, for the `limits` library."""

from datetime import datetime, timedelta

from limits.storage import Storage
from sqlalchemy import case, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from bluelog.extensions import db
from bluelog.models import AttemptCount
from bluelog.services import upserts


class AttemptStorage(Storage):
    """The counters as they are at one moment, within the unit of work that is open."""

    STORAGE_SCHEME = None

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in one statement, for two processes may count at once; `expiry` is in seconds."""
        ends = self.at + timedelta(seconds=expiry)
        row = upserts.insert(AttemptCount).values(key=key, count=max(amount, 0), expires_at=ends)
        is_over = AttemptCount.expires_at <= self.at
        counted = row.on_conflict_do_update(
            index_elements=[AttemptCount.key],
            set_={
                "count": case((is_over, row.excluded.count), else_=AttemptCount.count + amount),
                "expires_at": case(
                    (is_over, row.excluded.expires_at), else_=AttemptCount.expires_at
                ),
            },
        )
        return db.session.scalars(counted.returning(AttemptCount.count)).one()

    def get(self, key: str) -> int:
        live = select(AttemptCount.count).where(
            AttemptCount.key == key, AttemptCount.expires_at > self.at
        )
        return db.session.scalar(live) or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds of Unix time."""
        ends = db.session.scalar(select(AttemptCount.expires_at).where(AttemptCount.key == key))
        return (ends or self.at).timestamp()

    def check(self) -> bool:
        return db.session.scalar(select(1)) == 1

    def reset(self) -> int:
        count = db.session.scalar(select(func.count()).select_from(AttemptCount)) or 0
        db.session.execute(delete(AttemptCount))
        return count

    def clear(self, key: str) -> None:
        db.session.execute(delete(AttemptCount).where(AttemptCount.key == key))
