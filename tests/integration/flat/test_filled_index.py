"""The index of a filled blog is what its posts say, or the search that is measured is another."""

from sqlalchemy import text

from bluelog.extensions import db
from bluelog.services import search_index
from tests.integration.flat.conftest import Blog

HELD = {
    "sqlite": "SELECT post_id, place, title, tags, body, marks FROM post_search_place "
    "JOIN post_search ON post_search.rowid = place WHERE post_id < 400",
    "postgresql": "SELECT post_id, place, title, tags, body, marks FROM post_search "
    "WHERE post_id < 400",
}


def test_the_index_of_a_filled_blog_is_what_its_posts_say(blogs: tuple[Blog, Blog]) -> None:
    with blogs[0].app.app_context():
        name = db.engine.dialect.name
        found = {row[0]: tuple(row) for row in db.session.execute(text(HELD[name]))}
        said = {each.post_id: tuple(each) for each in search_index.entries(range(1, 400))}
        assert len(said) == 399
        assert found == said
        if name == "postgresql":
            grams = text("SELECT post_id, grams FROM post_search WHERE post_id < 400")
            shown = {key: set(row) for key, row in db.session.execute(grams)}
            entries = search_index.entries(range(1, 400))
            assert shown == {each.post_id: set(each.grams()) for each in entries}
