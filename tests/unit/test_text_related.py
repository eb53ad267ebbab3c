"""Which posts are about the same, by their tags and words."""

import pytest

from bluelog.text.related import (
    MOST_WORDS,
    Subject,
    alike,
    score,
    shared_tags,
    telling,
)
from bluelog.text.search.ranking import Candidate
from bluelog.text.search.tokens import joined, tokens


def text(body: str, title: str = "", post_id: int = 1) -> Candidate:
    """A text as the index holds it."""
    return Candidate(post_id, joined(tokens(title)), "", joined(tokens(body)))


def words_of(body: str, title: str = "", among: tuple[Candidate, ...] = ()) -> list[str]:
    one = text(body, title)
    return [joined(word.phrase) for word in telling(one.title, one.body, among)]


def likeness(one: str, other: str, among: tuple[Candidate, ...] = ()) -> float:
    here = text(one)
    return alike(telling(here.title, here.body, among), text(other))


def subject(post_id: int = 1, *tag_ids: int, **values: object) -> Subject:
    given = {"root": post_id, "language": "en", "category_id": 1} | values
    return Subject(post_id, tag_ids=frozenset(tag_ids), **given)  # type: ignore[arg-type]


BREAD = "Sourdough bread wants a warm kitchen. The sourdough starter ferments, and bread rises."
LOAF = "My starter for sourdough ferments in the kitchen all day."
BOATS = "The ferry leaves the harbour at noon, and gulls follow the ferry."


def test_it_is_told_by_what_is_repeated_and_by_its_title() -> None:
    said = words_of(BREAD, "Flour")
    assert set(said[:3]) == {"flour", "bread", "sourdough"}
    assert not {"the", "and", "wants a"} & set(said)


def test_what_other_texts_have_too_tells_little() -> None:
    others = tuple(text("The kitchen is warm, and so is bread.", post_id=n) for n in range(2, 30))
    said = words_of(BREAD, among=others)
    assert said.index("sourdough") < said.index("bread")
    assert said.index("ferment") < said.index("kitchen")


def test_no_more_words_than_that_are_told() -> None:
    assert len(words_of(" ".join(f"word{n}x" for n in range(500)))) == MOST_WORDS


def test_texts_about_the_same_are_alike_and_others_are_not() -> None:
    assert likeness(BREAD, LOAF) > 0.3
    assert likeness(BREAD, BOATS) == 0
    assert likeness(BREAD, BREAD) == 1


def test_two_words_in_common_may_be_chance() -> None:
    assert likeness(BREAD, "Sourdough bread.") == 0


def test_chinese_texts_are_compared_by_pairs_of_characters() -> None:
    one = "酸面包需要温暖的厨房。酵母发酵以后，面包慢慢膨胀。"
    other = "我的厨房里，酵母发酵了一整天，做出了面包。"
    assert likeness(one, other) > 0.2
    assert likeness(one, "渡轮中午离开港口，海鸥跟着渡轮。") == 0
    assert "的 厨" not in words_of(one)
    assert "面 包" in words_of(one)


def test_an_empty_text_is_like_none() -> None:
    assert telling("", "", []) == []
    assert likeness("", BREAD) == 0
    assert likeness("a 1 22 333", "a 1 22 333") == 0


def test_it_is_the_same_each_time() -> None:
    one = text(BREAD, "Bread")
    assert telling(one.title, one.body, []) == telling(one.title, one.body, [])


def test_a_rare_tag_says_more_than_a_common_one() -> None:
    one, other = subject(1, 7, 8), subject(2, 7, 8, 9)
    rare = shared_tags(subject(1, 7), subject(2, 7), {7: 2})
    common = shared_tags(subject(1, 7), subject(2, 7), {7: 50_000})
    assert rare == 1.0
    assert 0 < common < rare / 4
    assert shared_tags(one, other, {7: 2, 8: 50_000}) == pytest.approx(rare + common)
    assert shared_tags(subject(1, 7), subject(2, 8), {7: 2, 8: 2}) == 0


def test_a_tag_whose_count_is_behind_counts_as_that_of_two() -> None:
    assert shared_tags(subject(1, 7), subject(2, 7), {7: 0}) == 1.0
    assert shared_tags(subject(1, 7), subject(2, 7), {}) == 1.0


def test_the_score_prefers_the_language_and_then_the_category() -> None:
    here = subject(1, 7)
    same = score(here, subject(2, 7), by_tags=0.5, by_words=0.25)
    filed = score(here, subject(2, 7, category_id=2), by_tags=0.5, by_words=0.25)
    abroad = score(here, subject(2, 7, language="de"), by_tags=0.5, by_words=0.25)
    assert (same, filed) == (800, 750)
    assert 0 < abroad < filed
    nearby = subject(2, 7, language="en-GB")
    assert score(here, nearby, by_tags=0.5, by_words=0.25) == same


def test_category_alone_makes_no_relatives() -> None:
    assert score(subject(1), subject(2), by_tags=0.0, by_words=0.0) == 0


def test_a_translation_is_the_same_text() -> None:
    assert score(subject(1), subject(2, root=1), by_tags=1.0, by_words=1.0) == 0
