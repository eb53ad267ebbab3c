"""People and their ways in."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime


class Role(StrEnum):
    READER = "reader"
    CONTRIBUTOR = "contributor"
    AUTHOR = "author"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class AccountStatus(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"
    UNCONFIRMED = "unconfirmed"
    DISABLED = "disabled"


_WRITERS = (Role.CONTRIBUTOR, Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)


class User(Base):
    """An account. `username_key` and `email_key` are case-folded, for they must be unique."""

    __tablename__ = "user"
    __table_args__ = (Index("ix_user_role", "role", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str | None] = mapped_column(String(50))
    username_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default=Role.READER)
    status: Mapped[str] = mapped_column(String(20), default=AccountStatus.ACTIVE)
    locale: Mapped[str | None] = mapped_column(String(35))
    bio: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(255), default="")
    session_generation: Mapped[int] = mapped_column(Integer, default=0)
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    # What Flask-Login asks of an account. Its own mixin would make all accounts without a session
    # equal to each other.
    is_authenticated = True
    is_anonymous = False
    # The session it was loaded through.
    session_token = ""
    session_seen_at = datetime.min.replace(tzinfo=UTC)

    def get_id(self) -> str:
        """The key of the session this account was loaded through, for Flask-Login's cookie."""
        return self.session_token

    @property
    def is_active(self) -> bool:
        return self.status == AccountStatus.ACTIVE

    @property
    def display_name(self) -> str:
        return display_name(self.name, self.username)

    @property
    def is_administrator(self) -> bool:
        return self._has_role(Role.ADMINISTRATOR)

    @property
    def may_edit_everything(self) -> bool:
        return self._has_role(Role.EDITOR, Role.ADMINISTRATOR)

    @property
    def may_publish(self) -> bool:
        return self._has_role(Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)

    @property
    def may_write(self) -> bool:
        return may_write(self.role, self.status)

    def _has_role(self, *roles: Role) -> bool:
        """Whether the account is one of these; whoever is shut out has no rights at all."""
        return self.is_active and self.role in roles


def display_name(name: str | None, username: str | None) -> str:
    """What somebody is called on a page."""
    return name or username or ""


def may_write(role: str, status: str) -> bool:
    """Whether an account of that role and status writes posts."""
    return status == AccountStatus.ACTIVE and role in _WRITERS


class UserSession(Base):
    """One signed-in browser. The cookie holds the key, the table its SHA-256 only."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[User] = relationship(lazy="raise")


class TokenPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"
    CONFIRMATION = "confirmation"
    EMAIL_CHANGE = "email-change"


class Token(Base):
    """What a mailed link stands for. The link is signed when shown, so no row is a way in."""

    __tablename__ = "token"
    __table_args__ = (Index("ix_token_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="raise")

    def is_usable_at(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at
