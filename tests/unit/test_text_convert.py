"""Rich text to Markdown and back: what readers see stays, and what does not is said."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from bluelog.text.convert import DEEPEST, convert
from bluelog.text.render import clean_source, render
from tests.unit.test_text_sanitise import SCRAPS

ESSAYS = sorted((Path(__file__).parents[2] / "bluelog/operations/demo/essays").glob("*.*"))


def seen(source: str, source_format: str) -> str:
    """What readers see, whatever lines the source has between its blocks."""
    return render(source, source_format, formulas=True).html.replace("\n", "")


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.name)
def test_an_essay_goes_there_and_back_unchanged(path: Path) -> None:
    text = path.read_text("utf-8").partition("\n---\n")[2]
    rich = clean_source(text, "markdown" if path.suffix == ".md" else "html", formulas=True)
    there = convert(rich, "html", formulas=True)
    assert there.source_format == "markdown"
    assert there.differing == ()
    assert seen(there.source, "markdown") == seen(rich, "html")
    back = convert(there.source, "markdown", formulas=True)
    assert back.source_format == "html"
    assert seen(back.source, "html") == seen(rich, "html")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>A <em>b</em></h2>", "## A *b*\n"),
        ("<p>a <strong>b</strong> <s>c</s></p>", "a **b** ~~c~~\n"),
        ("<p>1. not a list</p>", "1\\. not a list\n"),
        ("<p># not a heading</p>", "\\# not a heading\n"),
        ("<p>*a* _b_ [c] `d` $e$ |</p>", "\\*a\\* \\_b\\_ \\[c\\] \\`d\\` \\$e\\$ \\|\n"),
        ("<p>a<br>b</p>", "a\\\nb\n"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b\n"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b\n"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"),
        ('<p><a href="/a_b" title="c">d</a></p>', '[d](</a_b> "c")\n'),
        ('<p><img src="/a.png" alt="b"></p>', "![b](/a.png)\n"),
        ('<pre><code class="language-c">```\nx</code></pre>', "````c\n```\nx\n````\n"),
        ("<p><code>a`b</code></p>", "``a`b``\n"),
        ("<p>a <kbd>b</kbd></p>", "a <kbd>b</kbd>\n"),
        ("<hr>", "---\n"),
        ("<p>这是<strong>“中文”</strong>的</p>", "这是<strong>“中文”</strong>的\n"),
        ("", ""),
    ],
)
def test_what_has_marks_is_written_with_them(html: str, markdown: str) -> None:
    assert convert(html, "html").source == markdown
    as_markdown, as_html = render(markdown, "markdown").html, render(html, "html").html
    assert as_markdown.replace("\n", "") == as_html.replace("\n", "")


def test_dollars_are_formulas_there_where_they_are_here() -> None:
    made = convert("<p>a $x_1$ for $5</p>", "html", formulas=True)
    assert made.source == "a $x_1$ for \\$5\n"
    assert convert("<p>a $x$</p>", "html").source == "a \\$x\\$\n"


@pytest.mark.parametrize(
    "html",
    [
        '<table><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
        '<figure><img src="/a.png" alt=""><figcaption>b <em>c</em></figcaption></figure>',
        "<details><summary>a</summary><p>b</p></details>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        '<p class="align-right">a</p>',
        '<p><img src="/a.png" alt="" width="20" class="wide"></p>',
    ],
)
def test_what_has_no_marks_stays_html(html: str) -> None:
    made = convert(html, "html")
    assert made.differing == ()
    assert seen(made.source, "markdown") == seen(html, "html")


def test_absurd_depth_is_left_as_it_is() -> None:
    html = "<ul><li>" * (DEEPEST + 1) + "x"
    assert convert(html, "html").source.startswith("<ul><li><ul>")


@settings(deadline=None)
@given(SCRAPS)
def test_any_text_keeps_its_words_or_says_so(html: str) -> None:
    made = convert(html, "html")
    before, after = (
        "".join(render(text, source_format).plain.split())
        for text, source_format in ((html, "html"), (made.source, "markdown"))
    )
    assert before == after or "words" in made.differing
