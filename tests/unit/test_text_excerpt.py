"""Excerpts: two lines of the beginning, in every script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.excerpt import excerpt
from bluelog.text.scripts import is_wide

MIXED = st.text(
    st.sampled_from("ab é .!?,;。！？，」”'\n\t中文字あ한🎉👩🏽\u200d💻\u0301שלום")
    | st.characters(codec="utf-8")
)


def width(text: str) -> int:
    return sum(2 if is_wide(char) else 1 for char in text)


def test_a_short_text_is_left_whole() -> None:
    assert excerpt("Just this.") == "Just this."
    assert excerpt("") == ""


def test_white_space_is_folded() -> None:
    assert excerpt(" one\n\ntwo\tthree ") == "one two three"


def test_it_ends_with_a_sentence_that_ends_late_enough() -> None:
    text = "One short sentence. Another one that is a good deal longer. And a third one follows."
    assert excerpt(text, limit=70) == "One short sentence. Another one that is a good deal longer."


def test_an_early_sentence_end_is_passed_over() -> None:
    text = "Short. Then a sentence that goes on and on without ever coming to its end"
    assert excerpt(text, limit=40) == "Short. Then a sentence that goes on and…"


def test_a_point_inside_a_number_ends_no_sentence() -> None:
    assert excerpt("It costs exactly about 3.14159 a piece", limit=28) == "It costs exactly about…"


def test_quotes_belong_to_their_sentence() -> None:
    text = "He said, “That is all there is to say.” Then he left the room."
    assert excerpt(text, limit=45) == "He said, “That is all there is to say.”"


def test_words_are_not_cut() -> None:
    assert excerpt("alpha beta gamma delta", limit=13) == "alpha beta…"
    assert excerpt("alpha beta, gamma delta", limit=12) == "alpha beta…"
    assert excerpt("alpha beta gamma", limit=10) == "alpha beta…"


def test_a_very_long_word_is_cut_at_the_limit() -> None:
    assert excerpt("x" * 500, limit=50) == "x" * 50 + "…"


def test_han_characters_take_two_columns() -> None:
    assert excerpt("字" * 60, limit=100) == "字" * 50 + "…"


def test_chinese_ends_with_a_sentence() -> None:
    text = "今天天气很好，我们去公园散步。孩子们在湖边放风筝，老人们在树下下棋。"
    assert excerpt(text, limit=40) == "今天天气很好，我们去公园散步。"


def test_chinese_is_cut_between_characters_and_loses_a_loose_comma() -> None:
    assert excerpt("春眠不觉晓，处处闻啼鸟，夜来风雨声", limit=24) == "春眠不觉晓，处处闻啼鸟…"


def test_a_letter_keeps_its_marks() -> None:
    cut = excerpt("e\u0301" * 40, limit=41)
    assert cut == "e\u0301" * 20 + "…"


def test_an_emoji_keeps_its_parts() -> None:
    coder = "👩🏽\u200d💻"
    assert excerpt(coder * 10, limit=18).rstrip("…").count(coder) * len(coder) == len(coder) * 2


@pytest.mark.parametrize("text", ["שלום עולם " * 30, "مرحبا بالعالم " * 30])
def test_right_to_left_text_is_cut_between_words(text: str) -> None:
    assert excerpt(text, limit=50).rstrip("…").split()[-1] in text.split()


@settings(deadline=None)
@given(MIXED, st.integers(min_value=1, max_value=120))
def test_it_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    cut = excerpt(text, limit=limit)
    assert len(cut) <= limit + 1
    assert width(cut.removesuffix("…")) <= limit


@settings(deadline=None)
@given(MIXED, st.integers(min_value=1, max_value=120))
def test_it_is_the_beginning_of_the_text(text: str, limit: int) -> None:
    folded = " ".join(text.split())
    cut = excerpt(text, limit=limit)
    assert cut == folded or folded.startswith(cut.removesuffix("…"))
