"""What is done to several posts at once: each of these is one transaction.

What the user may not change, and what is in a state that does not fit, is left as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Category, Post, PostKind, PostStatus, User
from bluelog.queries.portions import in_portions
from bluelog.queries.posts import posts_editable_by
from bluelog.services import checks, states
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work

_UNPUBLISHED = (PostStatus.DRAFT, PostStatus.PENDING, PostStatus.PRIVATE)
Fits = Callable[[Post], bool]


@dataclass(frozen=True)
class Outcome:
    """How many were changed, how many did not fit, how many the user may not change, and about
    how many there is a question to be asked first.
    """

    done: int
    unfit: int
    forbidden: int
    doubted: int = 0


def publish(ids: Iterable[int], *, by: User, at: datetime) -> Outcome:
    """Make public what is not, but for what a writer would be asked about before. Emits
    PostPublished for each that is the first time.
    """
    doubted = []

    def fits(post: Post) -> bool:
        if not by.may_publish or post.status not in _UNPUBLISHED:
            return False
        if is_doubted := bool(checks.serious(checks.findings(post, at))):
            doubted.append(post)
        return not is_doubted

    done = _each(ids, fits, lambda post: states.publish(post, by, at), by=by, at=at)
    return replace(done, unfit=done.unfit - len(doubted), doubted=len(doubted))


def withdraw(ids: Iterable[int], *, by: User, at: datetime) -> Outcome:
    """Make drafts of what is in another state."""

    def fits(post: Post) -> bool:
        return post.status not in (PostStatus.DRAFT, PostStatus.TRASHED)

    return _each(ids, fits, lambda post: states.draft(post, by, at), by=by, at=at)


def trash(ids: Iterable[int], *, by: User, at: datetime) -> Outcome:
    """Put posts in the trash, as one act that can be undone."""
    before: dict[str, str] = {}

    def bin_it(post: Post) -> None:
        before[str(post.id)] = post.status
        states.move(post, PostStatus.TRASHED)
        post.trashed_at = at

    def tell() -> None:
        record(Act("posts.trashed", by.id, at, "post", int(next(iter(before))), before))

    return _each(ids, lambda post: not _is_binned(post), bin_it, by=by, at=at, then=tell)


def restore(ids: Iterable[int], *, by: User, at: datetime) -> Outcome:
    """Take posts out of the trash, to the states they had."""
    return _each(ids, _is_binned, lambda post: states.restore(post, by, at), by=by, at=at)


def set_comments_open(ids: Iterable[int], *, open_: bool, by: User, at: datetime) -> Outcome:
    """Open or close the comments of posts."""

    def fits(post: Post) -> bool:
        return _is_filed(post) and post.comments_open != open_

    def turn(post: Post) -> None:
        post.comments_open = open_

    return _each(ids, fits, turn, by=by, at=at)


def file(ids: Iterable[int], category_id: int, *, by: User, at: datetime) -> Outcome:
    """Put posts in another category. Raises RuleBroken where that is gone."""

    def fits(post: Post) -> bool:
        if db.session.get(Category, category_id) is None:
            raise RuleBroken("category_id", _l("This category is gone. Choose another one."))
        return _is_filed(post) and post.category_id != category_id

    def refile(post: Post) -> None:
        if post.status == PostStatus.PUBLISHED:
            states.count(post.category_id, -1)
            states.count(category_id, 1)
        post.category_id = category_id

    return _each(ids, fits, refile, by=by, at=at)


def put_back(before: dict[str, str], _left_in: str, *, by: User, at: datetime) -> int:
    """Take posts out of the trash, within the unit of work that is open; how many are as before."""
    found = _locked([int(key) for key in before], by)
    for post in filter(_is_binned, found):
        states.restore(post, by, at)
        _touch(post, at)
    if not found:
        raise NotFound
    return sum(post.status == before[str(post.id)] for post in found)


def _each(
    ids: Iterable[int],
    fits: Fits,
    change: Callable[[Post], None],
    *,
    by: User,
    at: datetime,
    then: Callable[[], None] | None = None,
) -> Outcome:
    wanted = sorted(set(ids))
    with unit_of_work():
        lock_site()
        found = _locked(wanted, by)
        fitting = [post for post in found if fits(post)]
        for post in fitting:
            change(post)
            _touch(post, at)
        if fitting and then:
            then()
    return Outcome(len(fitting), len(found) - len(fitting), len(wanted) - len(found))


def _locked(ids: Sequence[int], by: User) -> list[Post]:
    """Those of the posts that the user may change, in the order of their ids."""
    query = posts_editable_by(by).order_by(Post.id).with_for_update()
    query = query.execution_options(populate_existing=True)
    some = (db.session.scalars(query.where(Post.id.in_(part))) for part in in_portions(sorted(ids)))
    return [post for part in some for post in part]


def _is_binned(post: Post) -> bool:
    return post.status == PostStatus.TRASHED


def _is_filed(post: Post) -> bool:
    return post.kind == PostKind.POST and not _is_binned(post)


def _touch(post: Post, at: datetime) -> None:
    post.updated_at = at
    post.version += 1
