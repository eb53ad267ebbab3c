"""What is counted from the access log. No row says anything of a single reader.

Counts are rows apart from what they are of: counting changes neither a post's version nor what
cached pages depend on.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime

# Where readers came from, beside the hosts of other sites: no host is written like these.
UNKNOWN_SITE, OWN_SITE, OTHER_SITES = "", ".", "*"
# The period of all time, beside months such as "2026-03".
EVER = ""


class PostRead(Base):
    """How often a post was read on a day of the site's zone by those who came from one site."""

    __tablename__ = "post_read"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


class PostReadTotal(Base):
    """How often a post was read in a month, or ever."""

    __tablename__ = "post_read_total"
    __table_args__ = (Index("ix_post_read_total_most", "period", "count", "post_id"),)

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


class SiteRead(Base):
    """The same as PostRead of all posts together."""

    __tablename__ = "site_read"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


class MissingAddress(Base):
    """A path that was asked for in vain.

    `referrer` is the page that most of them came from, as long as one has the majority; `lead` is
    by how much, as Boyer and Moore count it.
    """

    __tablename__ = "missing_address"
    __table_args__ = (Index("ix_missing_address_most", "is_ignored", "count", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(500), unique=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    referrer: Mapped[str] = mapped_column(String(300), default="")
    lead: Mapped[int] = mapped_column(Integer, default=0)
    is_ignored: Mapped[bool] = mapped_column(Boolean, default=False)


class ReadLog(Base):
    """How far a file of the access log was read, written in the transaction of what it said.

    A file is known by its first line, whatever its name: so it is the same one after it was
    renamed, copied or compressed, and another one after it was emptied.
    """

    __tablename__ = "read_log"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
