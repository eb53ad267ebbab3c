"""The conversation: submitting, approving, removing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import final

from sqlalchemy import Select, Update, bindparam, select, update

from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act, CommentApproved, CommentSubmitted
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Comment, CommentStatus, Post, Site, User
from bluelog.queries.comments import is_moderated_by, moderated_ids
from bluelog.queries.moments import NOW
from bluelog.queries.portions import in_portions
from bluelog.queries.posts import is_public
from bluelog.services import limits
from bluelog.text.comment import plain_comment
from bluelog.uow import record, unit_of_work

LONGEST = 20_000
_REMOVED = (CommentStatus.SPAM, CommentStatus.TRASHED)


@final
@dataclass(frozen=True)
class Guest:
    """Who a guest says to be."""

    name: str
    email: str
    site: str = ""


@dataclass(frozen=True)
class Words:
    """What was said, where, and on which form: `stamp` marks post and day of the form."""

    post_id: int
    body: str
    stamp: str
    parent_id: int | None = None
    locale: str = "en"


@dataclass(frozen=True)
class Receipt:
    """Which comment the words became, and whether readers see it already."""

    comment_id: int
    is_shown: bool


def submit(words: Words, *, by: User | Guest, address: str, at: datetime) -> Receipt:
    """Add a comment: writers' shows at once, everyone else's waits for approval.

    The same words on the same form again answer with the comment they made. Emits
    CommentSubmitted, and CommentApproved for one that shows at once. Raises LimitReached,
    RuleBroken, NotFound.
    """
    if known := _said(_digest(words, by)):
        return known
    if isinstance(by, Guest) or not by.may_publish:
        limits.spend(limits.COMMENT_ADDRESS, address, at=at)
    html = str(plain_comment(words.body))
    with unit_of_work():
        post = _open_post(words.post_id, at)
        comment = _comment(words, html, by, at)
        if known := _said(comment.digest):
            return known
        comment.parent_id, comment.thread_id = _place(words.parent_id, post)
        db.session.add(comment)
        db.session.flush()
        if comment.thread_id is None:
            db.session.connection().execute(_thread_begun(), {"by": comment.id})
        record(CommentSubmitted(comment.id))
        if comment.is_approved:
            _count(post.id, 1)
            record(CommentApproved(comment.id))
        return Receipt(comment.id, comment.is_approved)


def approve(ids: Iterable[int], *, by: User, at: datetime) -> int:
    """Show the comments; how many changed. Emits CommentApproved for each."""
    return _moderate(ids, CommentStatus.APPROVED, by=by, at=at)


def hold(ids: Iterable[int], *, by: User, at: datetime) -> int:
    """Take the comments back to waiting; how many changed."""
    return _moderate(ids, CommentStatus.PENDING, by=by, at=at)


def mark_spam(ids: Iterable[int], *, by: User, at: datetime) -> int:
    """Take the comments for spam; how many changed."""
    return _moderate(ids, CommentStatus.SPAM, by=by, at=at)


def trash(ids: Iterable[int], *, by: User, at: datetime) -> int:
    """Put the comments in the trash; how many changed."""
    return _moderate(ids, CommentStatus.TRASHED, by=by, at=at)


def approve_all(*, by: User, at: datetime) -> int:
    """Show everything that waits for this user's decision; how many there were."""
    with unit_of_work():
        waiting = db.session.scalars(moderated_ids(by, CommentStatus.PENDING)).all()
        comments = _locked(sorted(waiting), by)
        # Another moderator may have decided about some while they were waited for.
        waits = [comment for comment in comments if comment.status == CommentStatus.PENDING]
        return _set(dict.fromkeys(waits, CommentStatus.APPROVED), by, at)


def withdraw(comment_id: int, *, by: User, at: datetime) -> None:
    """Put one's own comment in the trash."""
    with unit_of_work():
        _lock_posts([comment_id])
        query = select(Comment).where(Comment.id == comment_id, Comment.user_id == by.id)
        comment = db.session.scalar(query.with_for_update())
        if comment is None:
            raise NotFound
        _set({comment: CommentStatus.TRASHED}, by, at)


def put_back(before: dict[str, str], left_in: str, *, by: User, at: datetime) -> int:
    """Give comments the states they had, within the unit of work that is open; how many have them.

    What somebody decided since is left as it is.
    """
    comments = _locked(sorted(int(key) for key in before), by)
    former: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in comments:
        if comment.status == left_in:
            former[before[str(comment.id)]].append(comment)
    # One act for each state, for an act is named for the state in which it leaves all it touches.
    for status, some in former.items():
        _set(dict.fromkeys(some, CommentStatus(status)), by, at)
    return sum(comment.status == before[str(comment.id)] for comment in comments)


