"""Contents and embeds of a rendered text, and what they ask of their page."""

import pytest

from bluelog.text.embeds import PLAYERS
from bluelog.text.needs import needs_of
from bluelog.text.render import render

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def contents_of(source: str, language: str = "en") -> str:
    html = str(render(source, "markdown", contents=True, language=language).html)
    return html.partition("</nav>")[0] if html.startswith("<nav") else ""


def test_contents_are_a_list_of_links_to_the_headings() -> None:
    html = render("# One *two*\n\n## Three\n\n# <b>Four</b> &", "markdown", contents=True).html
    assert html.startswith(
        '<nav class="toc" aria-label="Contents"><p>Contents</p><ol>'
        '<li><a href="#h-one-two">One two</a><ol><li><a href="#h-three">Three</a></li></ol></li>'
        '<li><a href="#h-four">Four &amp;</a></li></ol></nav>'
    )


def test_contents_speak_the_language_of_the_text() -> None:
    assert 'aria-label="目录"' in contents_of("# 一\n\n# 二", "zh-Hans")


def test_no_contents_for_less_than_two_headings_or_unasked() -> None:
    assert contents_of("# One\n\ntext") == ""
    assert "toc" not in render("# One\n\n# Two", "markdown").html


@pytest.mark.parametrize("ranks", ["24323", "3224", "42", "2342434", "44444"])
def test_levels_that_skip_still_make_a_list(ranks: str) -> None:
    html = contents_of("\n\n".join("#" * int(rank) + f" T{at}" for at, rank in enumerate(ranks)))
    assert html.count("<li>") == html.count("</li>") == len(ranks)
    assert html.count("<ol>") == html.count("</ol>")
    assert "<ol></ol>" not in html
    assert "<ol><ol>" not in html


@pytest.mark.parametrize(
    ("address", "video"),
    [
        (VIDEO, "youtube:dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?t=10", "youtube:dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "vimeo:76979871"),
        ("https://www.bilibili.com/video/BV1GJ411x7h7/?p=2", "bilibili:BV1GJ411x7h7"),
    ],
)
def test_a_link_alone_becomes_a_card(address: str, video: str) -> None:
    card = f'rel="noopener" data-embed="{video}">'
    for source in (address, f"<{address}>", f"[{address}]({address})"):
        assert f"{card}Video on " in render(source, "markdown").html
    assert f"{card}My talk</a></p>" in render(f"[My talk]({address})", "markdown").html
    assert card in render(f"<p>{address}</p>", "html").html
    assert card in render(f'<p><a href="{address}">{address}</a></p>', "html").html


@pytest.mark.parametrize(
    "source",
    [
        f"See {VIDEO}",
        f"[a]({VIDEO}) [b]({VIDEO})",
        f"- {VIDEO}",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil.example/?https://youtu.be/dQw4w9WgXcQ",
        "https://youtu.be/short",
        "https://vimeo.com/channels/staff",
        '<p><a href="/x" data-embed="youtube:dQw4w9WgXcQ">x</a></p>',
    ],
)
def test_other_links_stay_what_they_are(source: str) -> None:
    assert "data-embed" not in render(source, "markdown").html


def test_a_page_is_told_what_its_text_needs() -> None:
    plain = needs_of(render("a `b`", "markdown").html)
    assert (plain.extras, plain.players) == (False, ())
    coloured = needs_of(render("```python\nx = 1\n```", "markdown").html)
    assert (coloured.extras, coloured.players) == (True, ())
    assert needs_of(render("$x$", "markdown", formulas=True).html).extras
    assert needs_of(render("- [ ] x", "markdown").html).extras
    filmed = needs_of(render(f"{VIDEO}\n\n{VIDEO}\n\nhttps://vimeo.com/76979871", "markdown").html)
    assert filmed.players == (PLAYERS["vimeo"], PLAYERS["youtube"])


def test_words_about_an_embed_are_none() -> None:
    html = render('`<a data-embed="youtube:dQw4w9WgXcQ">`', "markdown").html
    assert needs_of(html).players == ()
