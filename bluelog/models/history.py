"""What a post was, what somebody is writing, and who is at it."""

import json
import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.post import PostKind
from bluelog.models.user import User


class Packed(TypeDecorator[dict[str, Any]]):
    """Names and values as compressed JSON: text written again and again, and never searched."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, _dialect: Dialect) -> Any:
        if value is None:
            return None
        return zlib.compress(json.dumps(value, ensure_ascii=False, default=str).encode())

    def process_result_value(self, value: Any, _dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else json.loads(zlib.decompress(value))


class Revision(Base):
    """A post's content as of one of its versions; `number` counts the revisions of a post.

    One without a user holds a text that was there before anyone saved it here. `restored` is the
    number of the revision whose words it took up again.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("post_id", "number", name="uq_revision_post_number"),
        Index("ix_revision_saved_at", "saved_at"),
        Index("ix_revision_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[int] = mapped_column(Integer, default=0)
    restored: Mapped[int | None] = mapped_column(Integer)
    fields: Mapped[dict[str, Any]] = mapped_column(Packed)

    user: Mapped[User | None] = relationship(lazy="raise")


class WorkingCopy(Base):
    """What one person typed into one opened editor and did not save yet.

    The editor is named by its form's `submission_id`; `post_id` is empty while there is no post,
    and when the post is gone for good. `version` is the post's that was edited.
    """

    __tablename__ = "working_copy"
    __table_args__ = (
        UniqueConstraint("user_id", "submission_id", name="uq_working_copy_submission"),
        Index("ix_working_copy_offered", "user_id", "post_id", "saved_at"),
        Index("ix_working_copy_post_id", "post_id"),
        Index("ix_working_copy_saved_at", "saved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    submission_id: Mapped[str] = mapped_column(String(64))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(10), default=PostKind.POST)
    version: Mapped[int | None] = mapped_column(Integer)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title: Mapped[str] = mapped_column(String(200), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(Packed)


class Presence(Base):
    """When somebody was last seen with a post in the editor."""

    __tablename__ = "presence"
    __table_args__ = (
        Index("ix_presence_post", "post_id", "seen_at"),
        Index("ix_presence_seen_at", "seen_at"),
        Index("ix_presence_user_id", "user_id"),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
