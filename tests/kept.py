"""Readers' pages as the cache answers, and as they are made anew."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from flask import Flask

from bluelog.extensions import db
from bluelog.i18n import LANGUAGES
from bluelog.web import templating
from bluelog.web.access_log import AccessLog
from bluelog.web.pages import PageCache
from bluelog.web.visitor import THEMES
from tests.conftest import make_app

_FRAME = "bluelog_frame"


class Variant(NamedTuple):
    """In which of its forms a page is asked for: by cookies, the language also by a header.

    Where nothing is asked for, the blog's own settings decide.
    """

    language: str = ""
    theme: str = ""
    accepted: str = ""

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps of what was chosen."""
        chosen = {"language": self.language, "theme": self.theme}
        return {name: value for name, value in chosen.items() if value}

    @property
    def headers(self) -> dict[str, str]:
        """What the browser says by itself."""
        return {"Accept-Language": self.accepted} if self.accepted else {}


class Said(NamedTuple):
    """What a reader sees of an answer."""

    status: int
    body: bytes


VARIANTS = [Variant(*choice) for choice in product(LANGUAGES, THEMES)]
# What the blog decides, and what a browser asks for that nobody told anything.
UNTOLD = [
    Variant(),
    Variant(theme="light"),
    Variant(accepted="zh-CN,zh;q=0.9,en;q=0.8"),
    Variant(accepted="de, en;q=0.5", theme="dark"),
    Variant(accepted="tlh"),
]
ONE_VARIANT = [Variant("zh-Hans", "dark")]


class Readers:
    """Strangers who ask the app, and another one on the same database that keeps nothing."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        folder, key = app.config["BLUELOG_DATA_DIR"], app.config["SECRET_KEY"]
        none = {"BLUELOG_PAGE_CACHE_BYTES": "0", "SECRET_KEY": key}
        self.anew = make_app(folder, address_of(app), **none)

    @property
    def cache(self) -> PageCache:
        return cache_of(self.app)

    def forget(self) -> None:
        """Let the app keep nothing."""
        forget(self.app)

    def ask(self, path: str, variant: Variant = VARIANTS[0]) -> tuple[Said, str]:
        """The answer, and what the cache says of it."""
        return self.asked(self.app, path, variant)

    def warm(self, paths: Iterable[str], variants: Iterable[Variant] = VARIANTS) -> dict[str, Said]:
        """Ask for all of them; the answers of the first variant."""
        found: dict[str, Said] = {}
        for path, variant in product(paths, variants):
            found.setdefault(path, self.ask(path, variant)[0])
        return found

    def stale(self, paths: Iterable[str], variants: Iterable[Variant] = VARIANTS) -> Iterator[str]:
        """Where the cache answers something else than what a new page would be."""
        # Nothing changes meanwhile: what pages share is made anew once.
        forget_parts(self.anew)
        for path, variant in product(paths, variants):
            said, how = self.ask(path, variant)
            if said != self.asked(self.anew, path, variant)[0]:
                yield f"{path} {variant} {how}"

    def close(self) -> None:
        with self.anew.app_context():
            db.engine.dispose()

    @staticmethod
    def asked(app: Flask, path: str, variant: Variant) -> tuple[Said, str]:
        """The answer of an app, and what its cache says of it."""
        client = app.test_client()
        for name, value in variant.cookies.items():
            client.set_cookie(name, value)
        answer = client.get(path, headers=variant.headers)
        return Said(answer.status_code, answer.data), answer.headers.get("Cache-Status", "")


def cache_of(app: Flask) -> PageCache:
    outer: Any = app.wsgi_app
    found = outer.app if isinstance(outer, AccessLog) else outer
    assert isinstance(found, PageCache)
    return found


def forget(app: Flask) -> None:
    """Let an app keep nothing: rows were changed where no session saw it."""
    cache_of(app).store.clear()
    forget_frame(app)


def forget_frame(app: Flask) -> None:
    """Let an app make anew what is around its pages."""
    app.extensions.pop(_FRAME, None)


def forget_parts(app: Flask) -> None:
    """Let an app make anew everything that its pages share."""
    forget_frame(app)
    templating._remark.cache_clear()


def address_of(app: Flask) -> str:
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    return url.replace("+psycopg", "")
