"""Pages that a process made are found by those that came of the same one, whole or not at all."""

import mmap
from random import Random

import pytest

from bluelog.queries.revisions import Revisions
from bluelog.web.pages.key import Key
from bluelog.web.pages.shared import PLACE_BYTES, PLACES, Shared, _place_of
from bluelog.web.pages.store import Entry, entry_of
from bluelog.web.pages.watch import Mark
from tests.unit.forks import in_children, needs_fork

PAGE = b"<!DOCTYPE html><p>Once upon a time." * 30


def key(name: str) -> Key:
    return Key("https", "blog.example", "", f"/{name}", "", "zh-Hans", "dark")


def entry(body: bytes = PAGE, post_id: int | None = 7) -> Entry:
    revisions = Revisions(3, 2, 5 if post_id else None)
    headers = [("Content-Type", "text/html"), ("Last-Modified", "then")]
    mark = Mark(1, b"mine")
    return entry_of(
        body, headers, revisions=revisions, post_id=post_id, made_at=1.5, fresh_until=9.5, mark=mark
    )


@pytest.fixture
def memory() -> mmap.mmap:
    return mmap.mmap(-1, PLACES * PLACE_BYTES)


def alike(found: Entry | None, made: Entry) -> bool:
    """A mark is a process's own, and not told."""
    made.mark = None
    return found == made


@pytest.mark.parametrize("post_id", [7, None])
def test_another_finds_the_whole_page(memory: mmap.mmap, post_id: int | None) -> None:
    made = entry(post_id=post_id)
    Shared(memory).put(key("a"), made)
    assert alike(Shared(memory).get(key("a")), made)
    assert Shared(memory).get(key("b")) is None


def test_a_later_page_takes_the_place_of_an_earlier_one(memory: mmap.mmap) -> None:
    shared, first = Shared(memory), key("first")
    second = next(key(str(n)) for n in range(100_000) if _place_of(key(str(n))) == _place_of(first))
    shared.put(first, entry(PAGE * 2))
    shared.put(second, entry())
    assert shared.get(first) is None
    assert alike(shared.get(second), entry())


def test_what_was_written_in_part_is_not_there(memory: mmap.mmap) -> None:
    shared, chance = Shared(memory), Random(1)
    shared.put(key("a"), entry())
    place = _place_of(key("a"))
    whole = memory[place : place + 1000]
    for _ in range(300):
        at = chance.randrange(1000)
        memory[place + at] ^= 1 + chance.randrange(255)
        found = shared.get(key("a"))
        assert found is None or alike(found, entry()), at
        memory[place : place + 1000] = whole
    assert alike(shared.get(key("a")), entry())


def test_what_is_too_long_for_its_place_is_not_written(memory: mmap.mmap) -> None:
    shared = Shared(memory)
    shared.put(key("a"), entry(Random(1).randbytes(PLACE_BYTES)))
    assert shared.get(key("a")) is None
    assert not any(memory[:])


def test_who_has_not_forked_shares_with_nobody() -> None:
    shared = Shared()
    shared.put(key("a"), entry())
    assert shared.get(key("a")) is None


class TestAfterFork:
    pytestmark = needs_fork

    def test_children_find_what_one_of_them_made(self) -> None:
        shared = Shared()

        def make(_number: int) -> None:
            shared.put(key("a"), entry())

        def find(_number: int) -> None:
            assert alike(shared.get(key("a")), entry())

        assert len(in_children(1, make)) == 1
        assert len(in_children(2, find)) == 2

    def test_nobody_finds_half_of_what_several_write_at_a_time(self) -> None:
        shared = Shared()
        bodies = [bytes([number]) * (3000 * number) for number in range(1, 5)]

        def write_and_read(number: int) -> None:
            for _ in range(300):
                shared.put(key("a"), entry(bodies[number]))
                found = shared.get(key("a"))
                assert found is None or found.plain in bodies

        assert len(in_children(4, write_and_read)) == 4
