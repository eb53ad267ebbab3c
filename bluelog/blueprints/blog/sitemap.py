"""What the blog tells search engines and other programs of itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort, url_for

from bluelog.blueprints.blog import bp
from bluelog.clock import now
from bluelog.mail.links import absolute
from bluelog.queries import series
from bluelog.queries import sitemap as queries
from bluelog.queries.sitemap import Found
from bluelog.text.machines import pictures_in
from bluelog.web import visitor
from bluelog.web.machines import answer, document, not_set_up
from bluelog.web.pages import kept
from bluelog.web.templating import post_url

XML = "application/xml"
MOST_PICTURES = 50
# Programs that collect texts to train language models, by the names that their makers gave out.
AI_CRAWLERS = (
    *("AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot"),
    *("ClaudeBot", "cohere-ai", "cohere-training-data-crawler", "DeepSeekBot", "Diffbot"),
    *("FacebookBot", "Google-CloudVertexBot", "Google-Extended", "GPTBot", "ICC-Crawler"),
    *("img2dataset", "meta-externalagent", "omgili", "PanguBot", "PetalBot", "Timpibot"),
    *("TikTokSpider", "VelenPublicWebCrawler", "webzio-extended"),
)


_FOR_ALL = (
    "User-agent: *",
    "Disallow: /admin/",
    "Allow: /admin/uploads/",
    "Disallow: /auth/",
    "Disallow: /account/",
    "Disallow: /change-theme/",
    "Disallow: /change-language/",
    "Disallow: /post/*/comments/*/reply",
)


class Place(NamedTuple):
    """An address with when it was changed and what pictures are there; all addresses whole."""

    url: str
    changed_at: datetime | None = None
    pictures: tuple[str, ...] = ()


@bp.get("/robots.txt")
@kept
def robots() -> Any:
    """What programs may look at."""
    site = visitor.site()
    if site is None:
        return not_set_up()
    named = [] if site.ai_crawlers else [f"User-agent: {name}" for name in AI_CRAWLERS]
    refused = [*named, "Disallow: /", ""] if named else []
    where = f"Sitemap: {absolute(url_for('blog.sitemap'))}\n"
    lines = "\n".join([*_FOR_ALL, "", *refused, where])
    return answer(lines, "text/plain", now(), None)


@bp.get("/sitemap.xml")
@kept
def sitemap() -> Any:
    """The parts that there are."""
    at = now()
    count, newest = queries.parts(at)
    changes = queries.changes(at)
    # What was due last may be in another part than what was made last.
    newest = max(filter(None, (newest, *changes.values())), default=None)
    parts = [Place(absolute(url_for("blog.sitemap_lists")))]
    # An address is worked out once: of a large blog there are a thousand.
    before, _number, after = absolute(url_for("blog.sitemap_part", number=0)).rpartition("0")
    numbers = range(1, count + 1)
    parts += [Place(f"{before}{number}{after}", changes.get(number)) for number in numbers]
    return document("blog/sitemap/index.xml", XML, at, newest, parts=parts)


@bp.get("/sitemap-lists.xml")
@kept
def sitemap_lists() -> Any:
    """The front page, archive, pages, categories, series, tags and authors."""
    at = now()
    pages = queries.pages(at)
    lists = [url_for("blog.index"), url_for("blog.show_archive")]
    lists += [url_for("blog.show_category", slug=slug) for slug in queries.categories(at)]
    lists += [url_for("blog.show_series", slug=slug) for slug in series.public_slugs(at)]
    lists += [url_for("blog.show_tag", slug=slug) for slug in queries.tags(at)]
    lists += [url_for("blog.show_author", username=name) for name in queries.authors(at)]
    return _places(at, [*(Place(absolute(path)) for path in lists), *map(_place, pages)], pages)


@bp.get("/sitemap-<id:number>.xml")
@kept
def sitemap_part(number: int) -> Any:
    """Some of the posts."""
    at = now()
    if number > queries.parts(at)[0]:
        abort(404)
    posts = queries.posts_of_part(number, at)
    # A sitemap of nothing is none by its schema.
    places = list(map(_place, posts)) or [Place(absolute(url_for("blog.index")))]
    return _places(at, places, posts)


def _places(at: datetime, places: Iterable[Place], found: list[Found]) -> Any:
    newest = max((each.published_at for each in found), default=None)
    return document("blog/sitemap/places.xml", XML, at, newest, places=places)


def _place(found: Found) -> Place:
    cover = [url_for("blog.upload", name=found.cover)] if found.cover else []
    pictures = dict.fromkeys([*cover, *pictures_in(found.html)])
    whole = tuple(map(absolute, pictures))[:MOST_PICTURES]
    return Place(absolute(post_url(found)), found.changed_at, whole)
