"""The operators' guides as their tests read them: headings, links, code, and what code names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.sources import PROJECT

FOLDER = PROJECT / "docs" / "deploy"
NAMES = ("vps", "containers", "paas")
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Guide:
    """One guide in one language."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """Each block of code: its language and its lines."""
        return [(found[2], found[3]) for found in _BLOCK.finditer(self.text)]

    @property
    def prose(self) -> str:
        return _BLOCK.sub("", self.text)

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(len(marks), words) for marks, words in _HEADING.findall(self.prose)]

    @property
    def links(self) -> list[str]:
        return [target for _, target in _LINK.findall(self.prose)]

    @property
    def spans(self) -> list[str]:
        """What the prose itself has in the letters of code."""
        return _SPAN.findall(self.prose)

    @property
    def code(self) -> list[str]:
        """Every line of a block, and every span of the prose."""
        return [line for _, block in self.blocks for line in block.splitlines()] + self.spans

    def anchors(self) -> set[str]:
        """The headings as addresses, the way that GitHub makes them."""
        words = (re.sub(r"[^\w\s-]", "", words).lower() for _, words in self.headings)
        return {word.replace(" ", "-") for word in words}


@cache
def guides() -> list[Guide]:
    """Every guide in both languages."""
    return [guide for name in NAMES for guide in twins(name)]


def twins(name: str) -> tuple[Guide, Guide]:
    """A guide in English and in Chinese."""
    return Guide(FOLDER / f"{name}.md"), Guide(FOLDER / f"{name}.zh-CN.md")


def calls(program: str) -> Iterator[list[str]]:
    """How the guides call a program: the words after its name, up to the next command."""
    pattern = re.compile(rf"(?:^|[\s/(\"'])(?:[\w./]*/)?{re.escape(program)}(?= |$)([^;&|)>#]*)")
    for guide in guides():
        for line in guide.code:
            for found in pattern.finditer(line):
                yield found.group(1).replace("'", "").replace('"', "").split()
