"""Forms filled in with words that have to be escaped, and what of them a page shows again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse, encode_multipart

from bluelog.blueprints.admin.forms import LONGEST_CODE
from bluelog.web.stamps import stamp
from tests.browsing import ORIGIN
from tests.conftest import NOW, PASSWORD
from tests.stage import Dump, Stage

# Attempts are counted, whatever came of them.
COUNTED = "attempt_count"
WORDS = 'Tom & "Ann" <b>’s</b> 汉字'
TEXT = f"{WORDS}\n\n  second line \U0001f375"


@dataclass(frozen=True)
class Filled:
    """A form that would be accepted, and single changes of it that are refused.

    `beside` is what the page puts into the form by itself, `secret` what it never shows again.
    """

    actor: str
    path: str
    values: dict[str, Any]
    refused: dict[str, tuple[str, ...]]
    secret: frozenset[str] = frozenset()
    beside: Callable[[Stage], dict[str, str]] = field(default=lambda _stage: {})
    may_be_empty: bool = False

    def __str__(self) -> str:
        return f"{self.path} of {self.actor}"


def stamped(stage: Stage) -> dict[str, str]:
    with stage.app.app_context():
        return {"stamp": stamp(stage.rows["alices_published"][1], NOW)}


def _stamped_elsewhere(stage: Stage) -> dict[str, str]:
    with stage.app.app_context():
        return {"stamp": stamp(stage.rows["bobs_published"][1], NOW)}


LONG = "x" * 2001
SUBMISSION = {"submission_id": "submission-of-a-test"}
POST = {
    "title": WORDS,
    "source": f"<p>{TEXT}</p>",
    "slug": "a-slug",
    "excerpt": TEXT,
    "language": "zh-Hans",
    "original": "bobs-published",
    "authors": "eve, alice, carol, bob",
    "category_id": "2",
    "tags": WORDS,
}
BAD_POST = {
    "title": ("", "  ", LONG),
    "slug": ("Not A Slug", "123", "alices-published", LONG),
    "excerpt": (LONG,),
    "category_id": ("99", "x"),
    "tags": ("x" * 61, ",".join(map(str, range(21)))),
    "language": ("tlh",),
    "original": ("nowhere", "about", LONG),
    "authors": ("", "nobody", "eve, rita", LONG),
    "cover_id": ("99",),
}
GUEST = {
    "body": TEXT,
    "author": WORDS,
    "email": "greta@example.org",
    "site": "https://greta.example.org/?a=1&b=2",
}
BAD_GUEST = {
    "body": ("", " \n ", "x" * 20_001),
    "author": ("", LONG),
    "email": ("", "greta", "greta@", f"{LONG}@example.org"),
    "site": ("greta", "javascript:alert(1)", "http://", "ftp://x.example.org"),
    "stamp": ("", "x", "W10.x"),
}
SETTINGS = {
    "title": WORDS,
    "description": WORDS,
    "language": "zh-Hans",
    "time_zone": "Asia/Shanghai",
    "text_font": "sans",
    "slug_style": "native",
    "registration_open": "y",
    "sidebar": "y",
    "comment_days": "30",
    "feed_text": "excerpt",
    "ai_crawlers": "y",
    "custom_css": "b::after { content: '<&>' }",
    "custom_js": "if (1 < 2 && 3 > 2) {}",
    "footer": TEXT,
    "version": "1",
}
REDIRECT = {"path": "/2019/旧.html", "target": "/about"}
BAD_REDIRECT = {
    "path": ("", "old", "/about", "//x.example.org/", "/a?b", LONG),
    "target": ("", "https://x.example.org/", "//x", "/2019/旧.html", LONG),
}
ENTRY = {"menu": "footer", "target": "url", "url": "https://friend.example.org/?a=1&b=2"}
BAD_ADDRESSES = (
    *("", "friend", "javascript:alert(1)", "//x.example.org/", "ftp://x.example.org/", LONG),
    *("mailto:", "http://", "/\\x.example.org/", "data:text/html,x"),
)
BAD_ENTRY = {
    "menu": ("x",),
    "target": ("", "x", "page:x", "page:99", "category:", "home:1", "url:1"),
    "url": BAD_ADDRESSES,
    "label": ("", LONG),
}
WEAK = ("", "short", "password123")

FORMS = [
    Filled("alice", "/admin/posts/new", POST | SUBMISSION, BAD_POST),
    Filled("alice", "/admin/posts/new/publication", POST | {"comments_open": "y"}, BAD_POST),
    Filled("carol", "/admin/posts/new/submission", POST, BAD_POST),
    Filled("eve", "/admin/posts/{alices_pending}/edit", POST | {"version": "1"}, BAD_POST),
    Filled(
        "eve",
        "/admin/posts/{alices_pending}/return",
        POST | {"version": "1", "note": TEXT},
        BAD_POST | {"note": (LONG,)},
    ),
    Filled("stranger", "/post/{alices_published_slug}", GUEST, BAD_GUEST, beside=stamped),
    Filled(
        "stranger",
        "/post/{bobs_published_slug}/comments/{reply}/reply",
        GUEST,
        BAD_GUEST,
        beside=_stamped_elsewhere,
    ),
    Filled(
        "rita", "/post/{alices_published_slug}", {"body": TEXT}, {"body": ("",)}, beside=stamped
    ),
    Filled("eve", "/admin/menus/new", ENTRY | {"label": WORDS} | SUBMISSION, BAD_ENTRY),
    Filled(
        "eve",
        "/admin/menus/{url_entry}/edit",
        {"label": WORDS, "url": ENTRY["url"]},
        {"url": BAD_ADDRESSES, "label": ("", LONG)},
        may_be_empty=True,
    ),
    Filled("eve", "/admin/redirects/new", REDIRECT | SUBMISSION, BAD_REDIRECT),
    Filled("eve", "/admin/redirects/{moved}/edit", REDIRECT, BAD_REDIRECT),
    Filled(
        "eve",
        "/admin/categories/new",
        {"name": WORDS, "slug": "a-slug"} | SUBMISSION,
        {"name": ("", "General", "GENERAL", LONG), "slug": ("Not A Slug", "travel", LONG)},
    ),
    Filled(
        "eve",
        "/admin/categories/{travel}/edit",
        {"name": WORDS, "slug": "a-slug"},
        {"name": ("", "General", LONG), "slug": ("1", "general")},
    ),
    Filled(
        "eve",
        "/admin/tags/{lamps}/edit",
        {"name": WORDS, "slug": "a-slug"},
        {"name": ("", "#", "quiet", "a、b", LONG), "slug": ("1", "quiet", LONG)},
    ),
    Filled(
        "eve",
        "/admin/tags/{quiet}/merger",
        {"into": "lamps"},
        {"into": ("", "Quiet", "no such tag", LONG)},
    ),
    Filled(
        "eve",
        "/admin/links/new",
        {"name": WORDS, "url": "https://x.example.org/?a=1&b=2"} | SUBMISSION,
        {"name": ("", LONG), "url": ("", "x", "javascript:x", f"https://x.example.org/{LONG}")},
    ),
    Filled(
        "ada",
        "/admin/settings",
        SETTINGS,
        {
            "title": ("", LONG),
            "description": (LONG,),
            "time_zone": ("Mars/Olympus",),
            "language": ("tlh",),
            "text_font": ("comic",),
            "custom_css": ("x" * (LONGEST_CODE + 1),),
            "version": ("x", "-1"),
        },
    ),
    Filled(
        "ada",
        "/admin/people/invitation",
        {"name": WORDS, "email": "new@example.org", "role": "editor"} | SUBMISSION,
        {"name": (LONG,), "email": ("x", "BOB@example.com"), "role": ("king",)},
        may_be_empty=True,
    ),
    Filled(
        "rita",
        "/account",
        {"name": WORDS, "bio": TEXT, "website": "https://x.example.org/?a&b", "locale": "zh-Hans"},
        {"name": (LONG,), "bio": (LONG,), "website": ("x", "javascript:x"), "locale": ("tlh",)},
        may_be_empty=True,
    ),
    Filled(
        "rita",
        "/account/email",
        {"email": "new@example.org", "password": PASSWORD},
        {"email": ("x", LONG), "password": ("", "wrong", LONG)},
        frozenset({"password"}),
    ),
    Filled(
        "rita",
        "/account/password",
        {"current": PASSWORD, "password": "copper-heron-17-lake"},
        {"current": ("", "wrong"), "password": WEAK},
        frozenset({"current", "password"}),
    ),
    Filled(
        "stranger",
        "/auth/login",
        {"login": WORDS, "password": PASSWORD},
        {"login": ("", "nobody", LONG), "password": ("", "wrong")},
        frozenset({"password"}),
    ),
    Filled("stranger", "/auth/reset", {"email": "rita@example.com"}, {"email": ("", "x", LONG)}),
    Filled(
        "stranger",
        "/auth/reset/{reset_link}",
        {"password": "copper-heron-17-lake"},
        {"password": WEAK},
        frozenset({"password"}),
    ),
    Filled(
        "stranger",
        "/auth/invitation/{invitation_link}",
        {"username": "ivan", "name": WORDS, "password": "copper-heron-17-lake"},
        {"username": ("", "bob", "a b", "a/b", LONG), "name": (LONG,), "password": WEAK},
        frozenset({"password"}),
    ),
    Filled(
        "stranger",
        "/auth/register",
        {"username": "nina", "email": "nina@example.org", "password": "copper-heron-17-lake"}
        | SUBMISSION,
        {"username": ("", "bob", "a b"), "email": ("", "x"), "password": WEAK},
        frozenset({"password"}),
    ),
]


def controls(page: str, within: str = "") -> dict[str, str]:
    """What the form controls of a page hold, by name; a box that is not ticked is not there."""
    nodes = LexborHTMLParser(page).css(f"{within} [name]")
    return dict(pair for node in nodes for pair in _held(node))


def _held(node: LexborNode) -> Iterator[tuple[str, str]]:
    attributes = node.attributes
    name = attributes["name"] or ""
    if node.tag == "textarea":
        yield name, (node.text() or "").removeprefix("\n")
    elif node.tag == "select":
        chosen = node.css("option[selected]")
        yield name, (chosen[0].attributes.get("value") or "") if chosen else ""
    elif node.tag == "input" and attributes.get("type") in ("checkbox", "radio"):
        if "checked" in attributes:
            yield name, attributes.get("value") or "on"
    elif node.tag == "input":
        yield name, attributes.get("value") or ""


def send(stage: Stage, form: Filled, values: dict[str, Any], **options: Any) -> TestResponse:
    """Send the form as it was shown, with these values in it."""
    data = form.beside(stage) | {"csrf_token": stage.tokens.get(form.actor, "")} | values
    client, address = stage.client(form.actor), stage.url(form.path)
    return client.post(address, data=data, headers={"Origin": ORIGIN}, **options)


def send_parts(stage: Stage, form: Filled, values: dict[str, Any]) -> TestResponse:
    """The same as multipart, made in memory whatever its size."""
    data = form.beside(stage) | {"csrf_token": stage.tokens.get(form.actor, "")} | values
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    client, address = stage.client(form.actor), stage.url(form.path)
    return client.post(address, data=body, content_type=kind, headers={"Origin": ORIGIN})


def changes(stage: Stage, before: Dump) -> list[str]:
    """The tables that are not as before."""
    return [n for n, rows in stage.dump().items() if rows != before[n] and n != COUNTED]


def is_back(answer: TestResponse, language: str = "en") -> bool:
    """Whether the form came back for correction, on a page in that language."""
    return answer.status_code == 422 and f'<html lang="{language}"' in answer.text
