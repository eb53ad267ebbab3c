"""When posts were published."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base


class ArchiveMonth(Base):
    """How many posts are published of a month in the site's time zone."""

    __tablename__ = "archive_month"
    __table_args__ = ({"sqlite_with_rowid": False},)

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    post_count: Mapped[int] = mapped_column(Integer, default=0)
