"""Two texts side by side, as people read them."""

from bluelog.text.blocks import blocks
from bluelog.text.difference import difference, word_difference

TEXT = "<h2>Ferries</h2><p>They leave at <b>nine</b>.</p><ul><li>one</li><li>two</li></ul>"


def kinds(before: str, after: str) -> list[tuple[str, str]]:
    return [(row.kind, row.tag) for row in difference(blocks(before), blocks(after))]


def test_the_same_text_has_no_rows() -> None:
    assert difference(blocks(TEXT), blocks(TEXT.replace("><", ">\n\t<"))) == []


def test_a_changed_word_is_marked_on_both_sides() -> None:
    rows = difference(blocks(TEXT), blocks(TEXT.replace("nine", "ten")))
    [row] = [row for row in rows if row.kind == "changed"]
    assert [piece.text for piece in row.before if piece.is_changed] == ["nine"]
    assert [piece.text for piece in row.after if piece.is_changed] == ["ten"]
    assert "".join(piece.text for piece in row.after) == "They leave at ten."


def test_what_is_on_one_side_alone_says_so() -> None:
    assert ("added", "p") in kinds(TEXT, TEXT + "<p>The end, quite.</p>")
    assert ("removed", "li") in kinds(TEXT, TEXT.replace("<li>two</li>", ""))


def test_a_link_put_under_the_same_words_is_seen() -> None:
    linked = TEXT.replace("<b>nine</b>", '<a href="/post/nine">nine</a>')
    assert ("restyled", "p") in kinds(TEXT, linked)


def test_a_picture_and_its_words_are_seen() -> None:
    pictured = TEXT + '<p><img src="/uploads/a.jpg" alt="A quay"></p>'
    rows = difference(blocks(TEXT), blocks(pictured))
    assert rows[-1].after[0].text == "▣ A quay"


def test_long_stretches_of_the_same_are_told_by_their_number() -> None:
    before = "".join(f"<p>{number}</p>" for number in range(20))
    rows = difference(blocks(before), blocks(before + "<p>new</p>"))
    assert [(row.kind, row.count) for row in rows] == [("skipped", 19), ("same", 0), ("added", 0)]


def test_code_is_told_by_its_lines_and_tables_by_their_rows() -> None:
    code = "<pre><code>a\n  b</code></pre>"
    table = "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    assert {tag for kind, tag in kinds(code, code.replace("b", "c")) if kind != "same"} == {"pre"}
    assert kinds(table, table.replace("2", "3"))[0][1] == "tr"


def test_chinese_is_told_apart_by_its_characters() -> None:
    before, after = word_difference("夜来风雨声", "夜来风雪声")
    assert [piece.text for piece in before if piece.is_changed] == ["雨"]
    assert [piece.text for piece in after if piece.is_changed] == ["雪"]


def test_a_text_of_many_equal_lines_is_compared_in_time() -> None:
    before = "<p>a b</p>" * 20_000
    rows = difference(blocks(before), blocks("<p>x</p>" + before + "<p>y</p>"))
    assert rows[0].kind == "added"
    assert len(rows) < 10


def test_what_is_nested_past_reason_is_taken_as_text() -> None:
    assert len(blocks("<div>" * 500 + "deep")) == 1
