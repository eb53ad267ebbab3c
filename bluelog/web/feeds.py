"""Feeds: the newest of a list as Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from bluelog.mail.links import absolute
from bluelog.queries import feeds
from bluelog.queries.feeds import Said
from bluelog.queries.names import Name
from bluelog.queries.paging import Page, Window
from bluelog.queries.posts import Card
from bluelog.queries.tags import TagName, tags_by_post
from bluelog.text.language import language_of
from bluelog.text.machines import away_from_home, legal
from bluelog.web import visitor
from bluelog.web.machines import answer, document, identity
from bluelog.web.templating import address, post_url, rfc3339

# Chromium shows what is of a feed's own type as plain text; as XML it has the style of ours.
FORMS = {"atom": "application/xml", "rss": "application/xml", "json": "application/feed+json"}
SIZE = 20
NEWEST = Window(SIZE)


@dataclass(frozen=True)
class Entry:
    """One thing in a feed; every address is a whole one."""

    id: str
    url: str
    title: str
    language: str
    published: datetime
    updated: datetime
    summary: str
    html: str | None = None
    authors: Sequence[tuple[str, str | None]] = ()
    tags: Sequence[str] = ()
    image: str | None = None


@dataclass(frozen=True)
class Channel:
    """A feed: its lasting name, the page it goes with, by its path, and what is new there."""

    id: str
    title: str
    page: str
    entries: Sequence[Entry]
    description: str = ""
    # When the last of it became public, where no entry tells.
    public_since: datetime | None = None
    site: Any = field(default_factory=visitor.site)

    @property
    def updated(self) -> datetime:
        """When what is shown was changed last."""
        newest = max((entry.updated for entry in self.entries), default=None)
        return newest or self.site.created_at


def feed_answer(channel: Channel, form: str, at: datetime) -> Response | BaseResponse:
    """The channel as it was asked for."""
    times = [entry.updated for entry in channel.entries]
    newest = max(filter(None, [channel.public_since, *times]), default=None)
    own = absolute(address(str(request.endpoint), **(request.view_args or {})))
    if form == "json":
        return answer(json.dumps(_as_json(channel, own)), FORMS[form], at, newest)
    return document(f"blog/feeds/{form}.xml", FORMS[form], at, newest, channel=channel, own=own)


def of_posts(found: Page[Card]) -> list[Entry]:
    """The posts of a list, with their texts where the blog gives them whole."""
    settings: Any = visitor.site()
    is_full = settings.feed_text == "full"
    texts = feeds.texts_of(card.post.id for card in found.items) if is_full else {}
    about = tags_by_post(card.post.id for card in found.items)
    return [
        _of_post(card, texts.get(card.post.id), about.get(card.post.id, ())) for card in found.items
    ]


def of_comments(said: Iterable[Said]) -> list[Entry]:
    """What readers said."""
    return [_of_comment(each) for each in said]


def _of_post(card: Card, html: str | None, tags: Iterable[TagName]) -> Entry:
    post: Any = card.post
    url = absolute(post_url(post))
    cover = post.cover and absolute(address("blog.upload", name=post.cover.filename))
    picture = f'<p><img src="{cover}" alt=""></p>' if cover else ""
    return Entry(
        identity("post", post.id, post.created_at),
        url,
        post.title,
        post.language,
        post.published_at,
        max(filter(None, (post.published_at, post.revised_at))),
        post.summary,
        None if html is None else picture + away_from_home(html, url),
        [_author(name) for name in card.authors],
        [*([post.category.name] if post.category else []), *(tag.name for tag in tags)],
        cover,
    )


def _of_comment(said: Said) -> Entry:
    page = absolute(address("blog.show_post", slug=said.slug))
    return Entry(
        identity("comment", said.id, said.created_at),
        f"{page}/comments/{said.id}",
        _("%(name)s on “%(title)s”", name=said.author_name, title=said.title),
        language_of(said.body),
        said.created_at,
        said.approved_at or said.created_at,
        said.body,
        away_from_home(said.html, page),
        [(said.author_name, said.site or None)],
    )


def _author(name: Name) -> tuple[str, str | None]:
    page = name.username and absolute(address("blog.show_author", username=name.username))
    return name.display_name, page or None


def _as_json(channel: Channel, own: str) -> dict[str, Any]:
    return _filled(
        version="https://jsonfeed.org/version/1.1",
        title=channel.title,
        home_page_url=absolute(channel.page),
        feed_url=own,
        description=channel.description,
        language=channel.site.language,
        items=[_item(entry) for entry in channel.entries],
    )


def _item(entry: Entry) -> dict[str, Any]:
    kind, text = ("text", entry.summary) if entry.html is None else ("html", entry.html)
    return {f"content_{kind}": legal(text)} | _filled(
        id=entry.id,
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        image=entry.image,
        date_published=rfc3339(entry.published),
        date_modified=rfc3339(entry.updated),
        authors=[_filled(name=name, url=url) for name, url in entry.authors],
        tags=list(entry.tags),
        language=entry.language,
    )


def _filled(**values: Any) -> dict[str, Any]:
    """What is there; programs must not meet empty values (JSON Feed 1.1, "Suggestions")."""
    texts = {k: legal(v) if isinstance(v, str) else v for k, v in values.items()}
    return {name: value for name, value in texts.items() if value or name == "items"}
