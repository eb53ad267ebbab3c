"""Rendering: cleaned HTML made ready for readers."""

import sys

import pytest
from markupsafe import Markup

from bluelog.text.render import Picture, render, responsive

CAT = Picture("/uploads/cat.png", 1600, 1200, ((400, "/uploads/cat-400.webp"),))


def html_of(source: str, language: str = "en") -> str:
    return render(source, "html", language=language).html


def known(source: str) -> Picture | None:
    return CAT if source == CAT.url else None


def test_a_post_is_rendered_with_its_figures() -> None:
    source = "<h1>Cats</h1><p>Two <b>words</b></p><img src=/a.png><img src=/b.png><img src=/a.png>"
    rendered = render(source, "html")
    lazy = 'alt="" loading="lazy" decoding="async"'
    assert isinstance(rendered.html, Markup)
    assert rendered.html == (
        '<h2 id="h-cats">Cats</h2><p>Two <b>words</b></p>'
        f'<img src="/a.png" {lazy}><img src="/b.png" {lazy}><img src="/a.png" {lazy}>'
    )
    assert rendered.plain == "Cats\nTwo words"
    assert rendered.words == 3
    assert rendered.images == ("/a.png", "/b.png")


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="restructured"):
        render("x", "restructured")


def test_what_is_rendered_is_clean() -> None:
    rendered = render("<p onclick=x>a<script>b</script><img src=//e.example/x.png></p>", "html")
    link = '<a href="https://e.example/x.png" rel="noopener">x.png</a>'
    assert rendered.html == f"<p>a{link}</p>"
    assert rendered.images == ()


def test_headings_are_named_by_their_words() -> None:
    html = html_of("<h2>Getting Started</h2><h3>重庆 <em>森林</em></h3><h2>🎉</h2><h2>2024</h2>")
    assert 'id="h-getting-started"' in html
    assert 'id="h-重庆-森林"' in html
    assert 'id="h-untitled"' in html
    assert 'id="h-on-2024"' in html


def test_names_are_used_once_and_the_writers_are_kept() -> None:
    html = html_of('<h2>Intro</h2><h2>Intro</h2><h2 id="h-intro-3">Mine</h2><h2>Intro</h2>')
    assert html == (
        '<h2 id="h-intro">Intro</h2><h2 id="h-intro-2">Intro</h2>'
        '<h2 id="h-intro-3">Mine</h2><h2 id="h-intro-4">Intro</h2>'
    )


def box(label: str) -> str:
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table>'


def test_tables_scroll_by_keyboard_under_their_caption() -> None:
    html = html_of('<table><caption>Sums <b>&amp;</b> "more"</caption><tr><td>1</table><p>x</p>')
    assert html.startswith(box("Sums &amp; &quot;more&quot;"))
    assert html.endswith("</table></div><p>x</p>")


def test_tables_without_a_caption_take_the_heading_above() -> None:
    html = html_of("<h2>One</h2><p>x</p><h3>Two</h3><table><tr><td>1</table>")
    assert box("Two") in html


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "Table"), ("zh-Hans", "表格"), ("zh_Hans_CN", "表格"), ("fr", "Table")],
)
def test_tables_without_any_name_are_called_tables(language: str, word: str) -> None:
    assert box(word) in html_of("<table><tr><td>1</table>", language)


def test_no_two_tables_have_the_same_name() -> None:
    html = html_of("<table><tr><td>1</table>" * 3)
    assert [box(label) in html for label in ("Table", "Table (2)", "Table (3)")] == [True] * 3


def test_a_table_in_a_table_is_not_wrapped_again() -> None:
    html = html_of("<table><tr><td><table><tr><td>1</table></table>")
    assert html.count("<table>") == 2
    assert html.count("scroll") == 1


def test_code_scrolls_by_keyboard() -> None:
    html = html_of("<pre><code>x = 1\n  y</code></pre>")
    assert html == '<pre tabindex="0"><code>x = 1\n  y</code></pre>'


def test_known_pictures_get_sizes_and_variants() -> None:
    assert responsive('<p>a</p><img src="/uploads/cat.png" alt="Cat">', known) == (
        '<p>a</p><img src="/uploads/cat.png" alt="Cat" width="1600" height="1200" '
        'srcset="/uploads/cat-400.webp 400w, /uploads/cat.png 1600w" '
        'sizes="(min-width: 648px) 648px, 100vw">'
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ('width="200"', 'width="200" height="150"'),
        ('height="150"', 'height="150" width="200"'),
        ('width="200" height="200"', 'width="200" height="200"'),
        ('width="0"', 'width="1600" height="1200"'),
    ],
)
def test_the_writers_size_of_a_picture_holds(given: str, shown: str) -> None:
    assert shown in responsive(f'<img src="/uploads/cat.png" {given}>', known)


def test_a_small_picture_asks_for_no_more_than_it_shows() -> None:
    html = responsive('<img src="/uploads/cat.png" width="200">', known)
    assert 'sizes="(min-width: 200px) 200px, 100vw"' in html


@pytest.mark.parametrize(
    "html",
    [
        '<figure class="wide"><img src="/uploads/cat.png"></figure>',
        '<img class="full" src="/uploads/cat.png">',
    ],
)
def test_a_wide_picture_asks_for_more_than_the_column(html: str) -> None:
    assert 'sizes="(min-width: 1600px) 1600px, 100vw"' in responsive(html, known)


def test_pictures_without_variants_only_get_their_size() -> None:
    html = responsive('<img src="/x.png">', lambda url: Picture(url, 3, 2))
    assert html == '<img src="/x.png" width="3" height="2">'


def test_other_pictures_are_left_alone() -> None:
    html = render("<p>x</p><img src=/else.png><table><tr><td>1</table><pre>x</pre>", "html").html
    assert responsive(html, known) == html


def test_describing_pictures_lets_no_unclean_html_through() -> None:
    assert responsive("<script>x</script><p onclick=y>z</p>", known) == "<p>z</p>"


def test_the_work_grows_with_the_length_and_no_faster() -> None:
    part = "<h2>Part</h2>" + "<p>" + "word <em>with</em> <a href=/x>link</a> " * 20 + "</p>"
    part += "<pre><code>x</code></pre><img src=/a.png>"
    assert render(part * 50, "html").words > 3000
    assert calls(part * 100) < 2.2 * calls(part * 50)


def calls(source: str) -> int:
    """How many calls of functions a rendering takes, which no busy machine changes."""
    count = 0

    def note(_frame: object, event: str, _of: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        render(source, "html")
    finally:
        sys.setprofile(None)
    return count
