"""Search on SQLite: an FTS5 table, walked from the newest post on."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, column, literal_column, select, table, text

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.queries.search.ask import Ask
from bluelog.text.search.entries import ID_MASK
from bluelog.text.search.question import Phrase
from bluelog.text.search.ranking import Candidate
from bluelog.text.search.tokens import joined

_INDEX = table("post_search", *map(column, ("rowid", "title", "tags", "body", "marks")))
_PLACES = table("post_search_place", column("post_id"), column("place"))
_HELD = (_INDEX.c.title, _INDEX.c.tags, _INDEX.c.body, _INDEX.c.marks)
_WHOSE = _INDEX.c.rowid.op("&")(ID_MASK)


def newest(asked: Ask, is_readable: ColumnElement[bool], limit: int) -> list[Candidate]:
    """The newest posts that have what is asked for and may be read."""
    query = (
        select(Post.id, *_HELD)
        .select_from(_INDEX)
        .join(Post, Post.id == _WHOSE)
        .where(literal_column("post_search").op("MATCH")(_written(asked)), is_readable)
        .order_by(_INDEX.c.rowid.desc())
        .limit(limit)
    )
    if asked.end is not None:
        query = query.where(_INDEX.c.rowid < asked.end)
    return [Candidate(*row) for row in db.session.execute(query)]


def held_of(post_ids: Sequence[int]) -> list[Candidate]:
    """What the index holds of these posts."""
    whose = _PLACES.c.place == _INDEX.c.rowid
    query = select(_PLACES.c.post_id, *_HELD).select_from(_PLACES).join(_INDEX, whose)
    query = query.where(_PLACES.c.post_id.in_(post_ids))
    return [Candidate(*row) for row in db.session.execute(query)]


def indexed() -> int:
    """How many posts the index holds."""
    return db.session.scalar(text("SELECT count(*) FROM post_search_place")) or 0


def _written(asked: Ask) -> str:
    """The query in FTS5's own words. Every token is quoted, and holds no quotation mark."""
    columns = "title" if asked.in_title else "{title tags body}"
    words = (" AND " if asked.every else " OR ").join(map(_quoted, asked.phrases))
    marks = (f'(marks : "{mark}")' for mark in asked.marks)
    return " AND ".join([f"({columns} : ({words}))", *marks])


def _quoted(phrase: Phrase) -> str:
    return f'"{joined(phrase)}"'
