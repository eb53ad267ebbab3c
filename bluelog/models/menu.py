"""What the menus of readers' pages lead to."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bluelog.extensions import Base


class Menu(StrEnum):
    MAIN = "main"
    FOOTER = "footer"


class EntryKind(StrEnum):
    """What an entry leads to; the first four are pages that every blog has."""

    HOME = "home"
    ARCHIVE = "archive"
    LINKS = "links"
    SEARCH = "search"
    PAGE = "page"
    CATEGORY = "category"
    TAG = "tag"
    URL = "url"


class MenuItem(Base):
    """One entry of a menu. Without a label it is called as what it leads to; one whose page,
    category or tag was deleted leads nowhere, and readers do not see it.
    """

    __tablename__ = "menu_item"
    __table_args__ = (Index("ix_menu_item_place", "menu", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    menu: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("category.id", ondelete="SET NULL"), index=True
    )
    tag_id: Mapped[int | None] = mapped_column(
        ForeignKey("tag.id", ondelete="SET NULL"), index=True
    )
    url: Mapped[str] = mapped_column(String(500), default="")
    label: Mapped[str] = mapped_column(String(60), default="")
    submission_id: Mapped[str | None] = mapped_column(String(64), unique=True)