def _moderate(ids: Iterable[int], status: CommentStatus, *, by: User, at: datetime) -> int:
    wanted = sorted(set(ids))
    with unit_of_work():
        comments = _locked(wanted, by)
        if wanted and not comments:
            raise NotFound
        return _set(dict.fromkeys(comments, status), by, at)


def _locked(ids: Sequence[int], by: User) -> list[Comment]:
    """Those of the comments, in the order of their ids, about which the user decides."""
    _lock_posts(ids)
    is_there = Comment.status != CommentStatus.EMPTIED
    query = select(Comment).where(is_there, is_moderated_by(by)).order_by(Comment.id)
    query = query.with_for_update()
    portions = [db.session.scalars(query.where(Comment.id.in_(some))) for some in in_portions(ids)]
    return [comment for portion in portions for comment in portion]


def _lock_posts(ids: Sequence[int]) -> None:
    """Lock the comments' posts, in order: who holds a comment first meets `submit` halfway."""
    under: set[int] = set()
    for some in in_portions(ids):
        under.update(db.session.scalars(select(Comment.post_id).where(Comment.id.in_(some))))
    for some in in_portions(sorted(under)):
        posts = select(Post.id).where(Post.id.in_(some)).order_by(Post.id)
        db.session.execute(posts.with_for_update())


def _set(wanted: dict[Comment, CommentStatus], by: User, at: datetime) -> int:
    changing = {c: status for c, status in wanted.items() if c.status != status}
    if not changing:
        return 0
    before = {str(comment.id): comment.status for comment in changing}
    action = f"comments.{next(iter(changing.values()))}"
    record(Act(action, by.id, at, "comment", next(iter(changing)).id, before))
    steps: Counter[int] = Counter()
    for comment, status in changing.items():
        steps[comment.post_id] += (status == CommentStatus.APPROVED) - comment.is_approved
        comment.status, comment.trashed_at = status, at if status in _REMOVED else None
        if status == CommentStatus.APPROVED:
            comment.approved_at = at
            record(CommentApproved(comment.id))
    for post_id, step in steps.items():
        if step:
            _count(post_id, step)
    return len(changing)


def _open_post(post_id: int, at: datetime) -> Post:
    found = db.session.execute(_public_post(), {"post_id": post_id, "now": at}).first()
    if found is None:
        raise NotFound
    post, days = found
    if not post.takes_comments_at(at, days):
        raise RuleBroken(None, _l("Comments on this post are closed."))
    return post


@cache
def _thread_begun() -> Update:
    """A thread is named for the comment that began it."""
    return update(Comment).where(Comment.id == bindparam("by")).values(thread_id=Comment.id)


@cache
def _public_post() -> Select[Post, int]:
    days = select(Site.comment_days).scalar_subquery()
    is_it = Post.id == bindparam("post_id")
    return select(Post, days).where(is_it, is_public(NOW)).with_for_update(of=Post)


def _place(parent_id: int | None, post: Post) -> tuple[int | None, int | None]:
    if parent_id is None:
        return None, None
    parent = db.session.get(Comment, parent_id)
    if parent is None or parent.post_id != post.id or not parent.is_approved:
        raise RuleBroken(None, _l("The comment you are replying to is gone."))
    return parent.id, parent.thread_id


def _comment(words: Words, html: str, by: User | Guest, at: datetime) -> Comment:
    if not words.body.strip() or len(words.body) > LONGEST:
        raise RuleBroken("body", _l("A comment has between 1 and 20,000 characters."))
    comment = Comment(post_id=words.post_id, body=words.body, html=html, created_at=at)
    comment.locale, comment.status = words.locale, CommentStatus.PENDING
    if isinstance(by, Guest):
        comment.name, comment.email, comment.site = by.name, by.email, by.site
    else:
        comment.user, comment.from_staff = by, by.may_publish
        comment.status = CommentStatus.APPROVED if by.may_publish else CommentStatus.PENDING
    comment.digest = _digest(words, by)
    return comment


def _digest(words: Words, by: User | Guest) -> str:
    who: object = by.email.casefold() if isinstance(by, Guest) else by.id
    said = json.dumps([words.post_id, words.parent_id, who, words.body, words.stamp])
    return hashlib.sha256(said.encode()).hexdigest()


def _said(digest: str | None) -> Receipt | None:
    with db.session.no_autoflush:
        found = db.session.execute(_with_digest(), {"digest": digest}).first()
    return Receipt(found.id, found.status == CommentStatus.APPROVED) if found else None


@cache
def _with_digest() -> Select[int, str]:
    return select(Comment.id, Comment.status).where(Comment.digest == bindparam("digest"))


def _count(post_id: int, step: int) -> None:
    # On the connection: the comment itself tells what changes for readers.
    db.session.connection().execute(_counted(), {"of": post_id, "step": step})


@cache
def _counted() -> Update:
    row = update(Post).where(Post.id == bindparam("of"))
    return row.values(comment_count=Post.comment_count + bindparam("step"))
