"""Two texts made of one are put together, and nobody's words are dropped."""

import re
from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.text.blocks import joined, sections
from bluelog.text.merge import Merged, chunks, merge_sets, merge_sources
from bluelog.text.plain import plain_text

BASE = "<p>One little two three four five six.</p><p>Second.</p><ul><li>aa</li><li>bb cc</li></ul>"


def said(merged: Merged) -> str:
    return merged.source.replace("\n", "")


def test_what_only_one_of_them_changed_is_taken_as_it_is() -> None:
    other = BASE.replace("Second", "Another")
    assert said(merge_sources(BASE, BASE, other)) == other
    assert said(merge_sources(BASE, other, BASE)) == other


def test_changes_of_different_paragraphs_are_put_together() -> None:
    mine, theirs = BASE.replace("Second", "Mine"), BASE.replace("</ul>", "</ul><p>Theirs.</p>")
    merged = merge_sources(BASE, mine, theirs)
    assert said(merged) == mine + "<p>Theirs.</p>"
    assert (merged.taken, merged.overlaps) == (1, ())


def test_changes_within_one_paragraph_are_put_together_where_they_lie_apart() -> None:
    merged = merge_sources(BASE, BASE.replace("little", "big"), BASE.replace("six", "seven"))
    assert "One big two three four five seven." in merged.source
    assert merged.overlaps == ()


def test_two_items_of_one_list_are_two_places() -> None:
    merged = merge_sources(BASE, BASE.replace("aa", "xx"), BASE.replace("bb cc", "bb yy"))
    assert "<li>xx</li><li>bb yy</li>" in merged.source
    assert merged.overlaps == ()


def test_the_same_place_changed_by_both_is_shown_with_both_texts_whole() -> None:
    mine, theirs = BASE.replace("Second", "Mine"), BASE.replace("Second", "Theirs")
    merged = merge_sources(BASE, mine, theirs)
    assert [(one.mine, one.theirs) for one in merged.overlaps] == [
        ("<p>Mine.</p>", "<p>Theirs.</p>")
    ]
    assert said(merged) == mine


def test_words_close_to_each_other_are_one_place() -> None:
    mine, theirs = BASE.replace("two", "2"), BASE.replace("four", "4")
    assert len(merge_sources(BASE, mine, theirs).overlaps) == 1


def test_what_one_rewrote_and_the_other_deleted_is_an_overlap() -> None:
    mine, theirs = BASE.replace("Second.", "Second and more."), BASE.replace("<p>Second.</p>", "")
    [overlap] = merge_sources(BASE, mine, theirs).overlaps
    assert (overlap.mine, overlap.theirs) == ("<p>Second and more.</p>", "")


def test_how_an_editor_indents_changes_nothing() -> None:
    indented = (
        BASE.replace("<ul>", "\n<ul>\n\t").replace("<li>", "<li>\n\t\t").replace("six.", "six.\n")
    )
    theirs = BASE.replace("Second", "Theirs")
    assert said(merge_sources(BASE, indented, theirs)) == theirs


def test_lines_of_code_keep_their_spaces() -> None:
    base = "<pre><code>if x:\n    y\n</code></pre><p>a</p>"
    merged = merge_sources(base, base.replace(">a<", ">b<"), base + "<p>c</p>")
    assert "<code>if x:\n    y\n</code>" in merged.source


def test_tags_never_cross() -> None:
    base = "<p>a b c d e f g h i j k l</p>"
    mine = base.replace("b c d e f g", "<b>b c d e f g</b>")
    theirs = base.replace("f g h i j k", "<i>f g h i j k</i>")
    merged = merge_sources(base, mine, theirs)
    assert [(one.mine, one.theirs) for one in merged.overlaps] == [(mine, theirs)]


def test_markdown_is_merged_by_its_paragraphs_and_words() -> None:
    base = "# Title\n\nOne two three four five six.\n\n- a\n- b\n"
    mine, theirs = base.replace("One", "1"), base.replace("six", "6").replace("- b", "- b\n- c")
    merged = merge_sources(base, mine, theirs, "markdown")
    assert merged.source == "# Title\n\n1 two three four five 6.\n\n- a\n- b\n- c"


CODE = "Intro.\n\n\n```python\ndef a():\n    one\n\n\ndef b():\n    two\n  \n\n\n```\n\nThe end."


def test_the_empty_lines_of_markdown_stay_as_they_are() -> None:
    mine, theirs = CODE.replace("Intro", "Mine"), CODE.replace("The end", "Theirs")
    merged = merge_sources(CODE, mine, theirs, "markdown")
    assert merged == Merged(mine.replace("The end", "Theirs"), 1, ())
    longer = CODE.replace("one\n\n\n", "one\n\n\n\ndef c():\n    three\n\n\n")
    assert merge_sources(CODE, mine, longer, "markdown").source == longer.replace("Intro", "Mine")


def test_an_empty_line_more_is_taken_and_never_at_odds_with_anything() -> None:
    mine, theirs = CODE.replace("one\n\n\n", "one\n\n"), CODE.replace("one\n\n\n", "one\n\n\n\n")
    other = CODE.replace("The end", "Theirs")
    assert merge_sources(CODE, other, theirs, "markdown").source == theirs.replace(
        "The end", "Theirs"
    )
    assert merge_sources(CODE, mine, theirs, "markdown") == Merged(mine, 0, ())
    added = CODE.replace("one\n\n\n", "one\n\n\nNew.\n\n\n")
    for here, there in ((mine, added), (added, mine)):
        assert merge_sources(CODE, here, there, "markdown").source == added


