"""Posts that are read one after another."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base


class Series(Base):
    """A series. Its posts name it, and stand in the order of their `part`, then of their ids."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
