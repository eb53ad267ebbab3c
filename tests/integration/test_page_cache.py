"""One page for everyone, made once; nobody's cookies, headers or session come into it."""

import gzip
import mmap
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import Post, User
from bluelog.queries import beside
from bluelog.services import sessions
from bluelog.web.pages.shared import PLACE_BYTES, PLACES, Shared
from bluelog.web.pages.watch import WatchError
from tests.databases import POSTGRES, Databases
from tests.integration.test_identical_bytes import JUNK, ODD, PAGES, REDIRECTS, UNKEPT
from tests.kept import Readers
from tests.racing import at_once
from tests.stage import Stage, staged

HIT, MISS, BYPASS = "bluelog; hit", "bluelog; fwd=miss", "bluelog; fwd=bypass"
POST = "/post/bobs-published"


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("cache")) as stage:
        yield stage


@pytest.fixture(scope="module")
def readers(stage: Stage) -> Iterator[Readers]:
    made = Readers(stage.app)
    yield made
    made.close()


@pytest.fixture
def cold(readers: Readers) -> Readers:
    """Readers who come first."""
    readers.forget()
    return readers


def get(stage: Stage, path: str, cookies: dict[str, str] | None = None, **how: Any) -> TestResponse:
    client = stage.client()
    for name, value in (cookies or {}).items():
        client.set_cookie(name, value)
    return client.get(stage.url(path), **how)


def said(answer: TestResponse) -> str | None:
    return answer.headers.get("Cache-Status")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_once_and_then_found(stage: Stage, cold: Readers, path: str) -> None:
    first, second = get(stage, path), get(stage, path)
    assert (said(first), said(second)) == (MISS, HIT)
    assert first.data == second.data
    assert said(stage.client().head(stage.url(path))) == HIT
    known = {"If-None-Match": first.headers["ETag"]}
    again = get(stage, path, headers=known)
    assert (again.status_code, said(again), again.data) == (304, HIT, b"")


