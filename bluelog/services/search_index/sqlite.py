"""The index on SQLite: an FTS5 table, and which of its rows is whose.

A row's number is the post's place, so the table is walked from the newest post on.
"""

from collections.abc import Sequence

from sqlalchemy import BindParameter, bindparam, text

from bluelog.extensions import db
from bluelog.text.search.entries import Entry

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_REMOVE = (
    text(
        "DELETE FROM post_search WHERE rowid IN "
        "(SELECT place FROM post_search_place WHERE post_id IN :ids)"
    ).bindparams(_IDS),
    text("DELETE FROM post_search_place WHERE post_id IN :ids").bindparams(_IDS),
)
_ADD = (
    text("INSERT INTO post_search_place (post_id, place) VALUES (:post_id, :place)"),
    text(
        "INSERT INTO post_search (rowid, title, tags, body, marks) "
        "VALUES (:place, :title, :tags, :body, :marks)"
    ),
)
# The table itself is asked for its rows first: it cannot be changed while it is walked.
_MARKED = text("SELECT rowid FROM post_search WHERE post_search MATCH :query")
_REMARK = text("UPDATE post_search SET marks = replace(marks, :old, :new) WHERE rowid = :place")
_ORPHANS = text(
    "SELECT post_id FROM post_search_place WHERE NOT EXISTS "
    "(SELECT 1 FROM post WHERE post.id = post_search_place.post_id)"
)


def remove(post_ids: Sequence[int]) -> None:
    for statement in _REMOVE:
        db.session.execute(statement, {"ids": post_ids})


def add(entries: Sequence[Entry]) -> None:
    for statement in _ADD if entries else ():
        db.session.execute(statement, [entry._asdict() for entry in entries])


def remark(old: str, new: str) -> None:
    places = db.session.scalars(_MARKED, {"query": f'marks : "{old}"'}).all()
    values = [{"old": f" {old} ", "new": f" {new} ", "place": place} for place in places]
    if values:
        db.session.execute(_REMARK, values)


def orphans() -> Sequence[int]:
    return db.session.scalars(_ORPHANS).all()
