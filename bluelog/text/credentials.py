"""Finding what looks like a secret key in a text that is about to be public.

Only well-known forms, and values named as a secret that look drawn by lot: a warning that is wrong
too often is read by nobody.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_SHOWN = 8  # characters: enough to find it by, and of no use to anyone else
_LEAST_BITS_A_CHARACTER = 3.0
_FEWEST_DIGITS = 3
_FORMS = {
    "AWS": r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])",
    "GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255})\b",
    "GitLab": r"\bglpat-[\w-]{20,}",
    "Slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{16,}"
    r"|hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}",
    "Google": r"\bAIza[\w-]{35}(?![\w-])",
    "Stripe": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "OpenAI": r"\bsk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{32,}",
    "npm": r"\bnpm_[A-Za-z0-9]{36}\b",
}
_KNOWN = [(name, re.compile(form, re.ASCII)) for name, form in _FORMS.items()]
# With something that could be the key: its first line alone stands in many a guide.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*"
    r"(?:[\w-]+: [^\n]*\s+)*[A-Za-z0-9+/=]{32,}",
    re.ASCII,
)
_NAMED = re.compile(
    r"(?:api|access|auth|client|private|secret)?[_-]?(?:key|secret|token|passw(?:or)?d"
    r"|密码|密钥|口令|令牌|私钥)[\"'”]?\s{0,3}(?:=>|:=|[:=：＝]|是|为)\s{0,3}[\"']?([A-Za-z0-9+/_.=-]{20,200})",
    re.IGNORECASE | re.ASCII,
)
_PLACEHOLDER = re.compile(
    r"example|xxxx|your[_-]|change[_-]?me|placeholder|dummy|sample|redacted|\.\.\.|1234567|abcdef",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Credential:
    """Whose key it seems to be, empty where that is not said, and how it begins."""

    issuer: str
    beginning: str


def credentials_in(text: str) -> list[Credential]:
    """What looks like a key, each once, in the order of the text's kinds of them."""
    return list(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[Credential]:
    seen: list[tuple[int, int]] = []
    for issuer, form in _KNOWN:
        for match in form.finditer(text):
            if _is_drawn(match[0], digits=1):
                seen.append(match.span())
                yield Credential(issuer, _masked(match[0]))
    for match in _PRIVATE_KEY.finditer(text):
        yield Credential("", match[0].partition("\n")[0][:40])
    for match in _NAMED.finditer(text):
        is_known = any(start < match.end(1) and match.start(1) < end for start, end in seen)
        if not is_known and _is_named_secret(match[1]):
            yield Credential("", _masked(match[1]))


def _is_named_secret(value: str) -> bool:
    """No word or address: letters of both cases or hexadecimal, and digits among them."""
    is_mixed = value.lower() != value != value.upper()
    is_hexadecimal = re.fullmatch(r"[0-9a-fA-F]{24,}", value) is not None
    return (is_mixed or is_hexadecimal) and _is_drawn(value, digits=_FEWEST_DIGITS)


def _is_drawn(value: str, *, digits: int) -> bool:
    if _PLACEHOLDER.search(value) or sum(map(str.isdigit, value)) < digits:
        return False
    return any(map(str.isalpha, value)) and _bits_a_character(value) >= _LEAST_BITS_A_CHARACTER


def _bits_a_character(value: str) -> float:
    """Shannon's entropy of the characters: low where a few of them are repeated."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def _masked(value: str) -> str:
    return value[:_SHOWN] + "…"
