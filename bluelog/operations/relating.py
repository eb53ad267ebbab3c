"""What is related to every post found out anew, while the blog goes on."""

from datetime import datetime

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostStatus, RelationDue
from bluelog.operations.progress import Progress
from bluelog.queries.portions import PORTION
from bluelog.services import relating
from bluelog.uow import unit_of_work


def relate_all(progress: Progress, at: datetime) -> int:
    """Note every public post, and do what the worker would do of it; how many there were.

    Broken off, the rest is left to the worker, who may help meanwhile.
    """
    with progress("Noting", _count(Post.id, *_PUBLIC)) as advance:
        after = 0
        while ids := _following(after):
            with unit_of_work():
                relating.mark_due(ids, at)
            after = ids[-1]
            advance(len(ids))
    done = 0
    with progress("Relating", _count(RelationDue.post_id)) as advance:
        while relating.relate_next(at):
            done += 1
            advance(1)
    return done


_PUBLIC = (Post.kind == PostKind.POST, Post.status == PostStatus.PUBLISHED)


def _count(column: object, *conditions: object) -> int:
    counted = select(func.count(column)).where(*conditions)  # type: ignore[arg-type]
    return db.session.scalar(counted) or 0


def _following(after: int) -> list[int]:
    query = select(Post.id).where(Post.id > after, *_PUBLIC).order_by(Post.id).limit(PORTION)
    return list(db.session.scalars(query))
