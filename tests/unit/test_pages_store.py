"""Kept pages: as many as fit, the ones asked for last, in the encoding that is taken."""

import gzip
import sys
import tracemalloc
from random import Random
from threading import Thread
from typing import Any

import pytest

from bluelog.queries.revisions import Revisions
from bluelog.web.pages.cache import Answer, _answered, _may_be_kept
from bluelog.web.pages.key import Key
from bluelog.web.pages.store import Entry, Store, accepts_gzip, entry_of

PAGE = b"<!DOCTYPE html><p>Once upon a time." * 30
HEADERS = [("Content-Type", "text/html"), ("ETag", '"old"'), ("Content-Length", "7")]


def entry(body: bytes = PAGE, headers: list[tuple[str, str]] = HEADERS) -> Entry:
    details: dict[str, Any] = {"revisions": Revisions(1, 1), "post_id": None}
    return entry_of(body, headers, made_at=0.0, fresh_until=9.0, **details)


def key(name: str, query: str = "") -> Key:
    return Key("http", "localhost", "", f"/{name}", query, "", "")


def noise(number: int, size: int) -> bytes:
    """Bytes that compress to nothing less."""
    return Random(number).randbytes(size)


def test_a_kept_page_is_found_again() -> None:
    store, kept = Store(1_000_000), entry()
    store.put(key("a"), kept)
    assert store.get(key("a")) is kept
    assert store.get(key("b")) is None
    assert len(store) == 1


def test_the_one_not_asked_for_the_longest_goes_first() -> None:
    store = Store(101_000)
    for name in "abcd":
        store.put(key(name), entry(noise(1, 9_500)))
    store.get(key("a"))
    for name in "ef":
        store.put(key(name), entry(noise(1, 9_500)))
    assert [name for name in "abcdef" if store.get(key(name))] == ["a", "d", "e", "f"]


def test_no_more_is_kept_than_fits() -> None:
    store = Store(200_000)
    for number in range(300):
        store.put(key(str(number)), entry(noise(number, 100 * (number % 50))))
        assert store.bytes <= 200_000
    assert len(store) > 10


def test_a_page_that_would_take_a_quarter_of_the_room_is_not_kept() -> None:
    store = Store(100_000)
    store.put(key("large"), entry(noise(1, 20_000)))
    assert (len(store), store.bytes) == (0, 0)


def test_a_replaced_page_is_counted_once() -> None:
    store = Store(1_000_000)
    store.put(key("a"), entry())
    once = store.bytes
    store.put(key("a"), entry())
    assert store.bytes == once
    store.put(key("a"), entry(PAGE * 2))
    assert store.bytes > once
    store.clear()
    assert (len(store), store.bytes) == (0, 0)


def test_the_address_is_counted_too() -> None:
    short, long = Store(1_000_000), Store(1_000_000)
    short.put(key("a"), entry())
    long.put(key("a", "after=1&" * 100), entry())
    assert long.bytes - short.bytes == 800


def test_pages_take_no_more_memory_than_is_counted() -> None:
    headers = [(f"X-Name-{n}", "v" * 60) for n in range(10)]
    headers.append(("Content-Security-Policy", "default-src 'self'; " * 12))
    store = Store(20_000_000)
    tracemalloc.start()
    try:
        for number in range(500):
            # As from a request: no string is that of another page.
            own = [(name[:2] + name[2:], value[:2] + value[2:]) for name, value in headers]
            made = entry(noise(number, 3000), own)
            store.put(key(f"{number}" * 3, f"after={number}"), made)
            del made, own
        taken, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(store) == 500
    assert taken <= store.bytes


def test_threads_leave_the_count_right() -> None:
    store = Store(60_000)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)

    def work(seed: int) -> None:
        for number in range(300):
            name = str((number * seed) % 23)
            store.put(key(name), entry(noise(number, number % 7 * 400)))
            store.get(key(str(number % 11)))

    try:
        threads = [Thread(target=work, args=(seed,)) for seed in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    left = dict(store._entries)
    assert store.bytes <= 60_000
    for name in left:
        store._drop(name)
    assert store.bytes == 0


def test_both_encodings_are_the_same_page_under_tags_of_their_own() -> None:
    made = entry()
    plain, plain_headers = made.body_for("")
    packed, packed_headers = made.body_for("gzip")
    assert gzip.decompress(packed) == plain == PAGE
    one, other = dict(plain_headers), dict(packed_headers)
    assert other["ETag"] == one["ETag"][:-1] + '-gzip"'
    assert one["Content-Length"] == str(len(plain))
    assert other["Content-Length"] == str(len(packed))
    assert ("Content-Encoding" in one, other["Content-Encoding"]) == (False, "gzip")
    assert len(plain_headers) == len(one)


def test_the_same_page_is_packed_the_same_on_every_machine_at_any_time() -> None:
    assert entry().packed == entry().packed
    assert entry().packed[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip ; Q=0", False),
        ("gzip;\tq=0.", False),
        ("gzip;q=0.001", True),
        ("*, gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0, gzip", True),
        ("identity", False),
        ("br", False),
        ("gzipped", False),
        (";q=1,,", False),
    ],
)
def test_gzip_is_sent_where_it_is_taken(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


def answer(made: Entry, method: str = "GET", **headers: str) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    environ = {"REQUEST_METHOD": method} | {f"HTTP_{name}": v for name, v in headers.items()}
    body = b"".join(_answered(made, "bluelog; hit", environ, lambda *a: said.extend(a)))
    return said[0], dict(said[1]), body


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_page_is_told_so(method: str, encoding: str) -> None:
    made = entry()
    _, first, _ = answer(made, ACCEPT_ENCODING=encoding)
    tag = first["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*", f'"{made.digest}"', f'"{made.digest}-gzip"'):
        status, headers, body = answer(made, method, IF_NONE_MATCH=known, ACCEPT_ENCODING=encoding)
        assert (status, body) == ("304 Not Modified", b"")
        assert headers["ETag"] == tag
        assert not {"Content-Length", "Content-Type", "Content-Encoding"} & headers.keys()


@pytest.mark.parametrize("known", ["", '"x"', '"*"', "W/", '"old"', "null"])
def test_who_has_another_gets_the_page(known: str) -> None:
    assert answer(entry(), IF_NONE_MATCH=known)[::2] == ("200 OK", PAGE)


def test_the_head_alone_has_the_headers_of_the_page() -> None:
    head, whole = answer(entry(), "HEAD"), answer(entry())
    assert head[:2] == whole[:2]
    assert (head[2], whole[2]) == (b"", PAGE)


@pytest.mark.parametrize(
    ("status", "headers", "may"),
    [
        ("200 OK", [("Cache-Control", "no-cache")], True),
        ("200 OK", [("cache-control", "private, no-store")], False),
        ("200 OK", [("Set-Cookie", "x=y")], False),
        ("404 NOT FOUND", [], False),
        ("301 MOVED PERMANENTLY", [], False),
        ("206 PARTIAL CONTENT", [], False),
        ("500 INTERNAL SERVER ERROR", [], False),
    ],
)
def test_only_a_page_for_everyone_may_be_kept(
    status: str, headers: list[tuple[str, str]], may: bool
) -> None:
    assert _may_be_kept(Answer(status, headers, b"")) is may


def test_a_page_is_valid_from_when_it_was_made_until_time_changes_it() -> None:
    made = entry()
    assert [made.is_at(now) for now in (-0.1, 0.0, 8.9, 9.0)] == [False, True, True, False]
