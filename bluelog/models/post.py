"""Posts and pages, who wrote them, where they used to be."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.clock import now
from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.upload import Upload
from bluelog.models.user import User
from bluelog.text.urls import post_path


class PostKind(StrEnum):
    POST = "post"
    PAGE = "page"


class PostStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    PRIVATE = "private"
    TRASHED = "trashed"


PUBLIC_STATUSES = (PostStatus.PUBLISHED, PostStatus.SCHEDULED)
_PINNED = text("pinned_at IS NOT NULL")


class Category(Base):
    """A category. `created_at` is None of one that is older than that column."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    post_count: Mapped[int] = mapped_column(Integer, default=0)
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=now)


class Post(Base):
    """A post or a page. `version` grows with every change, `revision` with what readers see of it,
    its comments included; `post_count`-like figures are kept. It has `pinned_at` only while its
    status is a public one.

    A page may be under another one, its `parent_id`, and then has the word of that page before its
    own in its address: `parent_slug` repeats it, so that whoever shows a link need not look for it.
    `position` is its place among the pages under the same one.

    `was_public` is kept of a post that lost the date of when it was, for links to it are about.

    `returned_at` is when an editor returned it to its writer, until it is handed in or published
    again.

    Its PostAuthor rows repeat what an author's lists are ordered and chosen by, so that each is
    one walk along an index: `public_at` is `published_at` while the post is public, `status` and
    `edited_at` are `status` and `updated_at`.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("kind", "slug", name="uq_post_kind_slug"),
        Index("ix_post_status", "status", "updated_at", "id"),
        Index("ix_post_published", "kind", "published_at", "id"),
        Index("ix_post_category", "category_id", "published_at", "id"),
        Index("ix_post_edited", "updated_at", "id"),
        Index("ix_post_due", "status", "published_at"),
        Index("ix_post_kind_edited", "kind", "updated_at", "id"),
        Index("ix_post_category_edited", "category_id", "updated_at", "id"),
        Index("ix_post_series", "series_id", "part", "id"),
        # Of all others it has no row: `pinned_at IS NULL` would else be looked up in it. So it is
        # on PostgreSQL, by its migration; to say it here too would load that dialect everywhere.
        Index("ix_post_pinned", "pinned_at", sqlite_where=_PINNED),
        # Without them, deleting a post or a picture would look for it in every row there is.
        Index("ix_post_translation_of", "translation_of"),
        Index("ix_post_cover_id", "cover_id"),
        Index("ix_post_parent", "parent_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default=PostKind.POST)
    language: Mapped[str] = mapped_column(String(35))
    translation_of: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    # What these two were, is asked when they change: by it the post was counted.
    status: Mapped[str] = mapped_column(String(10), default=PostStatus.DRAFT, active_history=True)
    former_status: Mapped[str | None] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(100))
    source_format: Mapped[str] = mapped_column(String(10), default="html")
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    plain: Mapped[str] = mapped_column(Text, default="")
    excerpt: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(Integer, default=0)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id", ondelete="SET NULL"))
    comments_open: Mapped[bool] = mapped_column(Boolean, default=True)
    comment_count: Mapped[int] = mapped_column(Integer, default=0)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, active_history=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    review_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    revision: Mapped[int] = mapped_column(BigInteger, default=0)
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    with_contents: Mapped[bool] = mapped_column(Boolean, default=False)
    with_formulas: Mapped[bool] = mapped_column(Boolean, default=False)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    part: Mapped[int | None] = mapped_column(Integer)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    parent_slug: Mapped[str | None] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(Integer, default=0)
    pinned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    was_public: Mapped[bool] = mapped_column(Boolean, default=False)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    category: Mapped[Category | None] = relationship(lazy="raise")
    cover: Mapped[Upload | None] = relationship(lazy="raise")

    @property
    def path(self) -> str:
        """Its address within the site."""
        return post_path(self.kind, self.slug, self.parent_slug)

    def is_public_at(self, now: datetime) -> bool:
        due = self.published_at is not None and self.published_at <= now
        return due and self.status in PUBLIC_STATUSES

    def comments_close_at(self, days: int) -> datetime | None:
        """When the site's rule of so many days ends its comments; None if it never does."""
        if not days or not self.comments_open or self.published_at is None:
            return None
        return self.published_at + timedelta(days=days)

    def takes_comments_at(self, now: datetime, days: int) -> bool:
        """Whether it may be commented on under the site's rule of so many days."""
        closing = self.comments_close_at(days)
        return self.comments_open and (closing is None or now < closing)


class PostAuthor(Base):
    __tablename__ = "post_author"
    __table_args__ = (
        Index("ix_post_author_public", "user_id", "public_at", "post_id"),
        Index("ix_post_author_edited", "user_id", "edited_at", "post_id"),
        Index("ix_post_author_status", "user_id", "status", "edited_at", "post_id"),
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    public_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(10), default=PostStatus.DRAFT)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped[Post] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise")


class Redirect(Base):
    """An address that was; `path` begins with '/' and so does `target`.

    `hits` is how often readers followed it, as the access log says.
    """

    __tablename__ = "redirect"
    # Who is renamed looks for what leads to the former address.
    __table_args__ = (Index("ix_redirect_target", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(500), unique=True)
    target: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hits: Mapped[int] = mapped_column(Integer, default=0)
    last_hit_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
