"""What a post is made of: all that its editor says of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """What a writer filled in. An empty slug is made from the title.

    `original` is the address of what it translates, empty for nothing; `authors` are usernames in
    the order of their names on it, `series` is a name and `part` a number there; `appears` is the
    time at which it appears, in the site's zone; `parent` is the id of the page that a page is
    under, 0 for none, `position` its place there, and `in_menu` whether the main menu has it. None
    leaves these, and the tags, as they are.
    """

    title: str
    source: str
    language: str
    slug: str = ""
    excerpt: str = ""
    category_id: int | None = None
    cover_id: int | None = None
    comments_open: bool = True
    tags: tuple[str, ...] | None = None
    original: str | None = None
    source_format: str = "html"
    with_contents: bool = False
    with_formulas: bool = False
    authors: str | None = None
    series: str | None = None
    part: int | None = None
    appears: str | None = None
    parent: int | None = None
    position: int | None = None
    in_menu: bool | None = None
