"""Slugs: readable, in every script, and never what an address may not be."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.slug import is_slug, numbered, slugify

STYLES = st.sampled_from(["pinyin", "native"])


@pytest.mark.parametrize(
    ("title", "pinyin", "native"),
    [
        ("Hello, World!", "hello-world", "hello-world"),
        ("  --Hello---World--  ", "hello-world", "hello-world"),
        ("Don't stop, it’s fine", "dont-stop-its-fine", "dont-stop-its-fine"),
        ("Crème Brûlée à la Straße", "creme-brulee-a-la-strasse", "creme-brulee-a-la-strasse"),
        ("Łódź, Ǣrø, İstanbul, Việt Nam Đà", *["lodz-aero-istanbul-viet-nam-da"] * 2),
        ("重庆森林", "chong-qing-sen-lin", "重庆森林"),
        ("银行里的行人", "yin-hang-li-de-xing-ren", "银行里的行人"),
        ("吕布与绿茶", "lv-bu-yu-lv-cha", "吕布与绿茶"),
        ("Flask入门：第１课", "flask-ru-men-di-1-ke", "flask入门-第1课"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full-width", "full-width"),
        ("Привет, Ёлка", "привет-ёлка", "привет-ёлка"),
        ("مرحبا بالعالم", "مرحبا-بالعالم", "مرحبا-بالعالم"),
        ("می\u200cخواهم", "میخواهم", "میخواهم"),
        ("हिन्दी में", "हिन्दी-में", "हिन्दी-में"),
        ("안녕 세계", "안녕-세계", "안녕-세계"),
        ("ひらがなと漢字", "ひらがなと漢字", "ひらがなと漢字"),
        ("🎉 Party 🎉", "party", "party"),
    ],
)
def test_titles_become_readable_slugs(title: str, pinyin: str, native: str) -> None:
    assert slugify(title, style="pinyin") == pinyin
    assert slugify(title, style="native") == native


@pytest.mark.parametrize("title", ["", "   ", "🎉🎊", "!!!", "———", "\u0301\u0302"])
def test_a_title_without_words_is_untitled(title: str) -> None:
    assert slugify(title, style="pinyin") == "untitled"


@pytest.mark.parametrize(
    ("title", "slug"), [("2024", "on-2024"), ("１９８４", "on-1984"), ("٢٠٢٤", "on-٢٠٢٤")]
)
def test_a_title_of_digits_alone_gets_a_word(title: str, slug: str) -> None:
    assert slugify(title, style="native") == slug


def test_a_date_is_no_number() -> None:
    assert slugify("2024-05-01", style="native") == "2024-05-01"


def test_long_titles_are_cut_between_words() -> None:
    slug = slugify("word " * 40, style="native")
    assert slug == "-".join(["word"] * 16)
    assert len(slug) <= 80


def test_a_very_long_word_is_cut_anywhere() -> None:
    assert slugify("x" * 300, style="native") == "x" * 80
    assert slugify("9" * 300, style="native") == "on-" + "9" * 77


@settings(deadline=None)
@given(st.text(max_size=200), STYLES)
def test_every_title_makes_a_slug_that_may_be_typed(title: str, style: str) -> None:
    assert is_slug(slugify(title, style=style))


@settings(deadline=None)
@given(st.text(max_size=200), STYLES)
def test_a_slug_is_its_own_slug(title: str, style: str) -> None:
    slug = slugify(title, style=style)
    assert slugify(slug, style="native") == slug


@pytest.mark.parametrize(
    "text", ["a", "hello-world", "2024-05", "重庆", "ёлка", "हिन्दी-में", "x" * 80, "c-3", "ß"]
)
def test_words_joined_by_hyphens_are_slugs(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "-a",
        "a-",
        "a--b",
        "A",
        "Hello",
        "a b",
        "a_b",
        "a/b",
        "a.b",
        "..",
        "a?b",
        "a%20b",
        "2024",
        "٢٠٢٤",
        "x" * 81,
        "🎉",
        "a\n",
        "a\0",
        "\u0301a",
        "می\u200cخ",
        unicodedata.normalize("NFD", "é"),
    ],
)
def test_anything_else_is_not_a_slug(text: str) -> None:
    assert not is_slug(text)


def test_numbers_are_appended() -> None:
    assert numbered("hello", 2) == "hello-2"


def test_a_number_finds_room_in_a_full_slug() -> None:
    assert numbered("x" * 80, 12) == "x" * 77 + "-12"
    assert numbered("x" * 77 + "-yy", 2) == "x" * 77 + "-2"


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(min_value=2, max_value=10**6))
def test_numbered_slugs_are_slugs(title: str, n: int) -> None:
    assert is_slug(numbered(slugify(title, style="native"), n))
