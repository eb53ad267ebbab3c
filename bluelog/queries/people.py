"""People, by who asks."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from bluelog.extensions import db
from bluelog.models import AccountStatus, PostAuthor, Role, Token, TokenPurpose, User
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
    waiting = User.status == AccountStatus.UNCONFIRMED
    return db.session.scalar(select(func.count()).select_from(User).where(waiting)) or 0


def person_managed_by(user: User, user_id: int) -> User | None:
    return db.session.scalar(people_managed_by(user).where(User.id == user_id))


def author_by_username(username: str) -> User | None:
    """Whose author page that is: someone who writes here, or once wrote what is public."""
    query = select(User).where(User.username_key == name_key(username), _is_author())
    return db.session.scalar(query)


def people_count_writing() -> int:
    """How many people write here or once wrote what is public; with one, bylines say nothing."""
    return db.session.scalar(select(func.count()).select_from(User).where(_is_author())) or 0


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
    writes = and_(User.role.in_(WRITING_ROLES), User.status == AccountStatus.ACTIVE)
    wrote = select(PostAuthor.post_id).where(
        PostAuthor.user_id == User.id, PostAuthor.public_at.is_not(None)
    )
    return or_(writes, wrote.exists())
