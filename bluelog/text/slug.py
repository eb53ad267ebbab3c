"""Readable parts of addresses, made from titles."""

import re
import unicodedata
from typing import Literal

from bluelog.text.scripts import HAN, KANA

MAX_LENGTH = 80
WORD_CATEGORIES = frozenset({"Ll", "Lo", "Lm", "Nd", "Mn", "Mc"})
NOT_DECOMPOSED = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
    }
)

_HAN_RUN = re.compile(f"[{HAN}]+")
_KANA = re.compile(f"[{KANA}]")
_APOSTROPHES = re.compile("['’ʼ]")
_MARKS_ON_LATIN = re.compile("(?<=[a-z])[\u0300-\u036f]+")


def slugify(title: str, *, style: Literal["pinyin", "native"]) -> str:
    """Make a slug that `is_slug` accepts from any title, an empty one too.

    A title with kana is Japanese, which pinyin would misread, so it keeps its script.
    """
    plain = unicodedata.normalize("NFKC", title)
    if style == "pinyin" and not _KANA.search(plain):
        plain = _HAN_RUN.sub(_syllables, plain)
    slug = _cut("-".join(_words(_fold(plain)))) or "untitled"
    return f"on-{slug}"[:MAX_LENGTH] if slug.isdecimal() else slug


def is_slug(text: str) -> bool:
    """Whether a person may type this as a slug: lower-case words of any script, joined by '-'.

    Digits alone are refused: an address of digits is the old one of a numbered post.
    """
    return (
        len(text) <= MAX_LENGTH
        and not text.isdecimal()
        and unicodedata.is_normalized("NFC", text)
        and all(map(_is_word, text.split("-")))
    )


def numbered(slug: str, n: int | str) -> str:
    """Append '-n' to a slug, shortening it where the result would be too long."""
    suffix = f"-{n}"
    return slug[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix


def _syllables(han: re.Match[str]) -> str:
    # Its dictionaries take a tenth of a second and many megabytes, which only writers need.
    from pypinyin import lazy_pinyin

    return f"-{'-'.join(lazy_pinyin(han[0]))}-"


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    lettered = decomposed.lower().translate(NOT_DECOMPOSED)
    return unicodedata.normalize("NFKC", _MARKS_ON_LATIN.sub("", lettered))


def _words(text: str) -> list[str]:
    spaced = "".join(map(_kept, text))
    words = (_without_leading_marks(word) for word in spaced.split())
    return [word for word in words if word]


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    return char if category in WORD_CATEGORIES else " "


def _without_leading_marks(word: str) -> str:
    start = next((i for i, char in enumerate(word) if not _is_mark(char)), len(word))
    return word[start:]


def _cut(slug: str) -> str:
    if len(slug) <= MAX_LENGTH:
        return slug
    end = slug.rfind("-", 0, MAX_LENGTH + 1)
    return slug[:end] if end > 0 else slug[:MAX_LENGTH]


def _is_word(word: str) -> bool:
    if not word or _is_mark(word[0]):
        return False
    return all(unicodedata.category(char) in WORD_CATEGORIES for char in word)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")
