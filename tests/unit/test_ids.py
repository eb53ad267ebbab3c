"""What is taken for the number of a row."""

import pytest

from bluelog.text.ids import LARGEST_ID, id_in


@pytest.mark.parametrize("number", [1, 42, LARGEST_ID])
def test_a_number_is_read(number: int) -> None:
    assert id_in(str(number)) == number


@pytest.mark.parametrize("text", [None, "", "0", "-1", "1.5", "²", "٣", str(LARGEST_ID + 1)])
def test_what_is_none(text: str | None) -> None:
    assert id_in(text) is None


def test_a_number_too_long_to_be_made_one_is_none() -> None:
    assert id_in("9" * 5000) is None
