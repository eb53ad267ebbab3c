"""Pictures, once each by what is in them, and the posts that show them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bluelog.extensions import Base
from bluelog.models.base import UTCDateTime
from bluelog.models.user import User

LARGEST_FORMAT_WIDTH = 1920
_WORTH_MAKING = 0.85  # of the largest width


class UploadState(StrEnum):
    """Whether a post, an unsaved text or the blog itself shows the picture; one that is going has
    its files deleted just now.
    """

    UNUSED = "unused"
    USED = "used"
    TRASHED = "trashed"
    GOING = "going"


KEPT_STATES = (UploadState.UNUSED, UploadState.USED)


class SitePlace(StrEnum):
    """Where the blog itself may show or link to a picture."""

    SETTINGS = "settings"
    MENU = "menu"


class Upload(Base):
    """A stored picture. `digest` is of the bytes that were stored, `widths` of its variants.

    `formats` are what its variants are made in beside its own format. `variants_at` and
    `formats_at` are when these were made; until then the original answers for them. `state` is
    kept in step with the rows of UploadUse, UploadUnsavedUse and UploadSiteUse, `search_text` with
    the words that are searched.
    """

    __tablename__ = "upload"
    __table_args__ = (
        Index("ix_upload_state", "state", "id"),
        Index("ix_upload_user", "user_id", "id"),
        Index("ix_upload_user_state", "user_id", "state", "id"),
    )

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
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    alt: Mapped[str] = mapped_column(String(500), default="")
    caption: Mapped[str] = mapped_column(String(500), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    formats: Mapped[str] = mapped_column(String(20), default="")
    formats_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    state: Mapped[str] = mapped_column(String(10), default=UploadState.UNUSED)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    user: Mapped[User | None] = relationship(lazy="raise")

    @property
    def filename(self) -> str:
        return f"{self.digest}.{self.extension}"

    @property
    def variant_widths(self) -> list[int]:
        return [int(width) for width in self.widths.split(",") if width]

    @property
    def further_formats(self) -> list[str]:
        return [extension for extension in self.formats.split(",") if extension]

    @property
    def format_widths(self) -> list[int]:
        """The widths of the files in further formats, the original's own among them."""
        largest = min(self.width, LARGEST_FORMAT_WIDTH)
        # What is hardly narrower is not worth the time it takes to make.
        narrower = [w for w in self.variant_widths if w < _WORTH_MAKING * largest]
        return [*narrower, largest]

    @property
    def format_names(self) -> list[str]:
        """The files in further formats, in the order in which they are made."""
        return [
            self.variant_name(width, extension)
            for extension in self.further_formats
            for width in self.format_widths
        ]

    @property
    def file_names(self) -> list[str]:
        """Every file that there is or may be of it."""
        variants = [self.variant_name(width) for width in self.variant_widths]
        return [self.filename, *variants, *self.format_names]

    @property
    def thumbnail(self) -> str:
        """The smallest file of its own format."""
        return self.variant_name(self.variant_widths[0]) if self.widths else self.filename

    def variant_name(self, width: int, extension: str = "") -> str:
        return f"{self.digest}-{width}.{extension or self.extension}"


class UploadUse(Base):
    """A post shows or links to a picture, in its text or as its cover.

    `is_dated`: the text was rendered before its picture had further formats.
    """

    __tablename__ = "upload_use"
    __table_args__ = (
        Index("ix_upload_use_post_id", "post_id"),
        Index("ix_upload_use_dated", "is_dated", "upload_id"),
    )

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True
    )
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    in_text: Mapped[bool] = mapped_column(Boolean, default=False)
    as_cover: Mapped[bool] = mapped_column(Boolean, default=False)
    is_dated: Mapped[bool] = mapped_column(Boolean, default=False)


class UploadUnsavedUse(Base):
    """A text that somebody typed and did not save yet shows or links to a picture."""

    __tablename__ = "upload_unsaved_use"
    __table_args__ = (Index("ix_upload_unsaved_use_copy_id", "copy_id"),)

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True
    )
    copy_id: Mapped[int] = mapped_column(
        ForeignKey("working_copy.id", ondelete="CASCADE"), primary_key=True
    )


class UploadSiteUse(Base):
    """What the blog itself shows or links to: `place` is one of `SitePlace`."""

    __tablename__ = "upload_site_use"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[str] = mapped_column(String(10), primary_key=True)


class UploadFormerUse(Base):
    """A revision of a post shows or links to a picture; it goes with the revision."""

    __tablename__ = "upload_former_use"
    __table_args__ = (Index("ix_upload_former_use_revision_id", "revision_id"),)

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True
    )
    post_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
