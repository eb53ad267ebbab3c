"""nginx reduces a browser's wishes to the language that the app would have chosen from them."""

import re

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bluelog.web.visitor import asked_language
from tests.deploy.test_site import SITE

TAGS = st.sampled_from(
    ["en", "en-GB", "zh", "zh-CN", "ZH-TW", "zh_HK", "de", "fr-CH", "enm", "zhx", "*", "e"]
)
WEIGHTS = st.sampled_from(["", ";q=1", ";q=0.9", ";q=0.80", "; q=0.8", ";q=0.35", ";q=0", ";q=x"])
HEADERS = st.lists(st.tuples(TAGS, WEIGHTS), max_size=5).map(
    lambda wishes: ", ".join(f"{tag}{weight}" for tag, weight in wishes)
)


def reduced(header: str) -> str:
    """What the two maps of the site make of a header."""
    has_order = "1" if not header or _matches(_ORDERED, header) else "0"
    line = f"{has_order} {header}"
    if has_order == "0":
        return header
    return next((language for found, language in _WISHES if _matches(found, line)), "")


def _matches(pattern: str, text: str) -> bool:
    """As nginx reads it: `~*` does not mind the case."""
    mark, _, expression = pattern.partition("^")
    return re.match(expression, text, re.IGNORECASE if mark == "~*" else 0) is not None


_ORDERED = re.search(r'"(~[^"]*q=0[^"]*)" 1;', SITE).group(1)  # type: ignore[union-attr]
_WISHES = re.findall(r'"(~\*\^1 [^"]*)" ([\w-]+);', SITE)


@given(header=HEADERS)
@example(header="zh-CN,zh;q=0.9,en;q=0.8")
@example(header="en;q=0.5, zh;q=0.9")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_app_hears_the_same_wish(app: Flask, header: str) -> None:
    with app.test_request_context(headers={"Accept-Language": header}):
        wanted = asked_language()
    with app.test_request_context(headers={"Accept-Language": reduced(header)}):
        assert asked_language() == wanted


def test_what_browsers_send_is_reduced_to_one_word() -> None:
    sent = {
        "zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans",
        "zh-CN,zh;q=0.8,zh-TW;q=0.7,zh-HK;q=0.5,en-US;q=0.3,en;q=0.2": "zh-Hans",
        "en-US,en;q=0.9,zh-CN;q=0.8": "en",
        "de-CH,de;q=0.9,en;q=0.8": "en",
        "fr": "",
        "": "",
    }
    assert {header: reduced(header) for header in sent} == sent
