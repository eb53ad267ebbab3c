"""The one place where HTML of others becomes trusted: all `Markup` of theirs comes from here."""

import nh3
from markupsafe import Markup, escape

from bluelog.text import vocabulary
from bluelog.text.arrange import arranged
from bluelog.text.comment import plain_comment
from bluelog.text.nesting import nesting
from bluelog.text.tree import well_formed

MAX_ROUNDS = 8
MAX_NESTING = 200
SCHEMES = frozenset({"http", "https", "mailto", "tel"})

__all__ = ["clean", "clean_footer", "plain_comment", "seal"]


def clean(html: str) -> Markup:
    """Reduce the HTML of a post or page to what a blog needs and a browser may safely see.

    Source: OWASP Cross Site Scripting Prevention, "HTML Sanitization".
    """
    return Markup(_settled(_POST, html))  # noqa: S704 - this is the sanitiser


def clean_footer(html: str) -> Markup:
    """Reduce the HTML of a footer to a few lines of text, links and lists."""
    return Markup(_settled(_FOOTER, html))  # noqa: S704 - this is the sanitiser


def seal(html: str) -> Markup:
    """Vouch for a cleaned post that rendering has decorated: anything else in it is lost."""
    return Markup(_RENDERED.clean(html))  # noqa: S704 - this is the sanitiser


def _settled(cleaner: nh3.Cleaner, html: str) -> str:
    """Clean until nothing changes any more.

    What a browser reads is then the very tree that was checked; markup that becomes
    something else each time it is read again, as mutation attacks do, never gets out.
    """
    html = well_formed(html)
    if nesting(html) > MAX_NESTING:
        return _TEXT_ONLY.clean(escape(html))
    for _ in range(MAX_ROUNDS):
        cleaned = cleaner.clean(arranged(html))
        if cleaned == html:
            return cleaned
        html = cleaned
    return _TEXT_ONLY.clean(html)


def _cleaner(
    tags: frozenset[str],
    attributes: dict[str, set[str]],
    dropped: frozenset[str] = vocabulary.DROPPED_WITH_CONTENT,
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        attribute_filter=vocabulary.permitted,
        clean_content_tags=dropped,
        url_schemes=SCHEMES,
        link_rel=None,
    )


_POST = _cleaner(vocabulary.POST_TAGS, vocabulary.post_attributes())
_RENDERED = _cleaner(
    vocabulary.RENDERED_TAGS, vocabulary.rendered_attributes(), vocabulary.DROPPED_FROM_RENDERED
)
_FOOTER = _cleaner(vocabulary.FOOTER_TAGS, vocabulary.footer_attributes())
_TEXT_ONLY = _cleaner(frozenset(), {})
