"""English words without their endings, so that `boats` finds a boat.

Source: M. F. Porter, An algorithm for suffix stripping, 1980; steps 1 to 5.
"""

import re
from functools import lru_cache

_SHORTEST = 3
_V = "[aeiou]|(?<=[^aeiou])y"
_VOWEL = re.compile(_V)
_MEASURED = re.compile(f"(?:{_V})+(?:(?!{_V}).)+")
_DOUBLE = re.compile(r"([^aeiouylsz])\1$")
_SHORT = re.compile(r"[^aeiou][aeiouy][^aeiouwxy]$")
_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize",
    "abli": "able", "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize",
    "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful",
    "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
_STEP_3 = {
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
}  # fmt: skip
_STEP_4 = {
    "ement": "", "ance": "", "ence": "", "able": "", "ible": "", "ment": "", "ant": "", "ent": "",
    "ism": "", "ate": "", "iti": "", "ous": "", "ive": "", "ize": "", "al": "", "er": "", "ic": "",
    "ou": "", "sion": "s", "tion": "t",
}  # fmt: skip


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case English word; anything else is its own."""
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return word
    word = _past(_plural(word))
    if word.endswith("y") and _VOWEL.search(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(word, _STEP_2, least=1)
    word = _replaced(word, _STEP_3, least=1)
    return _tidied(_replaced(word, _STEP_4, least=2))


def _measure(part: str) -> int:
    """How often consonants follow vowels."""
    return len(_MEASURED.findall(part))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word:
            return _mended(rest) if _VOWEL.search(rest) else word
    return word


def _mended(rest: str) -> str:
    """What `-ed` and `-ing` had changed: hoping, hopping, relating."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if _DOUBLE.search(rest):
        return rest[:-1]
    return rest + "e" if _measure(rest) == 1 and _SHORT.search(rest) else rest


def _replaced(word: str, endings: dict[str, str], *, least: int) -> str:
    """The word with the longest of these endings replaced, if enough is left before it."""
    for length in range(min(7, len(word)), 1, -1):
        ending = word[-length:]
        if ending in endings:
            rest = word[:-length]
            # Of -sion and -tion a letter stays.
            kept = rest + endings[ending]
            return kept if _measure(rest) >= least or _is_shorn(kept, ending, least) else word
    return word


def _is_shorn(kept: str, ending: str, least: int) -> bool:
    return ending in ("sion", "tion") and _measure(kept) >= least


def _tidied(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        measure = _measure(rest)
        if measure > 1 or (measure == 1 and not _SHORT.search(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
