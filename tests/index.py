"""The search index, as it is and as it should be."""

from sqlalchemy import text

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.services import search_index

HELD = {
    "sqlite": "SELECT post_id, place, title, tags, body, marks FROM post_search_place "
    "LEFT JOIN post_search ON post_search.rowid = place",
    "postgresql": "SELECT post_id, place, title, tags, body, marks FROM post_search",
}
_ROWS = "SELECT count(*) FROM post_search"

Row = tuple[object, ...]


def held() -> set[Row]:
    """What the index says of each post."""
    rows = {tuple(row) for row in db.session.execute(text(HELD[db.engine.dialect.name]))}
    assert db.session.scalar(text(_ROWS)) == len(rows)
    db.session.rollback()
    return rows


def said() -> set[Row]:
    """What each post says."""
    rows = {
        tuple(each) for each in search_index.entries(db.session.scalars(db.select(Post.id)).all())
    }
    db.session.rollback()
    return rows


def out_of_step() -> set[Row]:
    """What is held and should not be, and what should be held and is not."""
    db.session.rollback()
    return held() ^ said()


def grams() -> dict[int, set[str]]:
    """On PostgreSQL, what each post is found by."""
    rows = db.session.execute(text("SELECT post_id, grams FROM post_search"))
    return {post_id: set(found) for post_id, found in rows}