def test_what_overlaps_in_markdown_is_shown_without_the_lines_around() -> None:
    mine, theirs = CODE.replace("Intro", "Mine"), CODE.replace("Intro", "Theirs")
    [overlap] = merge_sources(CODE, mine, theirs, "markdown").overlaps
    assert (overlap.mine, overlap.theirs) == ("Mine.", "Theirs.")


def test_chinese_is_merged_by_its_characters() -> None:
    base = "<p>春眠不觉晓处处闻啼鸟夜来风雨声</p>"
    merged = merge_sources(base, base.replace("春", "秋"), base.replace("雨", "雪"))
    assert merged.source == "<p>秋眠不觉晓处处闻啼鸟夜来风雪声</p>"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("ab", "abc", "abd", "abcd"),
        ("ab", "a", "b", ""),
        ("ab", "ba", "ab", "ba"),
        ("", "x", "x", "x"),
    ],
)
def test_of_sets_both_keep_what_they_added(base: str, mine: str, theirs: str, both: str) -> None:
    assert merge_sets(tuple(base), tuple(mine), tuple(theirs)) == tuple(both)


# A text of numbered words, and an author's edits of it: every word an author writes is new.
texts = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=12), max_size=8)
edit = st.tuples(st.sampled_from(["write", "delete", "paragraph", "move"]), st.integers(0, 200))
edits = st.lists(edit, max_size=8)


def edited(base: list[list[str]], by: str, steps: list[tuple[str, int]]) -> list[list[str]]:
    text = [list(paragraph) for paragraph in base]
    numbers = count()
    for what, place in steps:
        word = f"{by}{next(numbers)}"
        at = place % (len(text) + 1)
        if what == "paragraph" or at == len(text):
            text.insert(at, [word])
        elif what == "write":
            text[at].insert(place % (len(text[at]) + 1), word)
        elif what == "delete":
            del text[at][place % len(text[at])]
            text[at] = text[at] or [word]
        else:
            text.insert(place % len(text), text.pop(at))
    return text


def written(text: list[list[str]], source_format: str) -> str:
    paragraphs = [" ".join(words) for words in text]
    if source_format == "markdown":
        return "\n\n".join(paragraphs)
    return "".join(f"<p>{words}</p>" for words in paragraphs)


def counted(*sources: str) -> Counter[str]:
    return Counter(" ".join(map(plain_text, sources)).split())


def words_of(*sources: str) -> set[str]:
    return set(counted(*sources))


@settings(max_examples=300, deadline=None)
@given(texts, edits, edits, st.sampled_from(["html", "markdown"]))
def test_both_authors_words_are_in_the_result_or_side_by_side(
    base: Any, mine: Any, theirs: Any, source_format: str
) -> None:
    begun = [[f"w{word}" for word in paragraph] for paragraph in base]
    sides = [edited(begun, "m", mine), edited(begun, "t", theirs)]
    sources = [written(text, source_format) for text in (begun, *sides)]
    merged = merge_sources(*sources, source_format)
    here = words_of(merged.source, *(one.mine for one in merged.overlaps))
    there = words_of(merged.source, *(one.theirs for one in merged.overlaps))
    mine_only, theirs_only = (words_of(source) - words_of(sources[0]) for source in sources[1:])
    assert mine_only <= here
    assert theirs_only <= there
    # Of a word that stands there twice each may have taken away another one.
    was, *are = map(counted, sources)
    untouched = {word for word in was if all(now[word] >= was[word] for now in are)}
    assert untouched <= here | there
    # Mine stands in the editor whole: no word of it is to be fetched from beside it.
    assert mine_only <= words_of(merged.source)


gaps = st.sampled_from(["\n\n", "\n\n\n", "\n \t\n", "\n\n  \n\n"])
gapped = st.lists(st.tuples(gaps, st.booleans(), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(gapped)
def test_who_changes_words_changes_no_gap(paragraphs: Any) -> None:
    texts = {"b": "", "m": "", "t": ""}
    for number, (gap, is_mine, is_theirs) in enumerate(paragraphs):
        for side, is_changed in (("b", False), ("m", is_mine), ("t", is_theirs)):
            word = f"{side if is_changed else 'b'}{number}"
            texts[side] += f"    {word} and so on{gap if number < len(paragraphs) - 1 else ''}"
    merged = merge_sources(*texts.values(), "markdown")
    assert re.sub(r"[bmt](\d+)", r"b\1", merged.source) == texts["b"]


@settings(max_examples=200, deadline=None)
@given(st.text("ab \t\n", max_size=30))
def test_markdown_in_sections_is_the_same_markdown(source: str) -> None:
    parts = sections(source, "markdown")
    whole = joined(parts, "markdown")
    assert whole in source
    assert source.replace(whole, "").strip() == ""
    assert [bool(part.strip()) for part in parts] == [not n % 2 for n in range(len(parts))]


@settings(max_examples=200, deadline=None)
@given(*[st.lists(st.sampled_from("abcdef"), max_size=12)] * 3)
def test_the_chunks_are_the_three_texts(base: Any, mine: Any, theirs: Any) -> None:
    found = chunks(base, mine, theirs)
    for side, text in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert [one for chunk in found for one in getattr(chunk, side)] == text
