"""Markdown: what writers expect, and nothing that harms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.markdown import LONGEST_PARAGRAPH, MOST_BRACKETS, markdown_to_html
from bluelog.text.render import render, responsive
from bluelog.text.sanitise import seal
from bluelog.text.vocabulary import RENDERED_TAGS
from tests.unit.test_text_sanitise import ATTACKS, SCRAPS, assert_harmless

SIGNS = "* ** _ ` ``` ~~ ~~~ [ ] ( ) [^1] [^1]: ^[ ![ > - 1. # | |-|-| $ $$ < > &lt; [x]"
MARKS = st.sampled_from(
    [
        *SIGNS.split(),
        *["\\", "\n", "\n\n", " ", "\\frac{", "}", "<https://e.example>", "javascript:"],
        *["[a](javascript:x)", "[a](/b)", "https://youtu.be/abcdefghijk"],
    ]
)
PIECES = MARKS | st.sampled_from(ATTACKS) | st.text(max_size=6)
MIXTURES = st.lists(PIECES, max_size=16).map("".join)


def html_of(source: str, **options: bool) -> str:
    return str(render(source, "markdown", **options).html)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# Cats", '<h2 id="h-cats">Cats</h2>'),
        ("# A\n## B", '<h2 id="h-a">A</h2>\n<h3 id="h-b">B</h3>'),
        ("## A\n### B", '<h2 id="h-a">A</h2>\n<h3 id="h-b">B</h3>'),
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ("a\nb", "<p>a\nb</p>"),
        ("中文\n换行", "<p>中文换行</p>"),
        ("[a](/b 'c')", '<p><a href="/b" title="c">a</a></p>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("- [ ] a\n- [x] b", '<ul>\n<li class="task">☐ a</li>\n<li class="task">☑ b</li>\n</ul>'),
        ("- [y] a", "<ul>\n<li>[y] a</li>\n</ul>"),
        ("```text\nx\n```", '<pre tabindex="0"><code class="language-text">x\n</code></pre>'),
        ("a <kbd>b</kbd>", "<p>a <kbd>b</kbd></p>"),
        ("a <b onclick=x>b</b><script>c</script>", "<p>a <b>b</b></p>"),
        ("1. a\n1. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("", ""),
    ],
)
def test_markdown_is_what_writers_expect(source: str, html: str) -> None:
    assert html_of(source) == html


def test_a_table_keeps_its_alignment() -> None:
    html = html_of("|a|b|c|\n|:-|-:|:-:|\n|1|2|3|")
    assert '<th>a</th>\n<th class="align-right">b</th>\n<th class="align-center">c</th>' in html
    assert '<td>1</td>\n<td class="align-right">2</td>' in html


def test_a_footnote_leads_there_and_back() -> None:
    html = html_of("a[^x] b[^x]\n\n[^x]: Note *one*.")
    assert '<sup id="fnref-1"><a href="#fn-1">1</a></sup>' in html
    assert '<sup id="fnref-1-2"><a href="#fn-1">1</a></sup>' in html
    assert '<li id="fn-1"><p>Note <em>one</em>.' in html
    assert '<a href="#fnref-1-2" aria-label="Back to the text">' in html


def test_the_marks_of_footnotes_are_not_words_of_the_text() -> None:
    rendered = render("a[^x]\n\n[^x]: Note.", "markdown")
    assert rendered.plain == "a\nNote."
    assert rendered.words == 2


def test_headings_are_named_in_both_formats_alike() -> None:
    assert html_of("## 重庆 *森林*") == render("<h2>重庆 <em>森林</em></h2>", "html").html


def test_pictures_of_others_become_links_in_markdown_too() -> None:
    html = html_of("![A cat](https://e.example/cat.png)")
    assert html == '<p><a href="https://e.example/cat.png" rel="noopener">A cat</a></p>'


def test_pictures_are_reported() -> None:
    assert render("![x](/uploads/a.png)", "markdown").images == ("/uploads/a.png",)


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        "![a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        '<a href="javascript:alert(1)">a</a>',
    ],
)
def test_no_link_is_a_script(source: str) -> None:
    assert_harmless(html_of(source), RENDERED_TAGS)


@pytest.mark.parametrize("attack", ATTACKS)
def test_raw_html_does_no_harm(attack: str) -> None:
    for source in (attack, f"a {attack} *b*", f"> - {attack}", f"[{attack}]({attack})"):
        assert_harmless(html_of(source, formulas=True, contents=True), RENDERED_TAGS)


@pytest.mark.parametrize("attack", ATTACKS)
def test_code_formulas_and_footnotes_show_an_attack_as_text(attack: str) -> None:
    for source in (f"```html\n{attack}\n```", f"$\\text{{{attack}}}$", f"$${attack}$$"):
        assert_harmless(html_of(source, formulas=True), RENDERED_TAGS)
    assert_harmless(html_of(f"a[^1]\n\n[^1]: {attack}"), RENDERED_TAGS)


@settings(deadline=None)
@given(MIXTURES)
def test_no_mixture_does_harm_or_changes_when_read_again(source: str) -> None:
    html = html_of(source, formulas=True, contents=True)
    assert_harmless(html, RENDERED_TAGS)
    assert responsive(html, {}.get) == html == html_of(source, formulas=True, contents=True)


@settings(deadline=None)
@given(SCRAPS)
def test_what_is_sealed_is_harmless(html: str) -> None:
    assert_harmless(seal(html), RENDERED_TAGS)


@pytest.mark.parametrize(
    "mark", [">", "- ", "[", "![", "^[", "*a ", "`", "<", "$", "1. ", "~~", "|"]
)
def test_absurd_depth_ends(mark: str) -> None:
    """That this returns is the test: each would go on for hours without bounds."""
    html = html_of(mark * (100_000 // len(mark)), formulas=True)
    assert html.count("<blockquote>") + html.count("<li>") < 100


def test_a_paragraph_that_no_person_wrote_is_plain_words() -> None:
    assert html_of("*a* " * LONGEST_PARAGRAPH).count("<em>") == 0
    assert html_of("[a](/b) " * (MOST_BRACKETS + 1)).count("<a") == 0
    assert html_of("[a](/b) " * MOST_BRACKETS).count("<a") == MOST_BRACKETS


def test_halves_of_characters_are_replaced() -> None:
    assert markdown_to_html("a\ud800") == "<p>a?</p>\n"
