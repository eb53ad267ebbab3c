"""Bare web addresses in plain text."""

import re
from collections.abc import Iterator

from bluelog.text.scripts import CJK_PUNCTUATION, HAN, HANGUL, KANA

# Letters of other alphabets are part of an address; Chinese, Japanese and Korean words follow it
# without a space and are not.
_ADDRESS = re.compile(
    rf"(?<![a-z0-9])https?://(?=[a-z0-9])"
    rf"(?:(?![{HAN}{KANA}{HANGUL}{CJK_PUNCTUATION}])[\w\-.~:/?#@!$&'()*+,;=%])+",
    re.IGNORECASE,
)
_SENTENCE_MARKS = ".,;:!?'*"


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Find where http and https addresses start and end, without the marks of the sentence."""
    for found in _ADDRESS.finditer(text):
        yield found.start(), found.start() + _length(found[0])


def _length(address: str) -> int:
    length = len(address)
    unopened = address.count(")") - address.count("(")
    while address[length - 1] in _SENTENCE_MARKS or (address[length - 1] == ")" and unopened > 0):
        unopened -= address[length - 1] == ")"
        length -= 1
    return length
