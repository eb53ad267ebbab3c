"""Search on PostgreSQL: an index of grams, or a walk from the newest post on, as is the shorter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    cast,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.queries.search.ask import Ask
from bluelog.text.search.entries import MARK_GRAM, TITLE_GRAM
from bluelog.text.search.question import Phrase
from bluelog.text.search.ranking import Candidate, has_every
from bluelog.text.search.tokens import joined, needed

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
_GAVE_UP = "57014"  # query_canceled


def newest(asked: Ask, is_readable: ColumnElement[bool], limit: int) -> list[Candidate]:
    """The newest posts that may have what is asked for and may be read.

    An index of grams knows no order: that words follow each other is for the ranking to see. Where
    so many have the words apart that those that have them together may be behind them, the rows
    themselves are read, as far as patience goes.
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
    if asked.end is not None:
        query = query.where(_INDEX.c.place < asked.end)
    found = _candidates(query)
    if len(found) < limit or not asked.every:
        return found
    if all(has_every(one, asked.phrases, in_title=asked.in_title) for one in found):
        return found
    try:
        with db.session.begin_nested():
            return _candidates(query.where(*(_follow(words, asked) for words in asked.phrases)))
    except DBAPIError as error:
        if not is_too_long(error):
            raise
        return found


def is_too_long(error: DBAPIError) -> bool:
    """Whether the database gave up looking, as it is told to do in time."""
    return getattr(error.orig, "sqlstate", None) == _GAVE_UP


def held_of(post_ids: Sequence[int]) -> list[Candidate]:
    """What the index holds of these posts."""
    query = select(_INDEX.c.post_id, *_HELD).where(_INDEX.c.post_id.in_(post_ids))
    return _candidates(query)


def indexed() -> int:
    """How many posts the index holds."""
    return db.session.scalar(sql("SELECT count(*) FROM post_search")) or 0


def _candidates(query: Select[Any]) -> list[Candidate]:
    return [Candidate(*row) for row in db.session.execute(query)]


def _follow(phrase: Phrase, asked: Ask) -> ColumnElement[bool]:
    """Whether the tokens stand one after the other in one of the texts."""
    texts = _HELD[:1] if asked.in_title else _HELD[:3]
    words = f" {joined(phrase)} "
    return or_(*(func.strpos(func.concat(" ", text, " "), words) > 0 for text in texts))


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