@pytest.fixture
def shared(cold: Readers, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Readers of a process that shares its pages."""
    memory = mmap.mmap(-1, PLACES * PLACE_BYTES)
    monkeypatch.setattr(cold.cache, "shared", Shared(memory))
    return cold


@pytest.mark.parametrize("path", ["/", POST])
def test_what_another_process_made_is_taken_over_while_it_is_so(
    stage: Stage, shared: Readers, path: str
) -> None:
    first = get(stage, path)
    shared.forget()  # as a process that has made nothing yet
    again = get(stage, path)
    assert (said(first), said(again)) == (MISS, HIT)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]
    packed = get(stage, path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == first.data
    shared.forget()
    with stage.app.app_context():
        say_more(POST)
    assert said(get(stage, path)) == MISS


def say_more(path: str) -> None:
    post = db.session.scalars(db.select(Post).where(Post.slug == path.rpartition("/")[2])).one()
    post.summary = f"{post.summary}."
    db.session.commit()


@pytest.mark.parametrize("path", PAGES)
def test_who_asks_oddly_changes_nothing_for_others(stage: Stage, cold: Readers, path: str) -> None:
    tail = ("&" if "?" in path else "?") + "utm_source=x&theme=dark&notice=%3Cb%3E"
    marked = path if "notice=" in path else path + tail
    first = get(stage, marked, JUNK, **ODD)
    assert said(first) == MISS
    assert "Set-Cookie" not in first.headers
    plain = get(stage, path)
    assert said(plain) == HIT
    assert plain.data == first.data
    cold.forget()
    assert get(stage, path).data == plain.data


@pytest.mark.parametrize("path", [*REDIRECTS, *UNKEPT, "/auth/login"])
def test_what_is_no_page_is_not_kept(stage: Stage, cold: Readers, path: str) -> None:
    answers = [get(stage, path), get(stage, path)]
    assert len(cold.cache.store) == 0
    assert {said(answer) for answer in answers} == {BYPASS}
    assert answers[0].status_code == answers[1].status_code


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_only_reading_is_answered_from_memory(stage: Stage, cold: Readers, method: str) -> None:
    get(stage, "/")
    answer = getattr(stage.client(), method)("/", headers={"Origin": "http://localhost"})
    assert said(answer) == BYPASS
    assert answer.status_code == (200 if method == "options" else 405)
    assert said(get(stage, "/")) == HIT


def test_a_method_in_a_header_is_none(stage: Stage, cold: Readers) -> None:
    get(stage, "/", headers={"X-HTTP-Method-Override": "DELETE"})
    assert said(get(stage, "/")) == HIT


@pytest.mark.usefixtures("cold")
class TestSessions:
    @pytest.mark.parametrize("actor", ["rita", "ada"])
    def test_a_live_one_is_answered_by_the_app(self, stage: Stage, actor: str) -> None:
        for path in ("/", POST):
            own = stage.client(actor).get(path)
            assert said(own) == BYPASS
            assert own.headers["Cache-Control"] == "private, no-store"
            plain = get(stage, path)
            assert said(plain) == MISS
            assert actor.title().encode() not in plain.data or b"Sign out" not in plain.data
            assert b"csrf_token" not in plain.data

    def test_a_dead_one_is_as_none(self, stage: Stage) -> None:
        plain = get(stage, POST)
        answer = stage.client("mallory").get(POST)
        assert (said(answer), answer.data) == (HIT, plain.data)

    def test_a_forged_one_is_as_none(self, stage: Stage) -> None:
        name = stage.app.config["SESSION_COOKIE_NAME"]
        get(stage, POST)
        forged = stage.cookies["ada"][:-3] + "xyz"
        for value in ("", "x", "e30.x.y", forged, "\x01", "a" * 3000):
            answer = get(stage, POST, {name: value})
            assert (said(answer), answer.headers.get("Set-Cookie")) == (HIT, None)

    def test_one_that_has_ended_is_as_none(self, stage: Stage) -> None:
        with stage.app.app_context():
            account = db.session.get_one(User, stage.rows["eve"][1])
            key = sessions.open_session(account, remember=False, at=clock.now())
        client = stage.client()
        with client.session_transaction() as kept:
            kept["_user_id"] = key
        get(stage, POST)
        assert said(client.get(POST)) == BYPASS
        with stage.app.app_context():
            sessions.close(key)
        assert said(client.get(POST)) == HIT


@pytest.fixture
def rendering(cold: Readers, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have something done around the app's own answers; how many there were."""
    app, counted = cold.cache._app, []

    def around(before: Callable[[], Any] = int, after: Callable[[], Any] = int) -> list[str]:
        def answer(environ: Any, start_response: Any) -> Any:
            counted.append(environ["PATH_INFO"])
            before()
            parts = list(app(environ, start_response))
            after()
            return parts

        monkeypatch.setattr(cold.cache, "_app", answer)
        return counted

    return around


def test_a_stampede_makes_a_page_once(stage: Stage, cold: Readers, rendering: Any) -> None:
    made = rendering(before=lambda: time.sleep(0.3))
    with stage.app.app_context():
        answers = at_once(stage.app, *[lambda: get(stage, POST)] * 16)
    assert made == [POST]
    assert sorted(str(said(answer)) for answer in answers) == [MISS, *[HIT] * 15]
    assert len({answer.data for answer in answers}) == 1
    assert cold.cache._making == {}


def test_pages_do_not_wait_for_each_other(stage: Stage, cold: Readers, rendering: Any) -> None:
    made = rendering(before=lambda: time.sleep(0.3))
    began = time.perf_counter()
    paths = ["/", POST, "/about", "/links"]
    with stage.app.app_context():
        at_once(stage.app, *[lambda path=path: get(stage, path) for path in paths])
    assert sorted(made) == sorted(paths)
    assert time.perf_counter() - began < 4


def retitle(stage: Stage, title: str) -> None:
    with stage.app.app_context():
        db.session.get_one(Post, stage.rows["bobs_published"][1]).title = title
        db.session.commit()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", ["/", POST])
def test_what_changes_while_a_page_is_made_is_in_the_next(
    stage: Stage, cold: Readers, rendering: Any, path: str, when: str
) -> None:
    title = f"Title {when}, {len(path)} long"  # no part of what another round left
    titles = iter([title, "Never", "Never"])
    rendering(**{when: lambda: retitle(stage, next(titles))})
    first = get(stage, path)
    assert (title in first.text) == (when == "before")
    rendering()
    second = get(stage, path)
    assert said(second) == MISS
    assert title in second.text
    assert said(get(stage, path)) == HIT


def test_a_page_that_failed_is_not_kept(
    stage: Stage, cold: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(stage.app.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as broken:
        broken.setattr(beside, "neighbours", lambda *_: 1 / 0)
        answers = [get(stage, POST), get(stage, POST)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert (len(cold.cache.store), cold.cache._making) == (0, {})
    healed = get(stage, POST)
    assert (healed.status_code, said(healed)) == (200, MISS)


def test_a_failure_that_is_raised_leaves_nobody_waiting(
    stage: Stage, cold: Readers, rendering: Any
) -> None:
    rendering(after=lambda: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            get(stage, POST)
    assert cold.cache._making == {}


class Broken:
    def mark(self) -> None:
        raise WatchError

    def is_still_at(self, _mark: object) -> bool:
        return False

    def revisions(self, _post_id: int | None) -> None:
        raise WatchError


def test_without_a_watch_the_app_answers_itself(
    stage: Stage, cold: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = get(stage, "/")
    with monkeypatch.context() as gone:
        gone.setattr(cold.cache, "watch", Broken())
        for path in ("/", POST):
            answer = get(stage, path)
            assert (answer.status_code, said(answer)) == (200, BYPASS)
        assert get(stage, "/").data == kept.data
    assert said(get(stage, "/")) == HIT


@pytest.mark.skipif(bool(POSTGRES), reason="it is about SQLite's one writer")
def test_while_the_database_is_locked_reading_goes_on(stage: Stage, cold: Readers) -> None:
    with stage.app.app_context():
        path = str(db.engine.url.database)
    get(stage, "/")
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("UPDATE post SET title = 'Never'")
        assert said(get(stage, "/")) == HIT
        assert (get(stage, POST).status_code, said(get(stage, POST))) == (200, HIT)
        writer.execute("ROLLBACK")
    writer.close()


def test_a_browser_that_packs_gets_the_same_page(stage: Stage, cold: Readers) -> None:
    plain, packed = get(stage, POST), get(stage, POST, headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_an_app_that_keeps_nothing_says_nothing_of_it(stage: Stage, readers: Readers) -> None:
    client: FlaskClient = readers.anew.test_client()
    assert said(client.get("/")) is None
    assert client.get("/").data == get(stage, "/").data
