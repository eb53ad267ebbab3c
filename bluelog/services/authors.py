"""Whose names stand on a post, and in which order. Each verb runs in an open unit of work."""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import PUBLIC_STATUSES, Post, PostAuthor, PostKind, User
from bluelog.queries.names import Name
from bluelog.queries.posts import authors_of
from bluelog.text.keys import name_key

MOST_AUTHORS = 20
_BETWEEN = re.compile(r"[,，、;；]+")


def name(post: Post, typed: str | None, *, by: User) -> None:
    """Put those usernames on the post, in their order; None leaves its authors as they are.

    Who is added must write here; who is on it already may stay, whatever became of the account.
    Raises RuleBroken("authors").
    """
    if typed is None:
        return
    former = {row.user_id: row for row in _rows(post)}
    named = _named(typed, former)
    if post.version == 0 and not by.may_edit_everything and by.id not in named:
        # A new post that is not its maker's would be out of reach at once.
        raise RuleBroken("authors", _l("Your own username must be among the authors."))
    for user_id in former.keys() - set(named):
        db.session.delete(former[user_id])
    for position, user_id in enumerate(named):
        if user_id in former:
            former[user_id].position = position
        else:
            db.session.add(_row(post, user_id, position))


def would_be(post: Post | None, typed: str | None, *, by: User) -> list[Name]:
    """Whose names would stand there if it were saved; who could not be named is left out."""
    there = authors_of([post.id]).get(post.id, []) if post else [_name_of(by)]
    if not typed:
        return there
    on_it = {author.id for author in there}
    people, _strangers = _meant(typed)
    named = [_name_of(person) for person in people if person.may_write or person.id in on_it]
    return named + [author for author in there if author.username is None] or there


def _name_of(person: User) -> Name:
    return Name(person.id, person.name, person.username)


def are_as_asked(post: Post, typed: str | None) -> bool:
    """Whether the post's authors are those."""
    if typed is None:
        return True
    there = [author.id for author in authors_of([post.id]).get(post.id, [])]
    people, _strangers = _meant(typed)
    return [person.id for person in people] == there


def _named(typed: str, former: dict[int, PostAuthor]) -> list[int]:
    """The ids of who is named, and of those on the post whom no username names."""
    people, strangers = _meant(typed)
    strangers += [str(p.username) for p in people if not (p.may_write or p.id in former)]
    if strangers:
        message = _l("Nobody of this username writes here: %(name)s", name=strangers[0])
        raise RuleBroken("authors", message)
    nameless = [row.user_id for row in former.values() if row.user.username is None]
    named = [person.id for person in people] + nameless
    if not named:
        raise RuleBroken("authors", _l("A post has at least one author."))
    if len(named) > MOST_AUTHORS:
        raise RuleBroken("authors", _l("At most %(max)d people fit here.", max=MOST_AUTHORS))
    return named


def _meant(typed: str) -> tuple[list[User], list[str]]:
    """The accounts of those usernames, each once, and what is none."""
    words = typed.split()
    pieces = [piece for word in words for piece in (word, *_BETWEEN.split(word)) if piece]
    known = {user.username_key: user for user in _people({name_key(piece) for piece in pieces})}
    found: dict[int, User] = {}
    strangers: list[str] = []
    for word in words:
        # A username may have a comma in it, though never a space.
        parts = [word] if name_key(word) in known else filter(None, _BETWEEN.split(word))
        for part in parts:
            user = known.get(name_key(part))
            if user is None:
                strangers.append(part)
            else:
                found[user.id] = user
    return list(found.values()), strangers


def _people(keys: Collection[str]) -> Sequence[User]:
    return db.session.scalars(select(User).where(User.username_key.in_(keys))).all()


def _rows(post: Post) -> Sequence[PostAuthor]:
    rows = select(PostAuthor).where(PostAuthor.post_id == post.id)
    ordered = rows.order_by(PostAuthor.position, PostAuthor.user_id)
    # Read anew: what a statement changed of them, the session need not know.
    fresh = ordered.options(joinedload(PostAuthor.user)).execution_options(populate_existing=True)
    return db.session.scalars(fresh).all()


def _row(post: Post, user_id: int, position: int) -> PostAuthor:
    is_listed = post.status in PUBLIC_STATUSES and post.kind == PostKind.POST
    public_at = post.published_at if is_listed else None
    return PostAuthor(post_id=post.id, user_id=user_id, position=position, public_at=public_at)
