"""Pictures, once each by what is in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime


class Upload(Base):
    """A stored picture. `digest` is of the bytes that were stored, `widths` of its variants.

    `variants_at` is when the variants were made; until then the original answers for them.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    source_digest: Mapped[str] = mapped_column(String(64), index=True)
    extension: Mapped[str] = mapped_column(String(8))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    original_name: Mapped[str] = mapped_column(String(255), default="")
    widths: Mapped[str] = mapped_column(String(100), default="")
    variants_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def filename(self) -> str:
        return f"{self.digest}.{self.extension}"

    @property
    def variant_widths(self) -> list[int]:
        return [int(width) for width in self.widths.split(",") if width]

    def variant_name(self, width: int) -> str:
        return f"{self.digest}-{width}.{self.extension}"
