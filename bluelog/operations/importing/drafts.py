"""The texts of posts, cleaned and typeset before the transaction opens, for that takes longest."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from bluelog.operations.importing import ledger
from bluelog.operations.importing.ledger import Ledger
from bluelog.operations.importing.pictures import Gallery
from bluelog.operations.importing.source import Source
from bluelog.operations.progress import Progress
from bluelog.text.excerpt import excerpt
from bluelog.text.language import language_of
from bluelog.text.plain import plain_text
from bluelog.text.render import render, responsive
from bluelog.text.sanitise import clean

ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Draft:
    """The columns of a post that follow from its text; `key` is the post's id there, or ABOUT."""

    key: str
    source: str
    html: str
    plain: str
    summary: str
    words: int
    language: str


@dataclass
class Drafts:
    """Draft after draft in a temporary file, so that a big blog needs no big memory."""

    file: IO[str]
    languages: Counter[str] = field(default_factory=Counter)
    earliest: datetime | None = None

    def add(self, draft: Draft) -> None:
        if draft.plain:
            self.languages[draft.language] += 1
        self.file.write(json.dumps(asdict(draft)) + "\n")

    def rewind(self) -> None:
        self.file.seek(0)

    def take(self, key: object) -> Draft:
        """Walk on to the draft with that key."""
        for line in self.file:
            draft = Draft(**json.loads(line))
            if draft.key == str(key):
                return draft
        raise KeyError(key)


@contextmanager
def drafted(
    source: Source, known: Ledger, gallery: Gallery, progress: Progress
) -> Iterator[Drafts]:
    """Draft the About page and the posts that are new; in the others only look for pictures."""
    with TemporaryFile("w+", encoding="utf-8") as file:
        drafts = Drafts(file)
        drafts.add(
            _draft(ABOUT, "", gallery.rewritten(source.admin.about, "the About page"), gallery)
        )
        with progress("Reading posts", source.count("post")) as advance:
            for post in source.posts():
                body = gallery.rewritten(post.body, f"post {post.id} “{post.title}”")
                if not known.knows(ledger.POST, post.id):
                    drafts.add(_draft(str(post.id), post.title, body, gallery))
                drafts.earliest = _earlier(drafts.earliest, post.created_at)
                advance(1)
        drafts.rewind()
        yield drafts


def _draft(key: str, title: str, body: str, gallery: Gallery) -> Draft:
    source = str(clean(body))
    language = language_of(f"{title}\n{plain_text(source)}")
    rendered = render(source, "html", language=language)
    return Draft(
        key=key,
        source=source,
        html=str(responsive(rendered.html, gallery.picture)),
        plain=rendered.plain,
        summary=excerpt(rendered.plain),
        words=rendered.words,
        language=language,
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time), default=None)
