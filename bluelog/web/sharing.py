"""What search engines and other sites are told of a page, in schema.org's words (JSON-LD)."""

from collections.abc import Iterable
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from bluelog.mail.links import absolute
from bluelog.text.machines import pictures_in
from bluelog.web import visitor
from bluelog.web.templating import address, post_url, rfc3339

Data = dict[str, Any]


def init_app(app: Flask) -> None:
    """Let templates tell it."""
    words = (data_block, posting, trail, person, picture_of, position, language_name)
    app.jinja_env.globals.update({word.__name__: word for word in words})


def data_block(*things: Data) -> Markup:
    """A block of data in a page, which no policy of scripts is about, for nothing in it is run.

    Nothing in it ends it, either: what could be markup is written as JSON's escapes. Source: OWASP
    Cross Site Scripting Prevention, "Output Encoding for JavaScript Contexts".
    """
    graph = {"@context": "https://schema.org", "@graph": things}
    data = htmlsafe_json_dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return Markup('<script type="application/ld+json">{}</script>').format(data)


def posting(post: Any, authors: Iterable[Any], tags: Iterable[Any]) -> Data:
    """A post, with who wrote it and what it is about."""
    url, picture = absolute(post_url(post)), picture_of(post)
    about = [tag.name for tag in tags]
    dates = {"datePublished": post.published_at, "dateModified": post.revised_at}
    return {
        "@type": "BlogPosting",
        "@id": url,
        "url": url,
        "headline": post.title,
        "description": post.summary,
        "inLanguage": post.language,
        "commentCount": post.comment_count,
        "author": [_author(name) for name in authors],
        **{name: rfc3339(when) for name, when in dates.items() if when},
        **({"image": picture} if picture else {}),
        **({"keywords": about} if about else {}),
    }


def person(author: Any) -> Data:
    """Somebody who writes here, as the author page tells it."""
    told = {"description": author.bio, "sameAs": author.website}
    return _author(author) | {name: text for name, text in told.items() if text}


def trail(*steps: tuple[str, str]) -> Data:
    """The way to a page from the front page: names and paths, the page itself last."""
    site: Any = visitor.site()
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
        for number, (name, path) in enumerate([(site.title, address("blog.index")), *steps], 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def picture_of(post: Any) -> str | None:
    """The whole address of the cover, else of the first picture in the text."""
    if post.cover:
        return absolute(address("blog.upload", name=post.cover.filename))
    return next(map(absolute, pictures_in(post.html)), None)


def position() -> str:
    """Where in its list the page begins, as its address says it."""
    given = ((name, request.args.get(name)) for name in ("after", "before"))
    return next((f"?{name}={place}" for name, place in given if place), "")


def language_name(tag: str) -> str:
    """What a language calls itself."""
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (ValueError, UnknownLocaleError):
        return tag


def _author(name: Any) -> Data:
    page = {"url": absolute(address("blog.show_author", username=name.username))}
    return {"@type": "Person", "name": name.display_name, **(page if name.username else {})}
