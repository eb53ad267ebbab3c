"""What two sequences have in common."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.matching import matches

letters = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@settings(max_examples=300, deadline=None)
@given(letters, letters)
def test_every_run_stands_in_both_and_they_follow_each_other(one: Any, other: Any) -> None:
    i = j = 0
    for at, there, size in matches(one, other):
        assert size > 0
        assert at >= i
        assert there >= j
        assert one[at : at + size] == other[there : there + size]
        i, j = at + size, there + size


def test_the_same_is_one_run() -> None:
    assert matches("abc" * 1000, "abc" * 1000) == [(0, 0, 3000)]


def test_long_sequences_are_matched_by_what_stands_once() -> None:
    one = list(range(50_000))
    other = [-number if number % 2 else number for number in one]
    assert sum(size for _i, _j, size in matches(one, other)) == 25_000


def test_long_sequences_of_equal_elements_are_matched_too() -> None:
    one = ["a"] * 20_000
    assert sum(size for _i, _j, size in matches(one, ["x", *one, "y"])) == 20_000
