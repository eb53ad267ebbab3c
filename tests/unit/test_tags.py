"""Tags as they are typed."""

import pytest

from bluelog.text.tags import is_one_tag, tag_name, tags_in


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ()),
        (" , ，、 ", ()),
        ("one", ("one",)),
        ("one, two words ,three", ("one", "two words", "three")),
        ("茶，水墨、 旅行；夜；tea; rain", ("茶", "水墨", "旅行", "夜", "tea", "rain")),
        ("#one, ＃话题, # three", ("one", "话题", "three")),
        ("one\ntwo\r\nthree", ("one", "two", "three")),
        ("C#, .NET, a/b", ("C#", ".NET", "a/b")),
        ("  so   much\u3000space\t", ("so much space",)),
        ("a\x00b, \x1b", ("a b",)),
        ("👩\u200d🚀", ("👩\u200d🚀",)),
    ],
)
def test_tags_are_read_off_what_is_typed(typed: str, names: tuple[str, ...]) -> None:
    assert tags_in(typed) == names
    assert tags_in(", ".join(names)) == tags_in("、".join(names)) == names


def test_one_tag_has_no_comma_of_any_kind_in_it() -> None:
    assert tag_name("  # two   words ") == "two words"
    assert is_one_tag("two words")
    assert not any(map(is_one_tag, ("a, b", "甲、乙", "", "#a", "a;b")))
