"""What the W3C's feed validator, JSON Feed 1.1 and the sitemap protocol ask of a document."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

from selectolax.lexbor import LexborHTMLParser

ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
TYPES = {
    "atom": ("application/atom+xml", "application/xml"),
    "rss": ("application/rss+xml", "application/xml"),
    "json": ("application/feed+json",),
}
# RFC 3339, 5.6, and RFC 822 with the four digits of RFC 1123.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_RFC822 = re.compile(r"(\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_ABSENT_IN_FEEDS = ("script", "style", "form", "input", "button", "iframe", "object", "embed")


def read(body: bytes) -> Element:
    """The document as a tree; what is not well-formed is none."""
    return fromstring(body)  # noqa: S314 - of our own making


class Faults(list[str]):
    """What is wrong; each check adds to it."""

    def expect(self, holds: object, what: str) -> None:
        if not holds:
            self.append(what)

    def address(self, url: str | None, where: str) -> None:
        """A whole web address in ASCII, as RFC 3986 has it."""
        parts = urlsplit(url or "")
        whole = parts.scheme in ("http", "https") and parts.netloc and (url or "").isascii()
        self.expect(whole and not re.search(r'[\s<>"]', url or ""), f"{where}: {url!r}")

    def moment(self, text: str | None, where: str) -> datetime | None:
        if not _RFC3339.fullmatch(text or ""):
            self.append(f"{where}: {text!r} is no date of RFC 3339")
            return None
        return datetime.fromisoformat(text or "")

    def html(self, html: str, where: str) -> None:
        """HTML that may be shown elsewhere: whole addresses, nothing that acts."""
        tree = LexborHTMLParser(html)
        for node in tree.css("[href], [src]"):
            url = node.attributes.get("href") or node.attributes.get("src") or ""
            self.expect(
                re.match(r"(https?://[^/]|mailto:|tel:)", url), f"{where}: relative {url!r}"
            )
        for node in tree.css("[srcset]"):
            for candidate in (node.attributes["srcset"] or "").split(","):
                self.expect("://" in candidate, f"{where}: relative {candidate!r}")
        for tag in _ABSENT_IN_FEEDS:
            self.expect(not tree.css(tag), f"{where}: <{tag}>")
        for node in tree.css("*"):
            bad = [name for name in node.attributes if name == "style" or name.startswith("on")]
            self.expect(not bad, f"{where}: {bad}")

    def unique(self, ids: list[str | None], where: str) -> None:
        self.expect(all(ids), f"{where}: an empty id")
        self.expect(len(set(ids)) == len(ids), f"{where}: an id twice")


def faults_of(form: str, body: bytes, url: str, content_type: str) -> Faults:
    """What is wrong with a feed of that form that was found at `url`."""
    faults = Faults()
    mimetype, _, parameters = content_type.partition(";")
    faults.expect(mimetype in TYPES[form], f"type {mimetype}")
    faults.expect("charset=utf-8" in parameters, f"charset {parameters}")
    {"atom": _atom, "rss": _rss, "json": _json}[form](faults, body, url)
    return faults


def _atom(faults: Faults, body: bytes, url: str) -> None:
    feed = read(body)
    faults.expect(feed.tag == f"{ATOM}feed", feed.tag)
    _texts(faults, feed, once=("id", "title", "updated"))
    links = {link.get("rel"): link for link in feed.findall(f"{ATOM}link")}
    faults.expect(set(links) == {"self", "alternate"}, f"links {set(links)}")
    faults.expect(links["self"].get("href") == url, f"self is {links['self'].get('href')}")
    entries = feed.findall(f"{ATOM}entry")
    faults.unique([entry.findtext(f"{ATOM}id") for entry in [feed, *entries]], "feed")
    newest = [faults.moment(entry.findtext(f"{ATOM}updated"), "updated") for entry in entries]
    updated = faults.moment(feed.findtext(f"{ATOM}updated"), "feed's updated")
    latest = max(filter(None, newest), default=None)
    faults.expect(not entries or updated == latest, "updated is not the newest")
    for entry in entries:
        _atom_entry(faults, entry, has_author=feed.find(f"{ATOM}author") is not None)
    for link in feed.iter(f"{ATOM}link"):
        faults.address(link.get("href"), "link")
    for uri in [*feed.iter(f"{ATOM}uri"), *feed.iter(f"{ATOM}icon")]:
        faults.address(uri.text, uri.tag)


def _atom_entry(faults: Faults, entry: Element, *, has_author: bool) -> None:
    title = entry.findtext(f"{ATOM}title") or ""
    _texts(faults, entry, once=("id", "title", "updated", "published"))
    faults.moment(entry.findtext(f"{ATOM}published"), title)
    faults.expect(has_author or entry.find(f"{ATOM}author") is not None, f"{title}: no author")
    for author in entry.findall(f"{ATOM}author"):
        faults.expect((author.findtext(f"{ATOM}name") or "").strip(), f"{title}: a nameless author")
    content = entry.find(f"{ATOM}content")
    alternate = entry.find(f"{ATOM}link[@rel='alternate']")
    faults.expect(content is not None or alternate is not None, f"{title}: neither text nor link")
    if content is not None:
        faults.expect(content.get("type") == "html", f"{title}: {content.get('type')}")
        faults.html(content.text or "", title)
    summary = entry.find(f"{ATOM}summary")
    inside = list(summary) if summary is not None else []
    faults.expect([part.tag for part in inside] == [f"{XHTML}div"], f"{title}: summary")
    for category in entry.findall(f"{ATOM}category"):
        faults.expect(category.get("term"), f"{title}: a category without a term")


def _texts(faults: Faults, parent: Element, once: tuple[str, ...]) -> None:
    for name in once:
        found = parent.findall(ATOM + name)
        is_said = len(found) == 1 and (found[0].text or "").strip()
        faults.expect(is_said, f"{len(found)} {name} of {parent.tag}")


def _rss(faults: Faults, body: bytes, url: str) -> None:
    rss = read(body)
    faults.expect((rss.tag, rss.get("version")) == ("rss", "2.0"), rss.tag)
    [channel] = rss
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        faults.expect(len(channel.findall(name)) == 1, f"{len(channel.findall(name))} {name}")
        faults.expect((channel.findtext(name) or "").strip(), f"no {name}")
    faults.address(channel.findtext("link"), "channel")
    faults.expect(_LANGUAGE.fullmatch(channel.findtext("language") or ""), "language")
    own = channel.find(f"{ATOM}link[@rel='self']")
    faults.expect(own is not None and own.get("href") == url, "self")
    items = channel.findall("item")
    faults.unique([item.findtext("guid") for item in items], "channel")
    for moment in [channel.find("lastBuildDate"), *channel.iter("pubDate")]:
        text = (moment.text if moment is not None else "") or ""
        is_date = _RFC822.fullmatch(text) and parsedate_to_datetime(text)
        faults.expect(is_date, f"{text!r} is no date of RFC 822")
    for item in items:
        _rss_item(faults, item)


def _rss_item(faults: Faults, item: Element) -> None:
    title = item.findtext("title") or ""
    faults.expect(title or item.findtext("description"), "neither title nor description")
    faults.address(item.findtext("link"), title)
    guid = item.find("guid")
    is_link = guid is not None and guid.get("isPermaLink") != "false"
    faults.expect(not is_link, f"{title}: a guid that is no address")
    # Of RSS's own, an author is an e-mail address.
    faults.expect(item.find("author") is None, f"{title}: author")
    for text in (item.findtext("description"), item.findtext(CONTENT)):
        faults.html(text or "", title)


def _json(faults: Faults, body: bytes, url: str) -> None:
    feed: dict[str, Any] = json.loads(body)
    faults.expect(feed["version"] == "https://jsonfeed.org/version/1.1", feed["version"])
    faults.expect(feed["title"], "title")
    faults.expect(feed["feed_url"] == url, feed["feed_url"])
    faults.address(feed["home_page_url"], "home_page_url")
    faults.unique([item.get("id") for item in feed["items"]], "feed")
    for item in feed["items"]:
        texts = {"content_html", "content_text"} & item.keys()
        faults.expect(len(texts) == 1 and isinstance(item["id"], str), f"{item['id']}: {texts}")
        faults.address(item["url"], item["title"])
        faults.html(item.get("content_html", ""), item["title"])
        for name in ("date_published", "date_modified"):
            faults.moment(item[name], name)
        for author in item.get("authors", []):
            faults.expect(author.get("name"), "a nameless author")
            if "url" in author:
                faults.address(author["url"], "author")
    faults.expect(_are_filled(feed | {"items": [1]}), "an empty value")


def _are_filled(values: dict[str, Any]) -> bool:
    return all(value not in ("", None, [], {}) for value in values.values())


def faults_of_sitemap(body: bytes, content_type: str) -> Faults:
    """What is wrong with a sitemap, or the index of some."""
    faults = Faults()
    faults.expect(content_type == "application/xml; charset=utf-8", content_type)
    root = read(body)
    kinds = {f"{MAP}urlset": f"{MAP}url", f"{MAP}sitemapindex": f"{MAP}sitemap"}
    faults.expect(root.tag in kinds and len(root), root.tag)
    faults.expect(len(root) <= 50_000 and len(body) <= 50 * 1024**2, "too large")
    for place in root:
        faults.expect(place.tag == kinds[root.tag], place.tag)
        faults.address(place.findtext(f"{MAP}loc"), "loc")
        changed = place.findtext(f"{MAP}lastmod")
        if changed is not None:
            faults.moment(changed, "lastmod")
        for picture in place.iter(f"{IMAGE}loc"):
            faults.address(picture.text, "picture")
    faults.unique([place.findtext(f"{MAP}loc") for place in root], "sitemap")
    return faults
