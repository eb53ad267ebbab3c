"""Tags as they are typed: some words with commas between them."""

import re

# The commas of several scripts, and what people take for one.
_BETWEEN = re.compile(r"[,，、;；\n]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")


def tags_in(text: str) -> tuple[str, ...]:
    """The names in the order of the text, without the '#' that some begin a tag with."""
    names = (tag_name(part) for part in _BETWEEN.split(text))
    return tuple(name for name in names if name)


def tag_name(text: str) -> str:
    """One name, with single spaces in it and none around."""
    return _CONTROLS.sub(" ", text).strip().lstrip("#＃").strip()


def is_one_tag(name: str) -> bool:
    """Whether it would be read as one tag where several are typed."""
    return tags_in(name) == (name,)
