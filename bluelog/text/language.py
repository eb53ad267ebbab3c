"""Telling the language of a text that does not say it."""

import re

from bluelog.text.scripts import CJK, HANGUL, KANA

SMALLEST_SHARE = 0.15
OTHERWISE = "en"

_KANA = re.compile(f"[{KANA}]")
_HANGUL = re.compile(f"[{HANGUL}]")


def language_of(text: str) -> str:
    """Tell Chinese, Japanese and Korean by their share of the letters; the rest is English."""
    letters = sum(map(str.isalpha, text))
    least = max(1, letters * SMALLEST_SHARE)
    if len(_HANGUL.findall(text)) >= least:
        return "ko"
    cjk = len(CJK.findall(text))
    if cjk < least:
        return OTHERWISE
    return "ja" if len(_KANA.findall(text)) >= cjk * SMALLEST_SHARE else "zh-Hans"
