"""Which characters belong to the scripts that are written without spaces."""

import re
import unicodedata

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af"
CJK_PUNCTUATION = "\u3000-\u303f\ufe30-\ufe4f\uff00-\uff65\uffe0-\uffee"

CJK = re.compile(f"[{HAN}{KANA}]")


def is_wide(char: str) -> bool:
    """Whether a character takes the room of two Latin letters, as Han and emoji do."""
    return unicodedata.east_asian_width(char) in "WF"
