"""The essays and conversations, as they lie in files beside this one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bluelog.text.render import HTML, MARKDOWN

HERE = Path(__file__).parent
EXTENSIONS = {HTML: ".html", MARKDOWN: ".md"}
_STATES = {"[pending]": "pending", "[spam]": "spam"}


@dataclass(frozen=True)
class Essay:
    """One file of essays/: a header of `name: value` lines, then HTML or Markdown."""

    title: str
    slug: str
    language: str
    authors: list[str]
    category: str
    tags: list[str]
    days_ago: int
    source: str
    source_format: str
    excerpt: str
    cover: str
    status: str
    with_contents: bool
    with_formulas: bool


@dataclass
class Remark:
    """One line of a conversation, with what answers it."""

    name: str
    text: str
    status: str
    replies: list["Remark"] = field(default_factory=list)


def essays() -> list[Essay]:
    """All essays, newest first."""
    found = [
        _essay(path.read_text("utf-8"), source_format)
        for source_format, extension in EXTENSIONS.items()
        for path in (HERE / "essays").glob(f"*{extension}")
    ]
    return sorted(found, key=lambda essay: essay.days_ago)


def about(language: str) -> str:
    """The HTML of the demo's About page."""
    return (HERE / f"about.{language}.html").read_text("utf-8")


def conversations() -> Iterator[tuple[str, Remark]]:
    """The slug of a post and the remark that begins a thread under it."""
    for block in (HERE / "conversations.txt").read_text("utf-8").strip().split("\n\n"):
        head, *lines = block.splitlines()
        slug = head.removeprefix("post:").strip()
        for root in _threads(lines):
            yield slug, root


def _essay(text: str, source_format: str) -> Essay:
    head, _, source = text.partition("\n---\n")
    values = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return Essay(
        title=values["title"],
        slug=values["slug"],
        language=values["language"],
        authors=values["author"].split(", "),
        category=values["category"],
        tags=[tag for tag in values.get("tags", "").split(", ") if tag],
        days_ago=int(values["days_ago"]),
        source=source.strip(),
        source_format=source_format,
        excerpt=values.get("excerpt", ""),
        cover=values.get("cover", ""),
        status=values.get("status", "published"),
        with_contents="contents" in values,
        with_formulas="formulas" in values,
    )


def _threads(lines: list[str]) -> list[Remark]:
    roots: list[Remark] = []
    path: list[Remark] = []
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        remark = _remark(line[depth:])
        path = [*path[:depth], remark]
        (path[depth - 1].replies if depth else roots).append(remark)
    return roots


def _remark(line: str) -> Remark:
    name, _, text = line.partition(" | ")
    text, status = text.strip(), "approved"
    for mark, state in _STATES.items():
        if text.endswith(mark):
            text, status = text.removesuffix(mark).strip(), state
    return Remark(name.strip(), text, status)
