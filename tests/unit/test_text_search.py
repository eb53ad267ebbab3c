"""Words taken apart, asked for, ranked, marked and guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bluelog.text.search.entries import ID_MASK, Entry, end_of, entry, place_of
from bluelog.text.search.question import LONGEST, MOST_PARTS, MOST_PHRASES, question
from bluelog.text.search.ranking import Candidate, fitting
from bluelog.text.search.snippets import WIDTH, marked, snippet
from bluelog.text.search.spelling import meant
from bluelog.text.search.stems import stem
from bluelog.text.search.tokens import grams, joined, needed, spots, tokens
from tests.conftest import NOW

TIMES = st.integers(-(2**31), 2**32 - 2).map(lambda second: datetime.fromtimestamp(second, UTC))
PART = timedelta(microseconds=999_999)
ROW = {
    "id": 7,
    "title": "学习 Python",
    "plain": "The boats",
    "category_id": 3,
    "published_at": NOW,
    "created_at": NOW,
}


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("boats", "boat"),
        ("running", "runs"),
        ("libraries", "library"),
        ("relational", "relate"),
        ("hopping", "hops"),
        ("hoping", "hope"),
        ("agreed", "agree"),
        ("adjustment", "adjustable"),
        ("adoption", "adopt"),
        ("happiness", "happy"),
        ("caresses", "caress"),
    ],
)
def test_a_word_has_the_stem_of_its_other_forms(word: str, same: str) -> None:
    assert stem(word) == stem(same)


@pytest.mark.parametrize(("one", "other"), [("hoping", "hopping"), ("new", "news"), ("sing", "s")])
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert (stem(one) == stem(other)) is (one == "new")


@pytest.mark.parametrize("word", ["be", "2026", "学", "straße", "x2", "naïve"])
def test_what_is_no_english_word_keeps_its_ending(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("学习编程", ["学", "习", "编", "程"]),
        ("用Python学习", ["用", "python", "学", "习"]),
        ("Café CAFE cafe\u0301", ["cafe"] * 3),
        ("ＡＢＣ１２３", ["abc123"]),
        ("snake_case, don't", ["snake", "case", "don", "t"]),
        ("Ångström Łódź", ["angstrom", "lodz"]),
        ("йога", ["йога"]),
        ("ひらがな", ["ひ", "ら", "が", "な"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("\0😀 *:() — …", []),
    ],
)
def test_a_text_is_taken_apart(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_traditional_and_simplified_characters_are_left_alone() -> None:
    assert tokens("學習") != tokens("学习")


@given(st.text())
@example("½ ﬁ ㈱ ﷺ")
def test_tokens_hold_nothing_that_a_query_is_written_with(text: str) -> None:
    for token in tokens(text):
        assert token.isalnum() or not token.isascii()
        assert not set(token) & set(" \"'*:^()+-{}\0\n")
        assert token == token.strip()


@given(st.text())
def test_what_is_stored_is_taken_apart_as_it_is_shown(text: str) -> None:
    found = list(spots(text))
    assert [spot.token for spot in found] == tokens(text)
    assert all(0 <= spot.start < spot.end <= len(text) for spot in found)


@given(st.lists(st.sampled_from(["学", "习", "a", "bc"]), min_size=1, max_size=6))
def test_what_a_phrase_needs_is_in_every_text_that_has_it(phrase: list[str]) -> None:
    assert set(needed(phrase)) <= set(grams(["习", *phrase, "a"]))


def test_words_and_quoted_phrases_are_told_apart() -> None:
    asked = question(' boats  "by the river" “学习 Python”编程 ')
    assert asked.phrases == (
        ("by", "the", "river"),
        ("学", "习", "python"),
        ("boat",),
        ("编", "程"),
    )
    assert asked.text == 'boats "by the river" “学习 Python”编程'


def test_scripts_that_meet_in_a_word_are_parted() -> None:
    assert question("Python学习").phrases == (("python",), ("学", "习"))


def test_the_parts_of_characters_are_pairs() -> None:
    assert question("学习编程 boats").parts == (("学", "习"), ("习", "编"), ("编", "程"), ("boat",))


@pytest.mark.parametrize("typed", ["", "   ", "*", '"', '""', "😀", "\0", "():^-+"])
def test_without_a_word_nothing_is_asked_for(typed: str) -> None:
    assert question(typed).phrases == ()


@given(st.text(max_size=400))
@example("学" * 10_000)
@example("a b " * 5000)
@example('NEAR(a, b) "unclosed {title}: x* OR AND NOT ^')
def test_whatever_is_typed_is_a_question_of_bounded_size(typed: str) -> None:
    asked = question(typed)
    assert len(asked.text) <= LONGEST
    assert len(asked.phrases) <= MOST_PHRASES
    assert len(asked.parts) <= MOST_PARTS
    assert question(asked.text).phrases == asked.phrases


def test_what_is_too_long_says_so() -> None:
    assert question("word " * 50).is_cut
    assert question(" ".join(f"w{n}" for n in range(11))).is_cut
    assert not question("two words").is_cut


def candidate(post_id: int, title: str = "", body: str = "", tags: str = "") -> Candidate:
    return Candidate(post_id, *(joined(tokens(text)) for text in (title, tags, body)))


def best(candidates: list[Candidate], asked: str, **how: bool) -> list[int]:
    options = {"every": True, "in_title": False} | how
    phrases = question(asked).parts if not options["every"] else question(asked).phrases
    return [one.post_id for one in fitting(candidates, phrases, **options)]


def test_a_title_counts_more_than_a_tag_and_that_more_than_the_text() -> None:
    others = "and then something else happened that has nothing to do with it"
    texts = [
        candidate(1, body=f"a lamp {others}"),
        candidate(2, tags="lamp", body=others),
        candidate(3, title="The lamp", body=others),
        candidate(4, body=others),
    ]
    assert best(texts, "lamp") == [3, 2, 1]
    assert best(texts, "lamp", in_title=True) == [3]


def test_more_often_and_in_less_text_fits_better() -> None:
    texts = [candidate(1, body="灯 " + "字" * 400), candidate(2, body="灯 灯 灯" + "字" * 40)]
    assert best(texts, "灯") == [2, 1]


def test_equals_stay_in_the_order_they_came_in() -> None:
    assert best([candidate(n, body="lamp") for n in (9, 4, 6)], "lamp") == [9, 4, 6]


def test_characters_must_follow_each_other() -> None:
    texts = [candidate(1, body="学会习惯"), candidate(2, body="好好学习")]
    assert best(texts, "学习") == [2]


def test_a_loose_search_prefers_who_has_more_and_rarer_words() -> None:
    common = [candidate(n, body="ferry") for n in range(1, 9)]
    texts = [*common, candidate(10, body="kettle"), candidate(11, body="ferry kettle")]
    assert best(texts, "ferry kettle umbrella", every=False)[:2] == [11, 10]


def test_of_nothing_nothing_fits() -> None:
    assert fitting([], [("a",)], every=True, in_title=False) == []


def test_marks_are_put_around_words_in_any_of_their_forms() -> None:
    shown = marked("Boats & 学习: a CAFÉ's <b>boating</b>", question("boat cafe 学习").phrases)
    assert shown == (
        "<mark>Boats</mark> &amp; <mark>学习</mark>: a <mark>CAFÉ</mark>'s "
        "&lt;b&gt;<mark>boating</mark>&lt;/b&gt;"
    )


def test_a_snippet_is_where_most_of_it_is() -> None:
    text = (
        "One lamp. "
        + "Nothing at all. " * 60
        + "A lamp by the river, 河边的灯。"
        + "余下的话。" * 90
    )
    shown = snippet(text, question("lamp 河边 river").phrases)
    assert shown is not None
    assert "<mark>lamp</mark> by the <mark>river</mark>, <mark>河边</mark>的灯" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")


def test_a_text_without_the_words_has_no_snippet() -> None:
    assert snippet("Nothing.", question("lamp").phrases) is None
    assert snippet("", question("lamp").phrases) is None


@given(st.text(alphabet="学习a b<>&\"'.，\n\u0301", max_size=300), st.text(max_size=20))
def test_a_snippet_adds_no_markup_but_its_marks(text: str, typed: str) -> None:
    phrases = question(typed + " 学习 a").phrases
    shown = snippet(text, phrases)
    plain = str(shown or "").replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain
    assert len(shown or "") <= 30 * WIDTH


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("lanten", "lantern"),
        ("lanten harbor", "lantern harbour"),
        ("the harbor", "the harbour"),
        ("服务其", "服务器"),
        ("服务其 lanten", "服务器 lantern"),
        ("学习", None),
        ("lantern", None),
        ("zzzz", None),
    ],
)
def test_a_word_that_nobody_wrote_is_guessed_from_titles(typed: str, better: str | None) -> None:
    known = ["The Lantern in the Harbour", "服务器搬家记", "General"]
    assert meant(question(typed), known) == better


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=4))
def test_guessing_never_fails(typed: str, known: list[str]) -> None:
    meant(question(typed), known)


def test_an_entry_says_all_that_a_post_is_found_by() -> None:
    made = entry(ROW, is_public=True, author_ids=[9, 4], tags=["Night ferries"])
    assert made == Entry(
        7, place_of(7, NOW), "学 习 python", "night ferri", "the boat", " public c3 u4 u9 "
    )
    found = set(made.grams())
    assert {"学习", "=学习", "=python", "boat", "#public", "#c3", "#u4"} <= found
    assert not {"=boat", "习python", "public", "c3"} & found


def test_an_entry_of_a_page_that_nobody_may_read_has_no_marks() -> None:
    made = entry(ROW | {"category_id": None}, is_public=False, author_ids=[])
    assert made.marks == " "


@given(st.datetimes(), st.integers(1, 2**31 - 1))
def test_a_place_tells_whose_it_is_and_fits_both_databases(at: object, post_id: int) -> None:
    place = place_of(post_id, at)  # type: ignore[arg-type]
    assert place & ID_MASK == post_id
    assert -(2**63) <= place < 2**63


@given(TIMES, TIMES, st.integers(1, 2**31 - 1))
@example(NOW, NOW, 2**31 - 1)
@example(NOW + timedelta(seconds=1), NOW, 1)
def test_an_end_is_behind_what_is_published_by_then(at: Any, now: Any, post_id: int) -> None:
    assert (place_of(post_id, at) < end_of(now)) == (at <= now)
    assert (place_of(post_id, at + PART) < end_of(now)) == (at <= now)
