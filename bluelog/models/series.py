"""Posts that are read one after another."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.clock import now
from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime


class Series(Base):
    """A series. Its posts name it, and stand in the order of their `part`, then of their ids.

    `created_at` is None of one that is older than that column.
    """

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=now)
