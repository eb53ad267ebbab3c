"""Colours of code: by the language that is said, legible on every paper."""

import re
from pathlib import Path

import pytest

from bluelog.text import highlight
from bluelog.text.render import render

CSS = Path(__file__).parents[2] / "bluelog/static/css"
COLOUR = re.compile(r"light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\)")
LEAST_CONTRAST = 4.5


def code(source: str, language: str) -> str:
    return str(render(f"```{language}\n{source}\n```", "markdown").html)


def test_words_are_marked_by_what_they_are() -> None:
    html = code("def f(x): # y\n    return 'a' + 1", "python")
    for marked in (">def<", ">f<", "># y<", ">'a'<", ">1<"):
        assert re.search(rf'<span class="[a-z]"{marked}/span>', html), marked
    assert "(x): " in html


def test_both_formats_are_coloured_alike() -> None:
    html = '<pre><code class="language-python">x = 1\n</code></pre>'
    assert render(html, "html").html == code("x = 1", "Python")


@pytest.mark.parametrize("language", ["", "nothing-known", "text", "<script>", "a" * 31])
def test_a_language_is_never_guessed(language: str) -> None:
    assert "<span" not in code("def f(): return 1", language)


def test_nothing_of_the_code_is_lost() -> None:
    source = '\n\n  if (a < b && c > "d") { /* é 中 */ }  \n\n<b>&amp;</b>\t\n'
    for language in ("javascript", "html", "python", "diff", "console", "sql"):
        html = code(source, language)
        assert render(html, "html").html.count("<b>") == 0
        assert render(html, "html").plain == render(code(source, "text"), "html").plain


def test_very_long_code_stays_plain() -> None:
    line = "x = 1\n"
    assert "<span" in code(line * 100, "python")
    assert "<span" not in code(line * highlight.LONGEST_BLOCK, "python")
    block = f"```python\n{line * 4000}```\n\n"
    html = str(render(block * 6, "markdown").html)
    assert html.count("<pre") == 6
    coloured = [one for one in html.split("<pre") if "<span" in one]
    assert len(coloured) == highlight.MOST_IN_A_POST // (len(line) * 4000)


def test_every_class_has_a_colour_or_a_weight() -> None:
    css = (CSS / "extras.css").read_text()
    for name in set(highlight._CLASS_OF.values()):
        assert re.search(rf"^pre [^{{]*\.{name}\b", css, re.MULTILINE), name


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_code_is_legible_in_every_theme_light_and_dark() -> None:
    """Source: WCAG 2.2, 1.4.3."""
    papers = re.findall(rf"--code: {COLOUR.pattern}", (CSS / "reader.css").read_text())
    extras = (CSS / "extras.css").read_text().splitlines()
    inks = COLOUR.findall("".join(line for line in extras if line.startswith("pre ")))
    assert len(papers) == 3
    assert len(inks) == 8
    for mode in (0, 1):
        for paper in papers:
            assert all(contrast(paper[mode], ink[mode]) >= LEAST_CONTRAST for ink in inks)
