"""The index on PostgreSQL: a row a post, found by the grams of all its words.

An array, and no `tsvector`: that keeps few places a word, none far into a text, and a megabyte in
all. What follows what is looked up in the rows that are found.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, bindparam, text

from bluelog.extensions import db
from bluelog.text.search.entries import MARK_GRAM, Entry

_GRAMS = bindparam("grams", type_=ARRAY(Text))
_REMOVE = text("DELETE FROM post_search WHERE post_id = ANY(:ids)")
_ADD = text(
    "INSERT INTO post_search (post_id, place, title, tags, body, marks, grams) "
    "VALUES (:post_id, :place, :title, :tags, :body, :marks, :grams) "
    # Another's entry, made since ours was removed, was made of an older post: they take turns.
    "ON CONFLICT (post_id) DO UPDATE SET place = excluded.place, title = excluded.title, "
    "tags = excluded.tags, body = excluded.body, marks = excluded.marks, grams = excluded.grams"
).bindparams(_GRAMS)
_REMARK = text(
    "UPDATE post_search SET marks = replace(marks, :old, :new), "
    "grams = array_replace(grams, :old_gram, :new_gram) WHERE grams @> :grams"
).bindparams(_GRAMS)
_ORPHANS = text(
    "SELECT post_id FROM post_search WHERE NOT EXISTS "
    "(SELECT 1 FROM post WHERE post.id = post_search.post_id)"
)


def remove(post_ids: Sequence[int]) -> None:
    db.session.execute(_REMOVE, {"ids": list(post_ids)})


def add(entries: Sequence[Entry]) -> None:
    if entries:
        rows = [{**entry._asdict(), "grams": entry.grams()} for entry in entries]
        db.session.execute(_ADD, rows)


def remark(old: str, new: str) -> None:
    old_gram, new_gram = MARK_GRAM + old, MARK_GRAM + new
    names = {"old": f" {old} ", "new": f" {new} ", "old_gram": old_gram, "new_gram": new_gram}
    db.session.execute(_REMARK, {**names, "grams": [old_gram]})


def orphans() -> Sequence[int]:
    return db.session.scalars(_ORPHANS).all()
