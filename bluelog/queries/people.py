"""People, by who asks."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload

from bluelog.extensions import db
from bluelog.models import AccountStatus, PostAuthor, Role, Token, TokenPurpose, User
from bluelog.queries.counting import count
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.text.keys import email_key, name_key

NEWEST_FIRST = Order((User.id,))
WRITING_ROLES = (Role.CONTRIBUTOR, Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)


def administrator_exists() -> bool:
    """Whether the blog is set up; while it is not, `/setup` is open."""
    administrators = select(User.id).where(User.role == Role.ADMINISTRATOR)
    return db.session.scalar(administrators.limit(1)) is not None


def person_by_login(login: str) -> User | None:
    """The account of a username or an e-mail address, the address's own first."""
    return person_by_email(login) or person_by_username(login)


def person_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email_key == email_key(email)))


def person_by_username(username: str) -> User | None:
    return db.session.scalar(select(User).where(User.username_key == name_key(username)))


def people_managed_by(user: User | None) -> Select[User]:
    """Everyone, for an administrator; nobody else manages people."""
    query = select(User)
    return query if user is not None and user.is_administrator else query.where(false())


def people_page(user: User, window: Window) -> Page[User]:
    """Some of the accounts, the newest first."""
    return page(people_managed_by(user), NEWEST_FIRST, window)


def registered_count() -> int:
    """How many accounts were registered and nobody has confirmed yet."""
    # Of whatever role: the index that finds them begins with it.
    waiting = and_(User.role.in_(Role), User.status == AccountStatus.UNCONFIRMED)
    return count(select(User.id).where(waiting))


def person_managed_by(user: User, user_id: int) -> User | None:
    return db.session.scalar(people_managed_by(user).where(User.id == user_id))


def author_by_username(username: str) -> User | None:
    """Whose author page that is: someone who writes here, or once wrote what is public."""
    query = select(User).where(User.username_key == name_key(username), _is_author())
    return db.session.scalar(query)


def several_write() -> bool:
    """Whether more than one writes here or once wrote what is public; else bylines say nothing.

    Each step ends at the first row that it finds, however many one person wrote.
    """
    writers = list(db.session.scalars(select(User.id).where(_writes()).limit(2)))
    known = writers or list(db.session.scalars(_wrote().order_by(PostAuthor.user_id).limit(1)))
    if len(known) != 1:
        return bool(known)
    sides = (PostAuthor.user_id < known[0], PostAuthor.user_id > known[0])
    return any(db.session.scalar(_wrote().where(side).limit(1)) for side in sides)


def public_writers(now: datetime) -> ColumnElement[bool]:
    """Accounts that may write, and have something public."""
    public = select(PostAuthor.post_id).where(
        PostAuthor.user_id == User.id, PostAuthor.public_at <= now
    )
    return and_(_writes(), public.exists())


def usable_token(token_id: int, purpose: TokenPurpose, at: datetime) -> Token | None:
    """The token with its owner, unless it was used, has expired or was for something else."""
    query = (
        select(Token)
        .where(Token.id == token_id, Token.purpose == purpose)
        .options(joinedload(Token.user))
    )
    token = db.session.scalar(query)
    return token if token is not None and token.is_usable_at(at) else None


def latest_token(user_id: int, purpose: TokenPurpose) -> Token | None:
    """The token issued last, used or not."""
    query = select(Token).where(Token.user_id == user_id, Token.purpose == purpose)
    return db.session.scalar(query.order_by(Token.id.desc()).limit(1))


def _is_author() -> ColumnElement[bool]:
    return or_(_writes(), _wrote().where(PostAuthor.user_id == User.id).exists())


def _writes() -> ColumnElement[bool]:
    return and_(User.role.in_(WRITING_ROLES), User.status == AccountStatus.ACTIVE)


def _wrote() -> Select[int]:
    return select(PostAuthor.user_id).where(PostAuthor.public_at.is_not(None))
