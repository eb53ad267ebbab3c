"""The WSGI layer that answers from memory, before Flask's request machinery."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from flask import Flask, Request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_date

from bluelog import clock
from bluelog.queries.sessions import live_user
from bluelog.web.frame import REVISIONS_KEY
from bluelog.web.pages.key import Key, key_of
from bluelog.web.pages.offers import OFFER_KEY, Offer, is_kept
from bluelog.web.pages.shared import Shared
from bluelog.web.pages.store import Entry, Headers, Store, entry_of
from bluelog.web.pages.watch import Watch, WatchError

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
_OK = "200 OK"
# What became of the request here, as RFC 9211 has it.
HIT, MISS, BYPASS = "bluelog; hit", "bluelog; fwd=miss", "bluelog; fwd=bypass"
_SAID = {how: ("Cache-Status", how) for how in (HIT, MISS, BYPASS)}
_NOT_SENT_WITH_304 = ("content-length", "content-type", "content-encoding")


class Answer(NamedTuple):
    """What the app said."""

    status: str
    headers: Headers
    body: bytes


class PageCache:
    """Answers for readers' pages as long as they are what a new rendering would be."""

    def __init__(self, app: Flask, store: Store, watch: Watch, shared: Shared) -> None:
        self.store, self.watch, self.shared = store, watch, shared
        self._flask, self._app = app, app.wsgi_app
        self._session_cookie = app.config["SESSION_COOKIE_NAME"]
        self._https_only = app.config["BLUELOG_FORCE_HTTPS"]
        self._making: dict[Key, Making] = {}
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            key = key_of(environ, partial(self._is_signed_in, environ))
            if key is None:
                return self._passed_on(environ, start_response)
            entry, how = self._current(self.store.get(key)), HIT
            if entry is None:
                if not self._is_kept(environ):
                    return self._passed_on(environ, start_response)
                made = self._made(key, environ)
                if isinstance(made, Answer):
                    return _sent(made, environ, start_response)
                entry, how = made
        except (WatchError, SQLAlchemyError):
            log.warning("The page cache could not ask the database.", exc_info=True)
            return self._passed_on(environ, start_response)
        return _answered(entry, how, environ, start_response)

    def _passed_on(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *rest: Any) -> Any:
            return start_response(status, [*headers, _SAID[BYPASS]], *rest)

        return self._app(environ, start)

    def _current(self, entry: Entry | None) -> Entry | None:
        """A page that was kept, if it is what a new rendering would be."""
        if entry is None or not entry.is_at(clock.unix_seconds()):
            return None
        if entry.mark is not None and self.watch.is_still_at(entry.mark):
            return entry
        mark = self.watch.mark()
        if mark is not None and entry.mark is not None:
            if mark == entry.mark:
                return entry
            if mark.opening != entry.mark.opening:
                # It may be another file by now, whose figures mean something else.
                return None
        if not _is_same(entry, self.watch.revisions(entry.post_id)):
            return None
        # The mark was read first: a commit since then has given the database another.
        entry.mark = mark
        return entry

    def _made(self, key: Key, environ: Environ) -> tuple[Entry, str] | Answer:
        """A new page; whoever asks for it meanwhile waits for this one."""
        with self._one_at_a_time(key):
            if entry := self._current(self.store.get(key)):
                return entry, HIT
            if entry := self._current(self.shared.get(key)):
                self.store.put(key, entry)
                return entry, HIT
            mark = self.watch.mark()
            revisions = self.watch.revisions(None)
            clean = key.environ(environ) | {REVISIONS_KEY: revisions}
            now = clock.unix_seconds()
            answer = _asked(self._app, clean)
            offer: Offer | None = clean.get(OFFER_KEY)
            if offer is None or not _may_be_kept(answer):
                return answer
            entry = entry_of(
                answer.body,
                answer.headers,
                revisions=revisions._replace(post=offer.post_revision),
                post_id=offer.post_id,
                made_at=now,
                fresh_until=offer.fresh_until.timestamp(),
                mark=mark,
            )
            self.store.put(key, entry)
            self.shared.put(key, entry)
            return entry, MISS

    @contextmanager
    def _one_at_a_time(self, key: Key) -> Iterator[None]:
        with self._lock:
            making = self._making.setdefault(key, Making())
            making.waiting += 1
        try:
            with making.lock:
                yield
        finally:
            with self._lock:
                making.waiting -= 1
                if not making.waiting:
                    del self._making[key]

    def _is_signed_in(self, environ: Environ, cookies: Any) -> bool:
        """Whether a cookie names a live session; any other counts as absent."""
        if self._session_cookie not in cookies:
            return False
        with self._flask.app_context():
            kept = self._flask.session_interface.open_session(self._flask, Request(environ))
            key = kept.get("_user_id") if kept else None
            return bool(key) and live_user(str(key), clock.now()) is not None

    def _is_kept(self, environ: Environ) -> bool:
        """Whether the address is one of a page, and the page would be shown and not redirected."""
        if self._https_only and environ["wsgi.url_scheme"] != "https":
            return False
        try:
            endpoint, _ = self._flask.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return False
        return is_kept(self._flask.view_functions[endpoint])


class Making:
    """A page that is being made, and how many wait for it."""

    def __init__(self) -> None:
        self.lock, self.waiting = Lock(), 0


def _is_same(entry: Entry, now: Any) -> bool:
    """A post's page depends on its post and the frame, any other page on all content."""
    if entry.post_id is None:
        return bool(entry.revisions.content == now.content)
    return (entry.revisions.frame, entry.revisions.post) == (now.frame, now.post)


def _may_be_kept(answer: Answer) -> bool:
    """Whether it is a page, and for everyone."""
    said = {name.lower(): value for name, value in answer.headers}
    is_private = "set-cookie" in said or "no-store" in said.get("cache-control", "")
    return answer.status == _OK and not is_private


def _asked(app: Any, environ: Environ) -> Answer:
    said: list[Any] = []

    def start(status: str, headers: Headers, *_: Any) -> Callable[[bytes], None]:
        said[:] = [status, headers]
        return written.append

    written: list[bytes] = []
    parts = app(environ, start)
    try:
        body = b"".join([*written, *parts])
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return Answer(said[0], said[1], body)


def _sent(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response(answer.status, [*answer.headers, _SAID[BYPASS]])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _answered(
    entry: Entry, how: str, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    body, headers = entry.body_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if _is_known(environ, entry):
        headers = [pair for pair in headers if pair[0].lower() not in _NOT_SENT_WITH_304]
        start_response("304 Not Modified", [*headers, _SAID[how]])
        return []
    start_response(_OK, [*headers, _SAID[how]])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _is_known(environ: Environ, entry: Entry) -> bool:
    """Whether who asks has the page already, in any encoding (RFC 9110, 13.1.2 and 13.1.3)."""
    if tags := environ.get("HTTP_IF_NONE_MATCH", ""):
        return entry.digest in tags or tags.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE", "")
    known, changed = (parse_date(since), parse_date(entry.modified)) if since else (None, None)
    return known is not None and changed is not None and changed <= known
