"""From what was written to what is stored beside it; done before the transaction opens."""

from dataclasses import dataclass
from typing import Protocol

from bluelog.queries.uploads import pictures_by_source
from bluelog.text.excerpt import excerpt
from bluelog.text.render import render, responsive


class Source(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class Rendering:
    """The derived columns of a post."""

    html: str
    plain: str
    words: int
    excerpt: str


def render_post(content: Source, source_format: str = "html") -> Rendering:
    """Clean and typeset the source, with sizes and variants for the blog's own pictures."""
    rendered = render(content.source, source_format, language=content.language)
    pictures = pictures_by_source(rendered.images)
    return Rendering(
        html=str(responsive(rendered.html, pictures.get)),
        plain=rendered.plain,
        words=rendered.words,
        excerpt=excerpt(rendered.plain),
    )
