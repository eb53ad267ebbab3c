"""Formulas as MathML on posts that ask for them; elsewhere a dollar is a dollar."""

import pytest

from bluelog.text import formulas
from bluelog.text.render import render
from bluelog.text.vocabulary import RENDERED_TAGS
from tests.unit.test_text_sanitise import assert_harmless


def html_of(source: str, source_format: str = "markdown", *, asked: bool = True) -> str:
    return str(render(source, source_format, formulas=asked).html)


PRICES = [
    "It costs $5.",
    "It costs $5 and $10.",
    "Between $5-$10, or $ 3 $.",
    "A US$5 note and a US$10 note.",
    "价格$5，另一个$6。",
    "Five \\$ and ten \\$",
    "`$a$` and `$b`",
    "$$",
    "$",
]


@pytest.mark.parametrize("source", PRICES)
@pytest.mark.parametrize("source_format", ["markdown", "html"])
def test_a_lone_dollar_is_a_dollar(source: str, source_format: str) -> None:
    source = source.replace("`", "") if source_format == "html" else source
    if source_format == "html" and "$a$" in source:
        source = "<code>$a$</code> and <code>$b</code>"
    html = html_of(source, source_format)
    assert "<math" not in html
    assert html.count("$") == source.count("$")


@pytest.mark.parametrize("source_format", ["markdown", "html"])
def test_nothing_is_a_formula_where_none_was_asked_for(source_format: str) -> None:
    html = html_of("$x$ $$y$$", source_format, asked=False)
    assert "$x$ $$y$$" in html
    assert "<math" not in html


@pytest.mark.parametrize("source_format", ["markdown", "html"])
def test_a_formula_in_a_line(source_format: str) -> None:
    html = html_of("Let $x_1 < y^2$ be.", source_format)
    assert '<math display="inline"><mrow><msub><mi>x</mi><mn>1</mn></msub><mo>&lt;</mo>' in html
    assert "Let <math" in html
    assert "</math> be." in html


@pytest.mark.parametrize("source_format", ["markdown", "html"])
@pytest.mark.parametrize("source", ["设$x^2$为平方。", "函数$f(x)$。", "（$x$）"])
def test_a_formula_among_chinese_needs_no_space(source: str, source_format: str) -> None:
    html = html_of(source, source_format)
    assert "<math" in html
    assert "$" not in html


@pytest.mark.parametrize(
    ("source", "source_format"),
    [("$$\nx\n$$", "markdown"), ("<p>$$x$$</p>", "html"), ("<p>$$\nx $$ </p>", "html")],
)
def test_a_formula_of_its_own_scrolls_by_keyboard(source: str, source_format: str) -> None:
    assert html_of(source, source_format) == (
        '<div class="scroll" tabindex="0" role="region" aria-label="Formula 1">'
        '<math display="block"><mrow><mi>x</mi></mrow></math></div>'
    )


def test_formulas_are_named_in_the_language_of_the_text() -> None:
    html = render("$$\na\n$$\n\n$$\nb\n$$", "markdown", formulas=True, language="zh-Hans").html
    assert 'aria-label="公式 1"' in html
    assert 'aria-label="公式 2"' in html


def test_emphasis_does_not_reach_into_a_formula() -> None:
    assert "<em>" not in html_of("$a_1 * b_2$ and $c_1 * d_2$")


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\text{</math><script>alert(1)</script>}",
        r"\style{color:red}{x}",
        r"\class{evil}{x}",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_a_formula_can_do_nothing_but_be_seen(tex: str) -> None:
    for source, source_format in ((f"${tex}$", "markdown"), (f"<p>${tex}$</p>", "html")):
        html = html_of(source, source_format)
        assert_harmless(html, RENDERED_TAGS)
        assert "href=" not in html
        assert "evil" not in html or "\\class" in html
    assert "<img" not in html_of(f"${tex}$")


@pytest.mark.parametrize(
    "tex", [r"\frac{", "x" * (formulas.LONGEST_FORMULA + 1), "{" * 40 + "x" + "}" * 40, r"\left("]
)
def test_what_is_not_tex_or_too_much_stays_as_typed_or_is_drawn_as_far_as_it_goes(tex: str) -> None:
    html = html_of(f"```math\n{tex}\n```")
    assert "<math" in html or tex in html


def test_only_so_much_of_a_post_is_typeset() -> None:
    formula = "x + " * 400 + "y"
    html = html_of("\n\n".join([f"$${formula}$$"] * 60))
    assert html.count("<math") == formulas.MOST_IN_A_POST // len(formula)


@pytest.mark.parametrize("name", ["aligned", "gathered", "align*", "cases", "pmatrix"])
def test_environments_that_writers_use_are_tables(name: str) -> None:
    html = html_of(f"$$\n\\begin{{{name}}} a & b \\\\ c & d \\end{{{name}}}\n$$")
    assert html.count("<mtr>") == 2
