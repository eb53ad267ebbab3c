"""The search index made anew, some posts at a time, while the blog goes on."""

from typing import NamedTuple

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.operations.progress import Progress
from bluelog.services import search_index
from bluelog.uow import unit_of_work

# Written in one transaction, for which others wait.
_PORTION = 50


class Reindexed(NamedTuple):
    """How many posts were written, and how many were in the index that are gone."""

    written: int
    dropped: int


def reindex(progress: Progress) -> Reindexed:
    """Write every post's entry anew. Who writes a post meanwhile writes its entry as well."""
    written = after = 0
    with progress("Indexing", _count()) as advance:
        while ids := _following(after):
            with unit_of_work():
                # Whoever writes one of them comes before or after, and is read or overwrites.
                here = select(Post.id).where(Post.id.in_(ids)).order_by(Post.id)
                db.session.execute(here.with_for_update())
                search_index.write(ids)
            written, after = written + len(ids), ids[-1]
            advance(len(ids))
    with unit_of_work():
        dropped = search_index.drop_orphans()
    return Reindexed(written, dropped)


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Post)) or 0


def _following(after: int) -> list[int]:
    query = select(Post.id).where(Post.id > after).order_by(Post.id).limit(_PORTION)
    return list(db.session.scalars(query))
