"""Which rows of a source came in before, and what they are here."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select

from bluelog.extensions import db
from bluelog.models import Category, Comment, ImportedItem, Post, User
from bluelog.operations.importing.source import Source

ANCHOR, ACCOUNT, SETTINGS = "anchor", "account", "settings"
CATEGORY, POST, COMMENT, LINK = "category", "post", "comment", "link"
_TABLES: dict[str, Any] = {ACCOUNT: User, CATEGORY: Category, POST: Post, COMMENT: Comment}


class Ledger:
    """The memory of one source. Ids here are None for rows that were deleted since."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._rows: defaultdict[str, dict[str, int | None]] = defaultdict(dict)

    def knows(self, kind: str, old: object) -> bool:
        return str(old) in self._rows[kind]

    def find(self, kind: str, old: object) -> int | None:
        """What the row became, if it came in and is still there."""
        return self._rows[kind].get(str(old))

    def remember(self, kind: str, pairs: Iterable[tuple[object, int]]) -> None:
        """Write down what old ids became; what was written once stays as it is."""
        became = {str(old): new for old, new in pairs}
        rows = [
            {"source": self.source, "kind": kind, "old_id": old, "new_id": new}
            for old, new in became.items()
            if old not in self._rows[kind]
        ]
        if rows:
            db.session.execute(insert(ImportedItem), rows)
            self._rows[kind].update(became)

    def load(self) -> None:
        query = select(ImportedItem.kind, ImportedItem.old_id, ImportedItem.new_id)
        for kind, old, new in db.session.execute(query.where(ImportedItem.source == self.source)):
            self._rows[kind][old] = new
        for kind, model in _TABLES.items():
            if self._rows[kind]:
                living = set(db.session.scalars(select(model.id)))
                known = self._rows[kind].items()
                self._rows[kind] = {old: new if new in living else None for old, new in known}


def read(source: Source) -> Ledger:
    """Recognise the source by any of its anchors, else take it for a new one."""
    anchors = source.anchors()
    query = select(ImportedItem.source).where(
        ImportedItem.kind == ANCHOR, ImportedItem.old_id.in_(anchors)
    )
    known = db.session.scalar(query.order_by(ImportedItem.id).limit(1))
    ledger = Ledger(known or f"{source.edition}:{anchors[0][:32]}")
    ledger.load()
    return ledger


def sign(ledger: Ledger, source: Source) -> None:
    """Keep the anchors that the source has now, so that it is recognised by any of them."""
    new = [anchor for anchor in source.anchors() if not ledger.knows(ANCHOR, anchor)]
    ledger.remember(ANCHOR, ((anchor, 0) for anchor in new))
