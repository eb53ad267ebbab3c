"""Comments: plain text in, paragraphs and links out."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bluelog.text.comment import plain_comment

REL = 'rel="nofollow ugc noopener"'
SCRAPS = "https:// http:// a.example /x?a=1&b=2 ( ) <b> </p> 。 中 \" ' &amp; javascript: ."
TYPED = st.text(
    st.sampled_from("<>&\"'/:.hftps ()\n\r中。，%=") | st.characters(codec="utf-8"), max_size=200
) | st.lists(st.sampled_from([*SCRAPS.split(), " ", "\n", "\n\n"])).map("".join)


def link(address: str) -> str:
    shown = html.escape(address)
    return f'<a href="{shown}" {REL}>{shown}</a>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("Hello", "<p>Hello</p>"),
        ("  Hello \n", "<p>Hello</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\r\ntwo\rthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("one\n \n\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ('<b>x</b> & "y"', "<p>&lt;b&gt;x&lt;/b&gt; &amp; &#34;y&#34;</p>"),
        ("&lt;script&gt;", "<p>&amp;lt;script&amp;gt;</p>"),
        ("nul\0byte", "<p>nulbyte</p>"),
        ("half\ud800", "<p>half?</p>"),
        ("שלום 👩🏽\u200d💻 你好", "<p>שלום 👩🏽\u200d💻 你好</p>"),
    ],
)
def test_text_is_set_in_paragraphs(text: str, expected: str) -> None:
    assert plain_comment(text) == expected


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://a.example/b now", "https://a.example/b"),
        ("HTTP://A.example!", "HTTP://A.example"),
        ("https://a.example/x?y=1&z=2#top.", "https://a.example/x?y=1&z=2#top"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("(see https://a.example/x_(y)).", "https://a.example/x_(y)"),
        ("看https://a.example/路径", "https://a.example/"),
        ("见 https://a.example/x。然后", "https://a.example/x"),
        ("（https://a.example/x）", "https://a.example/x"),
        ("https://a.example/x，还有", "https://a.example/x"),
        ("「https://a.example/x」", "https://a.example/x"),
        ("https://a.example/x에서", "https://a.example/x"),
        ("https://a.example/wiki/Ёлка,", "https://a.example/wiki/Ёлка"),
        ("https://a.example/%E4%B8%AD?", "https://a.example/%E4%B8%AD"),
        ('"https://a.example/x"', "https://a.example/x"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("[x](https://a.example/y)", "https://a.example/y"),
        ("https://a.example/x\u202egpj.exe", "https://a.example/x"),
    ],
)
def test_bare_addresses_become_links(text: str, address: str) -> None:
    assert link(address) in plain_comment(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://a.example",
        "www.a.example",
        "xhttp://a.example",
        "https://",
        "http://。",
        "https:///x",
        "mailto:a@b.example",
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert "<a" not in plain_comment(text)


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    shown = plain_comment("https://a.example/'onmouseover='alert(1)\"x")
    assert re.findall(r"<[^>]*>", shown)[1].count('"') == 4
    assert '<a href="https://a.example/&#39;onmouseover=&#39;alert(1)" ' in shown


def test_many_brackets_take_no_time() -> None:
    assert plain_comment("https://a.example/" + ")" * 20_000).count("</a>") == 1


@settings(deadline=None)
@given(TYPED)
def test_the_only_markup_is_ours(text: str) -> None:
    shown = plain_comment(text)
    assert isinstance(shown, Markup)
    ours = rf'</?p>|<br>|</a>|<a href="[^"<>]*" {REL}>'
    assert not re.search("[<>\"']", re.sub(ours, "", shown))


@settings(deadline=None)
@given(TYPED)
def test_nothing_that_was_typed_is_lost(text: str) -> None:
    shown = html.unescape(re.sub("<[^>]*>", "", plain_comment(text)))
    assert "".join(shown.split()) == "".join(text.replace("\0", "").split())
