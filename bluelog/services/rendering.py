"""From what was written to what is stored beside it; done before the transaction opens."""

from dataclasses import dataclass
from typing import Protocol

from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.queries.uploads import pictures_by_source
from bluelog.text.excerpt import excerpt
from bluelog.text.render import MARKDOWN, render, responsive

# What decides, beside the source, how it is rendered.
RENDERED_FROM = ("source_format", "with_contents", "with_formulas")
# What is read of a post follows from these.
READ_FROM = ("title", "source", "language", "excerpt", "cover_id", *RENDERED_FROM)
# Some seconds of work at the worst.
LONGEST_MARKDOWN = 300_000
_TOO_LONG = _l(
    "A text in Markdown may have up to %(limit)s characters. Divide it into two posts.",
    limit=LONGEST_MARKDOWN,
)


class Source(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def source_format(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def with_contents(self) -> bool: ...
    @property
    def with_formulas(self) -> bool: ...


@dataclass(frozen=True)
class Rendering:
    """The derived columns of a post."""

    html: str
    plain: str
    words: int
    excerpt: str


def render_post(content: Source) -> Rendering:
    """Clean and typeset the source, with sizes and variants for the blog's own pictures.

    Raises RuleBroken("source") where the time that would take is out of bounds.
    """
    check_size(content.source, content.source_format)
    rendered = render(
        content.source,
        content.source_format,
        language=content.language,
        contents=content.with_contents,
        formulas=content.with_formulas,
    )
    pictures = pictures_by_source(rendered.images)
    return Rendering(
        html=str(responsive(rendered.html, pictures.get)),
        plain=rendered.plain,
        words=rendered.words,
        excerpt=excerpt(rendered.plain),
    )


def check_size(source: str, source_format: str) -> None:
    """Bound the time that reading the source may take. Raises RuleBroken("source")."""
    if source_format == MARKDOWN and len(source) > LONGEST_MARKDOWN:
        raise RuleBroken("source", _TOO_LONG)
