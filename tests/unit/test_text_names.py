"""Initials and colours for people without a picture."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.names import avatar_hue, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Jean-Luc Picard", "JP"),
        ("Mary Ann Evans", "ME"),
        ("O'Brien", "O"),
        ("王小明", "王"),
        ("李 雷", "李"),
        ("김철수", "김"),
        ("さくら", "さ"),
        ("ёлка иванова", "ЁИ"),
        ("ßeta", "ß"),
        ("محمد علي", "مع"),
        ("R2 D2", "RD"),
        ("  eve  ", "E"),
        ("🎉 bob", "B"),
        ("🎉", "?"),
        ("123", "?"),
        ("", "?"),
    ],
)
def test_initials_are_what_a_person_would_write(name: str, letters: str) -> None:
    assert initials(name) == letters


@settings(deadline=None)
@given(st.text())
def test_initials_are_one_or_two_characters(name: str) -> None:
    assert 1 <= len(initials(name)) <= 2


def test_a_hue_never_changes() -> None:
    assert [avatar_hue(name) for name in ("ada", "eve", "王小明", "")] == [1, 7, 8, 2]


@settings(deadline=None)
@given(st.text())
def test_a_hue_is_one_of_twelve(seed: str) -> None:
    assert avatar_hue(seed) in range(12)


def test_every_hue_is_used() -> None:
    assert {avatar_hue(str(number)) for number in range(500)} == set(range(12))
