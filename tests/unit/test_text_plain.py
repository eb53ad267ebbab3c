"""Text taken out of HTML, and its measure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.plain import count_words, plain_text, reading_minutes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("just words", "just words"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One <b>bold</b><i>er</i> word</p>", "One bolder word"),
        ("<p>line<br>break</p>tail", "line\nbreak\ntail"),
        ("<p>folded\n   white \t space</p>", "folded white space"),
        ("<p>non&nbsp;breaking</p>", "non breaking"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "a\nb\nc"),
        ("<table><tr><th>h</th><td>1</td></tr><tr><td>2</td></tr></table>", "h\n1\n2"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><p>b</p>", "a\nb"),
        ("<noscript>no</noscript><template>t</template><svg><text>s</text></svg>x", "x"),
        ("a<!-- hidden -->b", "ab"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("<p>中文\n换行</p>", "中文换行"),
        ("<p>中文\nEnglish</p>", "中文 English"),
        ("<p dir=rtl>שלום <b>עולם</b></p>", "שלום עולם"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("<img src=/a.png alt=picture><p>x</p>", "x"),
    ],
)
def test_text_is_what_a_reader_reads(html: str, text: str) -> None:
    assert plain_text(html) == text


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/&; pbrdivscript\n中!-'\"=") | st.characters(codec="utf-8")))
def test_any_input_gives_folded_lines(html: str) -> None:
    for line in plain_text(html).split("\n"):
        assert line == " ".join(line.split())


@settings(deadline=None)
@given(st.lists(st.text("abc中文 ", min_size=1).filter(str.strip), min_size=1))
def test_paragraphs_become_lines(paragraphs: list[str]) -> None:
    html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    expected = [" ".join(paragraph.split()) for paragraph in paragraphs]
    assert plain_text(html).split("\n") == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two three", 3),
        ("don't stop well-known e.g. 3.14", 5),
        ("重庆森林", 4),
        ("用 Flask 写博客", 5),
        ("你好，世界！", 4),
        ("ひらがな", 4),
        ("안녕 세계", 2),
        ("Привет, мир", 2),
        ("— … !", 0),
        ("𠮷野家", 3),
    ],
)
def test_words_are_counted_as_people_count(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 1),
        ("word " * 50, 1),
        ("word " * 440, 2),
        ("word " * 2200, 10),
        ("字" * 400, 1),
        ("字" * 2000, 5),
        ("字" * 800 + " word" * 440, 4),
    ],
)
def test_reading_takes_whole_minutes(text: str, minutes: int) -> None:
    assert reading_minutes(text) == minutes
