"""Search on PostgreSQL: an index of grams, or a walk from the newest post on, as is the shorter."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, Text, cast, column, select, table
from sqlalchemy import text as sql

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.queries.search.ask import Ask
from bluelog.text.search.entries import MARK_GRAM, TITLE_GRAM
from bluelog.text.search.ranking import Candidate
from bluelog.text.search.tokens import needed

_INDEX = table(
    "post_search",
    column("post_id", Integer),
    column("place", BigInteger),
    *(column(name, Text) for name in ("title", "tags", "body", "marks")),
    column("grams", ARRAY(Text)),
)
_HELD = (_INDEX.c.title, _INDEX.c.tags, _INDEX.c.body, _INDEX.c.marks)
# Words that are everywhere and never together could be looked for long.
_PATIENCE = sql("SET LOCAL statement_timeout = '3s'")


def newest(asked: Ask, is_readable: ColumnElement[bool], limit: int) -> list[Candidate]:
    """The newest posts that may have what is asked for and may be read.

    An index of grams knows no order: that words follow each other is for the ranking to see.
    """
    db.session.execute(_PATIENCE)
    query = (
        select(Post.id, *_HELD)
        .select_from(_INDEX)
        .join(Post, Post.id == _INDEX.c.post_id)
        .where(*_has(asked), is_readable)
        .order_by(_INDEX.c.place.desc())
        .limit(limit)
    )
    return [Candidate(*row) for row in db.session.execute(query)]


def held_of(post_ids: Sequence[int]) -> list[Candidate]:
    """What the index holds of these posts."""
    query = select(_INDEX.c.post_id, *_HELD).where(_INDEX.c.post_id.in_(post_ids))
    return [Candidate(*row) for row in db.session.execute(query)]


def indexed() -> int:
    """How many posts the index holds."""
    return db.session.scalar(sql("SELECT count(*) FROM post_search")) or 0


def _has(asked: Ask) -> list[ColumnElement[bool]]:
    prefix = TITLE_GRAM if asked.in_title else ""
    words = [prefix + gram for phrase in asked.phrases for gram in needed(phrase)]
    marks = [MARK_GRAM + mark for mark in asked.marks]
    if asked.every:
        return [_INDEX.c.grams.op("@>")(_array([*words, *marks]))]
    # A part is one gram: whoever has any of them has some of what is asked for.
    some = _INDEX.c.grams.op("&&")(_array(words))
    return [some, _INDEX.c.grams.op("@>")(_array(marks))]


def _array(grams: Sequence[str]) -> ColumnElement[Sequence[str]]:
    return cast(list(grams), ARRAY(Text))
