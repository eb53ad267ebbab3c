"""Pages that nginx keeps for half a second, and older ones for when the app is away."""

import gzip
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import pytest

from tests.deploy.acts import publish
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import Stage
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy
# It is nginx's affair, whoever runs the app behind it.
one_manager = pytest.mark.parametrize("stage", ["systemd"], indirect=True)

# What somebody may try to have others see: headers, parameters and cookies that no page knows, or
# knows in another sense.
ODD_HEADERS: list[dict[str, str]] = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "http"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Original-URL": "/evil"},
    {"X-HTTP-Method-Override": "POST"},
    {"Accept": "application/json"},
    {"Accept-Encoding": "br;q=1, evil"},
    {"Accept-Language": "xx-EVIL, <script>, en;q=0.1"},
    {"Accept-Language": "zh-Hans-evil;q=0.9, en;q=0.9"},
    {"Accept-Language": "en;q=0, zh;q=0, evil"},
    {"Cookie": "theme=evil; language=evil"},
    {"Cookie": "theme=dark%00; language=zh-Hans\t"},
    {"Cookie": 'theme="evil"; evil=1'},
    {"Range": "bytes=0-9"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Sat, 01 Jan 2039 00:00:00 GMT"},
    {"Cache-Control": "no-cache"},
    {"Pragma": "no-cache"},
    {"Authorization": "Basic ZXZpbDpldmls"},
    {"X-Accel-Expires": "0"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Referer": "https://evil.example/<script>"},
    {"User-Agent": "<script>evil</script>"},
]
ODD_QUERIES = [
    "?evil=1",
    "?utm_source=evil",
    "?lang=evil",
    "?notice=evil",
    "?notice=%3Cscript%3E",
    "?theme=evil",
    "?x=%00",
    "?%6cang=zh-Hans&evil",
    "?lang=en&lang=zh-Hans",
    "?;lang=zh-Hans",
    "?before=&after=",
    "??lang=zh-Hans",
]


def test_a_commit_is_seen_within_a_second_and_a_bit(stage: Stage) -> None:
    ada, reader = stage.ada(), stage.client()
    for n in range(5):
        reader.get("/")  # so that there is a page to be kept
        path = publish(ada, f"Seen {stage.name} {n}")
        committed = time.monotonic()
        wait_until(lambda path=path: path in reader.get("/").text, 3)
        assert time.monotonic() - committed < 1.3


@one_manager
def test_a_page_that_hundreds_ask_for_is_as_new_and_the_app_is_asked_seldom(stage: Stage) -> None:
    ada, log = stage.ada(), stage.server.site.nginx_logs / "bluelog.access.log"
    before = len(log.read_text())
    with crowd(stage, "/") as seen:
        for n in range(4):
            path = publish(ada, f"Hot {stage.name} {n}")
            committed = time.monotonic()
            time.sleep(1.7)
            late = [each for each in seen if committed + 1 < each.asked]
            assert late
            assert all(path.encode() in each.body for each in late)
    assert {each.status for each in seen} == {200}
    time.sleep(1.2)  # nginx writes its log once a second
    asked = [line for line in log.read_text()[before:].splitlines() if "127.0.0.34 " in line]
    assert sum(" kept=HIT " in line for line in asked) > 0.95 * len(asked) > 500


@one_manager
@pytest.mark.parametrize("path", ["/", "/post/never-was", "/post/moved-away"])
def test_nobody_holds_up_what_hundreds_ask_for(stage: Stage, path: str) -> None:
    """Neither a GET with a body, for which making the page ahead must not wait, nor no page."""
    if path.endswith("moved-away"):
        lead(stage.ada(), path, "/about")
    wanted = stage.client().get(path).status
    began = time.monotonic()
    with crowd(stage, path) as seen, crowd(stage, path, b"a body") as odd:
        time.sleep(5)
    assert {each.status for each in (*seen, *odd)} == {wanted}
    in_second = Counter(int(each.asked - began) for each in seen)
    assert min(in_second[second] for second in range(1, 5)) > 200


@one_manager
def test_a_page_that_hundreds_ask_for_is_shown_while_the_app_is_away(stage: Stage) -> None:
    page = stage.client(34).get("/")
    with away(stage), crowd(stage, "/") as seen:
        time.sleep(2)
    assert len(seen) > 100
    assert {(each.status, each.body) for each in seen} == {(200, page.body)}


@one_manager
def test_no_odd_request_changes_what_others_see(stage: Stage) -> None:
    paths = ("/", "/about", "/post/never-was")
    wanted = [(path, tags) for path in paths for tags in ("en", "zh-CN,zh;q=0.9")]
    plain = {each: seen(stage, *each).body for each in wanted}
    assert len(set(plain.values())) == len(wanted)
    odd = [("", headers) for headers in ODD_HEADERS] + [(query, {}) for query in ODD_QUERIES]
    for query, headers in odd:
        # The odd one comes first in its half second, and makes the page that would be kept.
        the_half_after_next()
        for path in paths:
            answer = stage.client(31).ask("GET", path + query, headers=headers)
            assert answer.status < 500, (query, headers)
            assert b"evil" not in answer.body, (query, headers)
        assert {each: seen(stage, *each).body for each in wanted} == plain, (query, headers)


def test_who_is_signed_in_gets_no_kept_page_and_leaves_none(stage: Stage) -> None:
    ada = stage.ada()
    plain = seen(stage, "/", "en")
    own = ada.get("/", Accept_Language="en")
    assert own.headers["Cache-Control"] == "private, no-store"
    assert "/auth/logout" in own.text
    assert seen(stage, "/", "en").body == plain.body
    the_half_after_next()
    ada.get("/", Accept_Language="en")
    assert seen(stage, "/", "en").body == plain.body
    stale = stage.client().ask("GET", "/", headers={"Cookie": "__Host-bluelog_session=x"})
    assert "/auth/logout" not in stale.text


@one_manager
def test_a_path_is_not_confused_with_another(stage: Stage) -> None:
    path = publish(stage.ada(), f"Named {stage.name}")
    for odd in (f"{path}%2f", f"/.{path}", f"{path}%3Flang=zh-Hans", f"{path}%23", f"//x{path}"):
        before = seen(stage, path, "en")
        the_half_after_next()
        stage.client(31).get(odd)
        after = seen(stage, path, "en")
        the_half_after_next()
        # The worker may find out meanwhile what the post is like.
        assert after.body in (before.body, seen(stage, path, "en").body), odd


@one_manager
def test_a_page_comes_as_the_browser_takes_it_and_once(stage: Stage) -> None:
    path = publish(stage.ada(), f"Packed {stage.name}", "It was still burning at four. " * 99)
    the_half_after_next()
    reader = stage.client(33)
    for address in (path, "/", "/links"):
        plain = reader.get(address)
        for _ in range(2):  # made, and kept
            packed = reader.get(address, Accept_Encoding="br, gzip")
            assert packed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(packed.body) == plain.body
            assert "Accept-Encoding" in packed.headers["Vary"]
        for first, how in ((plain, {}), (packed, {"Accept_Encoding": "gzip"})):
            again = reader.get(address, If_None_Match=first.headers["ETag"], **how)
            assert (again.status, again.body) == (304, b"")
            head = reader.ask("HEAD", address)
            assert (head.status, head.body) == (200, b"")


def test_while_the_app_is_away_older_pages_are_shown_and_else_an_own_page(stage: Stage) -> None:
    ada, reader = stage.ada(), stage.client()
    path = publish(ada, f"Kept {stage.name}")
    fresh = publish(ada, f"Never read {stage.name}")
    the_half_after_next()
    kept = {address: seen(stage, address, "en") for address in ("/", path)}
    with away(stage):
        for address, page in kept.items():
            old = seen(stage, address, "en")
            assert (old.status, old.body) == (200, page.body)
        outage = [
            reader.get(fresh),
            ada.get("/"),
            ada.get("/admin/posts"),
            reader.post(path, {"body": "x"}),
        ]
        for answer in outage:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
            assert "This blog will be back in a moment" in answer.text
            assert answer.headers["Cache-Control"] == "private, no-store"
    assert reader.get(fresh).status == 200
    assert "/auth/logout" in ada.get("/").text


@one_manager
def test_while_the_app_is_away_nothing_is_shown_that_nobody_may_read_any_more(
    stage: Stage,
) -> None:
    ada = stage.ada()
    path = publish(ada, f"Taken back {stage.name}")
    assert seen(stage, path, "en").status == 200
    bin_newest(ada)
    the_half_after_next()
    gone, never = seen(stage, path, "en"), seen(stage, "/post/never-was", "en")
    assert (gone.status, never.status) == (404, 404)
    with away(stage):
        the_half_after_next()
        assert seen(stage, path, "en").status == 404
        assert seen(stage, "/post/never-was", "en").status == 503, "it replaces nothing"


@dataclass(frozen=True)
class Seen:
    """A page that a reader of a crowd saw, and when it was asked for."""

    asked: float
    status: int
    body: bytes


@contextmanager
def crowd(stage: Stage, path: str, sent: bytes | None = None) -> Iterator[list[Seen]]:
    """Readers who ask for a page again and again; gives what they have seen."""
    seen: list[Seen] = []
    stop = Event()

    def read() -> None:
        with closing(stage.client(34).connection()) as connection:
            while not stop.is_set():
                asked = time.monotonic()
                connection.request("GET", path, sent)
                answer = connection.getresponse()
                seen.append(Seen(asked, answer.status, answer.read()))

    readers = [Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    try:
        yield seen
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def lead(ada: Client, path: str, target: str) -> None:
    """Have an address lead to another."""
    form = {"csrf_token": ada.get("/admin/redirects/new").field("csrf_token")}
    made = ada.post("/admin/redirects/new", form | {"path": path, "target": target})
    assert made.status == 303


def bin_newest(ada: Client) -> None:
    """Move the newest post to the trash."""
    posts = ada.get("/admin/posts")
    post_id = re.search(r"/admin/posts/(\d+)/edit", posts.text)
    assert post_id
    form = {"csrf_token": posts.field("csrf_token"), "id": post_id[1]}
    assert ada.post("/admin/posts/trash", form).status == 303


@contextmanager
def away(stage: Stage) -> Iterator[None]:
    """Stop the web server; under systemd nobody answers its socket meanwhile."""
    stage.manager.stop()
    try:
        yield
    finally:
        stage.manager.start()
        wait_until(lambda: stage.client().get("/auth/login").status == 200)


def seen(stage: Stage, path: str, language: str) -> Answer:
    """The page as a stranger's browser of that language gets it."""
    return stage.client(32).ask("GET", path, headers={"Accept-Language": language})


def the_half_after_next() -> None:
    """Wait until nothing is kept any more of what is made now, be it for the next half second."""
    half = time.time() % 0.5
    time.sleep(1.01 - half)
