"""What readers answer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.post import Post
from bluelog.models.user import User


class CommentStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    TRASHED = "trashed"
    EMPTIED = "emptied"


class Comment(Base):
    """A comment of a signed-in user or of a guest (`name`, `email`, `site`).

    `thread_id` is the id of the comment that began the thread, its own included. `digest` is
    unique, so that the same submission twice is one comment. `approved_at` is when somebody let it
    be seen, if it was not at once; `trashed_at` is when it became spam or trash. An emptied one is
    what is left of such a comment once it was purged and has answers.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_thread", "post_id", "thread_id", "id"),
        Index("ix_comment_status", "status", "id"),
        Index("ix_comment_newest", "post_id", "status", "id"),
        Index("ix_comment_user", "user_id", "id"),
        Index("ix_comment_staff", "from_staff", "id"),
        Index("ix_comment_parent_id", "parent_id"),
        # Without it, deleting a comment would look for its thread in every row there is.
        Index("ix_comment_thread_id", "thread_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(10), default=CommentStatus.PENDING)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    site: Mapped[str] = mapped_column(String(255), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(35), default="en")
    from_staff: Mapped[bool] = mapped_column(Boolean, default=False)
    reply_mailed: Mapped[bool] = mapped_column(Boolean, default=False)
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped[Post] = relationship(lazy="raise")
    user: Mapped[User | None] = relationship(lazy="raise")
    parent: Mapped["Comment | None"] = relationship(
        lazy="raise", remote_side="Comment.id", foreign_keys=[parent_id]
    )

    @property
    def is_approved(self) -> bool:
        return self.status == CommentStatus.APPROVED

    @property
    def author_name(self) -> str:
        return self.user.display_name if self.user else self.name


class CommentModerator(Base):
    """That an author of a post decides about a comment on it; one row for each of both.

    It repeats what the author's lists of comments go by, so that each is one walk along an index.
    Editors decide about every comment and need no rows.
    """

    __tablename__ = "comment_moderator"
    __table_args__ = (
        Index("ix_comment_moderator_status", "user_id", "status", "comment_id"),
        Index("ix_comment_moderator_staff", "user_id", "from_staff", "comment_id", "status"),
        # Without it, deleting a comment would look for it in every row there is.
        Index("ix_comment_moderator_comment_id", "comment_id"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(10))
    from_staff: Mapped[bool] = mapped_column(Boolean)


class MailOptOut(Base):
    """An address that wants no mail about replies."""

    __tablename__ = "mail_opt_out"

    email_key: Mapped[str] = mapped_column(String(254), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
