"""What posts are about, in as many words as their writers like."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.clock import now
from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.post import Post, PostStatus


class Tag(Base):
    """A tag; `post_count` is how many of its posts are published.

    `created_at` is None of one that is older than that column.
    """

    __tablename__ = "tag"
    __table_args__ = (Index("ix_tag_used", "post_count", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    post_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=now)


class PostTag(Base):
    """That a post has a tag, and at which place among its tags.

    It repeats what the tag's lists are ordered by, so that each is one walk along an index:
    `public_at` is the post's `published_at` while it is public, `edited_at` its `updated_at`.
    `status` is the post's, by which it was last counted.
    """

    __tablename__ = "post_tag"
    __table_args__ = (
        Index("ix_post_tag_public", "tag_id", "public_at", "post_id"),
        Index("ix_post_tag_edited", "tag_id", "edited_at", "post_id"),
        {"sqlite_with_rowid": False},
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    public_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(10), default=PostStatus.DRAFT)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped[Post] = relationship(lazy="raise")
    tag: Mapped[Tag] = relationship(lazy="raise")
