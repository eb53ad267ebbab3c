"""The blog as a whole."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime


class Site(Base):
    """One row of settings that administrators change in the dashboard.

    `comment_days` is how long after its publication a post takes comments; 0 is for ever.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(35), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    text_font: Mapped[str] = mapped_column(String(10), default="serif")
    slug_style: Mapped[str] = mapped_column(String(10), default="pinyin")
    registration_open: Mapped[bool] = mapped_column(Boolean, default=False)
    sidebar: Mapped[bool] = mapped_column(Boolean, default=False)
    comment_days: Mapped[int] = mapped_column(Integer, default=0)
    feed_text: Mapped[str] = mapped_column(String(10), default="full")
    ai_crawlers: Mapped[bool] = mapped_column(Boolean, default=True)
    custom_css: Mapped[str] = mapped_column(Text, default="")
    custom_js: Mapped[str] = mapped_column(Text, default="")
    footer: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ContentRevision(Base):
    """One row that grows with what readers see; cached pages are compared by it.

    `content` grows with anything that any page shows, `frame` with what every page shows around
    its own content. It is a row apart from the site's, so that it can be written last by every
    transaction and no two wait for each other.
    """

    __tablename__ = "content_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[int] = mapped_column(BigInteger, default=0)
    frame: Mapped[int] = mapped_column(BigInteger, default=0)


class Link(Base):
    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    url: Mapped[str] = mapped_column(String(500))
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)


class AuditEvent(Base):
    """Who did what. `before` keeps former states by id, so that an act can be undone once."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_actor_id", "actor_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reversed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Counter(Base):
    """A named figure: when the worker was last seen, in seconds of Unix time."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(Integer, default=0)


class AttemptCount(Base):
    """How often a limited thing was tried in the window that ends at `expires_at`."""

    __tablename__ = "attempt_count"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ImportedItem(Base):
    """What an imported row became, so that a second run adds nothing."""

    __tablename__ = "imported_item"
    __table_args__ = (UniqueConstraint("source", "kind", "old_id", name="uq_imported_item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    old_id: Mapped[str] = mapped_column(String(200))
    new_id: Mapped[int] = mapped_column(Integer)
