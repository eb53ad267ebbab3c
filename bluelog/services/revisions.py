"""What a post was before each save, within the unit of work that saves it; and for how long."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Counter, Post, PostKind, PostStatus, Revision, User
from bluelog.queries.history import newest_revision
from bluelog.queries.menus import is_in_main_menu
from bluelog.queries.posts import usernames_on
from bluelog.queries.series import series_of
from bluelog.services import upserts
from bluelog.uow import unit_of_work

ALL_KEPT_FOR = timedelta(days=30)
NEWEST_KEPT = 50
# They go with the post's place and not with its words: restoring leaves them as they are.
SETTINGS = frozenset(
    {"slug", "comments_open", "original", "authors", "series", "part"}
    | {"parent", "position", "in_menu"}
)
# A save that says None of them leaves them as they are.
LEFT_BY_NONE = (
    *("original", "tags", "authors", "series", "part"),
    *("parent", "position", "in_menu"),
)
_THINNED = "revisions_thinned"
_BATCH = 200


def keep_former(post: Post, content: Any) -> None:
    """Keep what the post holds before it is changed, where no revision does.

    So it is for posts from before there were revisions, and for those that came another way.
    """
    last = newest_revision(post.id)
    columns = {column.key for column in Post.__mapper__.column_attrs}
    held = {f.name: getattr(post, f.name) for f in fields(content) if f.name in columns}
    held |= place_of(post)
    if last is not None:
        former = last.fields
        if all(former.get(name) == held[name] for name in held.keys() - SETTINGS):
            return
        held = former | held
    _add(post, held, last, at=post.updated_at)


def keep(post: Post, content: Any, *, by: User, at: datetime, restored: int = 0) -> Revision | None:
    """Keep what was just saved, if it is other than what was kept last."""
    last = newest_revision(post.id)
    now = asdict(content) | {n: getattr(post, n) for n in ("slug", "category_id", "cover_id")}
    now["appears"] = None  # A date goes with the post's state, which no revision brings back.
    if last is not None:
        left = [name for name in LEFT_BY_NONE if getattr(content, name) is None]
        now |= {name: last.fields.get(name) for name in left}
    now |= place_of(post)
    if last is not None and not _is_other(post, content, now, last):
        return None
    return _add(post, now, last, at=at, by=by, restored=restored or None)


def place_of(post: Post) -> dict[str, Any]:
    """What a post's form says of it that is no column, and goes with its place."""
    there = series_of(post)
    name = there.name if there else ""
    place = {"authors": usernames_on(post), "series": name, "part": post.part}
    if post.kind != PostKind.PAGE:
        return place | {"parent": None, "position": None, "in_menu": None}
    place |= {"parent": post.parent_id or 0, "position": post.position}
    return place | {"in_menu": is_in_main_menu(post)}


def thin(at: datetime) -> int:
    """Delete the revisions that no rule keeps, of posts of which some have grown old; how many.

    Kept are all of 30 days, the newest 50 of each post, and of what is older the last of each
    month.
    """
    done, is_more = 0, True
    while is_more:
        since = db.session.scalar(select(Counter.value).where(Counter.name == _THINNED)) or 0
        rows = _grown_old(datetime.fromtimestamp(since, tz=UTC), at - ALL_KEPT_FOR)
        is_more = len(rows) == _BATCH
        until = max(since + 1, int(rows[-1].saved_at.timestamp())) if is_more else _seconds(at)
        with unit_of_work():
            done += _thin({row.post_id for row in rows}, at)
            _remember(until)
    return done


def superfluous(rows: Iterable[Any], at: datetime) -> list[int]:
    """The ids, of one post's revisions from the newest on, of those that no rule keeps."""
    found, months = [], set()
    for place, row in enumerate(rows):
        month = (row.saved_at.year, row.saved_at.month)
        is_kept = place < NEWEST_KEPT or row.saved_at > at - ALL_KEPT_FOR or month not in months
        months.add(month)
        if not is_kept:
            found.append(row.id)
    return found


def _grown_old(since: datetime, until: datetime) -> Sequence[Any]:
    """The revisions that are older than 30 days now, and were not when this was last asked."""
    query = select(Revision.post_id, Revision.saved_at)
    new = query.where(Revision.saved_at >= since, Revision.saved_at <= until)
    return db.session.execute(new.order_by(Revision.saved_at).limit(_BATCH)).all()


def _seconds(at: datetime) -> int:
    return int((at - ALL_KEPT_FOR).timestamp())


def _thin(post_ids: Iterable[int], at: datetime) -> int:
    gone = [id_ for post_id in sorted(post_ids) for id_ in superfluous(_times(post_id), at)]
    if gone:
        db.session.execute(delete(Revision).where(Revision.id.in_(gone)))
    return len(gone)


def _times(post_id: int) -> Iterable[Any]:
    of_post = select(Revision.id, Revision.saved_at).where(Revision.post_id == post_id)
    return db.session.execute(of_post.order_by(Revision.number.desc())).all()


def _remember(now: int) -> None:
    row = upserts.insert(Counter).values(name=_THINNED, value=now).on_conflict_do_nothing()
    db.session.execute(row)
    db.session.execute(update(Counter).where(Counter.name == _THINNED).values(value=now))


def _is_other(post: Post, content: Any, now: dict[str, Any], last: Revision) -> bool:
    if _settled(post.status) != _settled(last.status):
        return True
    plain = json.loads(json.dumps(now, default=str))
    # What is not there and what is empty are the same: fields come in that older ones lack.
    return any(
        (plain[f.name] or None) != (last.fields.get(f.name, _default(f)) or None)
        for f in fields(content)
    )


def _default(field: "Field[Any]") -> Any:
    """What a field said before it was there to be filled in."""
    if field.default_factory is not MISSING:
        made = field.default_factory()
        return list(made) if isinstance(made, tuple) else made
    if field.default is MISSING:
        return None
    return list(field.default) if isinstance(field.default, tuple) else field.default


def _settled(status: str) -> str:
    """A scheduled post becomes a published one by time alone, which nobody saved."""
    return PostStatus.PUBLISHED if status in PUBLIC_STATUSES else status


def _add(
    post: Post,
    held: dict[str, Any],
    last: Revision | None,
    *,
    at: datetime,
    by: User | None = None,
    restored: int | None = None,
) -> Revision:
    row = Revision(
        post_id=post.id,
        number=last.number + 1 if last else 1,
        version=post.version,
        user_id=by.id if by else None,
        saved_at=at,
        status=post.status,
        title=post.title,
        words=post.words,
        restored=restored,
        fields=held,
    )
    db.session.add(row)
    return row
