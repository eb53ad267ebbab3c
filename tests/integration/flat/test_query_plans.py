"""No page scans or sorts a whole table, and none costs more on a blog five times the size."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from bench import pages
from bench.visits import Statement, heard, rows_visited, stepped
from bluelog.blueprints import admin
from bluelog.blueprints.admin.comments import FILTERS
from bluelog.blueprints.admin.reads import PERIODS
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.models import PostKind, PostStatus
from bluelog.queries import archive, counting, library, relations, search, sitemap, word_search
from bluelog.queries.search import shown
from bluelog.services import relating
from tests.conftest import NOW
from tests.integration.flat.asking import faults
from tests.integration.flat.conftest import TALKED_ABOUT, Blog

READERS = (
    "home",
    "deep archive",
    "oldest posts",
    "category",
    "category, deep",
    "tag",
    "tag, deep",
    "series",
    "end of a series",
    "feed of a series",
    "archive",
    "year",
    "month",
    "end of a year",
    "month, deep",
    "author",
    "author, deep",
    "post",
    "page",
    "page under another",
    "links",
    "long conversation",
    "its last page",
    "one of its comments",
    "reply",
    "search",
    "search, rare",
    "search, category",
    "search, author",
    "search, titles",
    "search, page 2",
    "search, some words",
    "search, nothing",
    "feed",
    "feed of a category",
    "feed of a tag",
    "feed of an author",
    "feed of comments",
    "feed of a conversation",
    "robots",
    "sitemap",
    "sitemap of lists",
    "sitemap of posts",
)
# What is made of the frame alone.
ASKS_NOTHING = {"robots"}
MANAGED = tuple(pages.dashboard_pages())
AUTHORS = ("/admin/posts", "/admin/comments", "/admin/uploads", "/account")
# What an author may open, who has few of all the posts or the one that all talk about.
OWN = tuple(
    name
    for name, path in pages.dashboard_pages().items()
    if (path == "/admin/" or path.startswith(AUTHORS))
    and name not in ("new page", "editor", "revisions", "oldest revisions", "revision")
    and not name.startswith(("picture ", "reads of a post"))
    and name != "picture"
)
# What an editor opens, who may change all that others wrote, but neither people nor settings.
EDITED = tuple(
    name
    for name, path in pages.dashboard_pages().items()
    if not path.startswith(("/admin/people", "/account"))
)
# What a contributor opens, who has neither pictures nor comments to look after.
DRAFTED = tuple(
    name
    for name in OWN
    if not pages.dashboard_pages()[name].startswith(("/admin/uploads", "/admin/comments"))
)
ASKED = [
    *((name, 0) for name in READERS),
    *((name, pages.ADA) for name in MANAGED),
    *((name, pages.EDITOR) for name in EDITED),
    *((name, who) for name in OWN for who in (pages.QUIET, TALKED_ABOUT)),
]
# On the small blog a contributor has not even a page of drafts: cost would not be compared.
PLANNED = [*ASKED, *((name, pages.CONTRIBUTOR) for name in DRAFTED)]
# Pages with no more than one row in them, found by its key, and what is no page.
SMALL = {
    "blog.show_post_by_id": "a redirect, by the key",
    "blog.show_category_by_id": "a redirect, by the key",
    "blog.show_preview": "one post, by the key of its link",
    "blog.reply_comment": "a redirect, by the key",
    "blog.former_upload": "a redirect, by the name",
    "blog.change_theme": "a cookie",
    "blog.change_language": "a cookie",
    "blog.custom_asset": "a file of the one site",
    "blog.upload": "a file, by its digest",
    "admin.show_working_copy": "one text, by its key",
    "admin.session_state": "who is signed in",
    "admin.new_category": "an empty form",
    "admin.edit_category": "one category",
    "admin.new_link": "an empty form",
    "admin.edit_link": "one link",
    "admin.edit_menu_item": "one entry of the menus, of which all are few",
    "admin.edit_redirect": "one redirect",
    "admin.invite": "an empty form",
    "admin.settings": "the one site",
    "admin.health": "the state of the machine, asked for by hand",
}
# Of a position, SQLite seeks by the first column alone, since the second is the key of the row:
# from there it walks along all that are alike in the first, as all tags are that no post has.
TIED_ON_SQLITE = {"least used tags"}
# What may be more without being growth: what waits, and is found and shown one by one.
SPARE_STEPS, SPARE_ROWS = 2500, 300


@pytest.fixture(autouse=True)
def count_few(monkeypatch: pytest.MonkeyPatch, frozen: None) -> Iterator[None]:
    """Let even the small blog have more than is counted or searched, as every large one has."""
    monkeypatch.setattr(counting, "MOST_COUNTED", 20)
    monkeypatch.setattr(word_search, "MOST_SEARCHED", 100)
    monkeypatch.setattr(search, "MOST_RANKED", 40)
    monkeypatch.setattr(shown, "KNOWN_TITLES", 40)
    monkeypatch.setattr(sitemap, "PART", 100)
    monkeypatch.setattr(sitemap, "MOST_CHANGES", 40)
    monkeypatch.setattr(sitemap, "MOST_AUTHORS", 40)
    monkeypatch.setattr(sitemap, "MOST_TAGS", 40)
    monkeypatch.setattr(archive, "MOST_AUTHORS", 40)
    monkeypatch.setattr(relations, "MOST_OF_A_TAG", 20)
    for bound in ("MOST_ALIKE", "MOST_COMPARED", "MOST_TAGGED"):
        monkeypatch.setattr(relating, bound, 40)
    # Two of these bounds stand in statements that are made once.
    forget_statements()
    yield
    forget_statements()


def forget_statements() -> None:
    for made in (sitemap._authors, sitemap._tags):
        made.cache_clear()


def ask(blog: Blog, name: str, user_id: int) -> None:
    """Ask for the page as a process does that has just begun, and keeps nothing of the frame."""
    path = (blog.readers | blog.dashboard)[name]
    blog.app.extensions.pop("bluelog_frame", None)
    answer = blog.client(user_id).get(path)
    expected = 302 if name == pages.REDIRECTED else 200
    assert answer.status_code == expected, f"{path}: {answer.status}"


@pytest.mark.parametrize(("name", "user_id"), PLANNED)
def test_no_page_scans_or_sorts_a_whole_table(
    blogs: tuple[Blog, Blog], name: str, user_id: int
) -> None:
    blog = blogs[1]
    with heard(blog.engine) as statements:
        ask(blog, name, user_id)
    assert statements or name in ASKS_NOTHING
    assert not {each.line: bad for each in statements if (bad := faults(each))}


@pytest.mark.parametrize(("name", "user_id"), ASKED)
def test_no_page_costs_more_on_a_larger_blog(
    blogs: tuple[Blog, Blog], name: str, user_id: int
) -> None:
    if name in TIED_ON_SQLITE and is_sqlite(blogs[0]):
        pytest.xfail("the rows that are alike in the first column of a position are walked along")
    small, large = (cost(blog, name, user_id) for blog in blogs)
    spare = SPARE_STEPS if is_sqlite(blogs[0]) else SPARE_ROWS
    assert large <= 1.25 * small + spare


@pytest.mark.parametrize("job", [*due.JOBS, *due.HOURLY], ids=lambda job: job.__name__)
def test_the_worker_neither_scans_nor_sorts_a_whole_table(
    blogs: tuple[Blog, Blog], job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = blogs[1]
    blog.app.config["MAIL_SERVER"] = "127.0.0.1"
    with blog.app.app_context(), heard(blog.engine) as statements:
        job(NOW)
    assert not {each.line: bad for each in statements if (bad := faults(each))}


def test_relatives_are_looked_for_along_indexes_whatever_the_size(
    blogs: tuple[Blog, Blog],
) -> None:
    taken = []
    for blog in blogs:
        with blog.app.app_context():
            relating.mark_due([301], NOW)
            db.session.commit()
            counted = stepped(blog.engine) if is_sqlite(blog) else nullcontext([0])
            with counted as steps, heard(blog.engine) as statements:
                assert relating.relate_next(NOW) == 1
        assert len(statements) > 10
        assert not {each.line: bad for each in statements if (bad := faults(each))}
        taken.append(steps[0] if is_sqlite(blog) else sum(map(rows_visited, statements)))
    spare = SPARE_STEPS if is_sqlite(blogs[0]) else SPARE_ROWS
    assert taken[1] <= 1.25 * taken[0] + spare


def test_what_these_tests_look_for_is_found(blogs: tuple[Blog, Blog]) -> None:
    engine = blogs[1].engine
    assert faults(Statement(engine, "SELECT id FROM post ORDER BY title LIMIT 5", ()))
    assert faults(Statement(engine, "SELECT count(*) FROM comment", ()))
    within = "SELECT id, (SELECT count(*) FROM comment) FROM post ORDER BY id LIMIT 5"
    assert faults(Statement(engine, within, ()))
    assert not faults(Statement(engine, "SELECT id FROM post ORDER BY id LIMIT 5", ()))


def test_every_page_is_on_the_list(blogs: tuple[Blog, Blog]) -> None:
    blog = blogs[0]
    assert set(blog.readers) == set(READERS)
    urls = blog.app.url_map.bind("localhost")
    addresses = (blog.readers | blog.dashboard).values()
    asked = {urls.match(address.partition("?")[0])[0] for address in addresses}
    there = {
        rule.endpoint
        for rule in blog.app.url_map.iter_rules()
        if rule.endpoint.startswith(("blog.", "admin.")) and "GET" in (rule.methods or ())
    }
    there = {endpoint for endpoint in there if not endpoint.startswith("admin.old_")}
    assert there - asked == SMALL.keys()


# What an address may have with it that chooses no rows of a list, by where it is asked for.
NO_FILTERS = {
    ("copies", "copy"): "the key of one text",
    ("covers", "post"): "the post that the cover is for",
    ("covers", "kind"): "whether that is a post or a page",
    ("menus", "menu"): "the menu that the form begins with",
    ("menus", "target"): "the key of one row",
    ("old_addresses", "filter"): "a redirect",
}
# What is asked for by a name that stands elsewhere.
NAMED_ELSEWHERE = {"filters": {"status", "kind"}, "covers": {"post", "kind"}}
# Where what a module asks for is asked on behalf of another.
FOR = {"filters": "posts"}
FURTHER = (f"author={pages.QUIET}", "tag=3", "month=2026-05", "q=harbour", "q=nothing")


def test_every_list_is_asked_for_with_each_of_its_filters() -> None:
    managed = set(pages.dashboard_pages().values())
    posts = [*(f"status={status}" for status in PostStatus), *(f"kind={kind}" for kind in PostKind)]
    assert {f"/admin/posts?{each}" for each in [*posts, "category=3", *FURTHER]} <= managed
    assert {f"/admin/comments?filter={each}" for each in filter(None, FILTERS)} <= managed
    assert {f"/admin/uploads?filter={each}" for each in filter(None, library.FILTERS)} <= managed
    assert {f"/admin/reads?days={days}" for days in PERIODS} <= managed


def test_every_parameter_of_the_dashboard_is_a_filter_that_is_asked_for(
    blogs: tuple[Blog, Blog],
) -> None:
    app = blogs[0].app
    urls, asked = app.url_map.bind("localhost"), set()
    for address in pages.dashboard_pages().values():
        path, _, query = address.partition("?")
        module = app.view_functions[urls.match(path)[0]].__module__.rpartition(".")[2]
        asked |= {(module, name) for name in parse_qs(query)}
    wanted = {(FOR.get(module, module), name) for module, name in parameters() - NO_FILTERS.keys()}
    assert wanted - asked == set()
    assert NO_FILTERS.keys() <= parameters()


def parameters() -> set[tuple[str, str]]:
    """What the views of the dashboard take from an address, and the modules that do."""
    found = set()
    for path in Path(admin.__file__).parent.glob("*.py"):
        names = re.findall(
            r'request\.(?:args|values)(?:\.get\(|\[)(?:"(\w+)"|\w+)', path.read_text()
        )
        unnamed = NAMED_ELSEWHERE[path.stem] if "" in names else set()
        found |= {(path.stem, name) for name in {*filter(None, names), *unnamed}}
    return found


def cost(blog: Blog, name: str, user_id: int) -> int:
    """What the database does for a page: steps of SQLite's machine, rows on PostgreSQL."""
    if is_sqlite(blog):
        ask(blog, name, user_id)
        with stepped(blog.engine) as taken:
            ask(blog, name, user_id)
        return taken[0]
    with heard(blog.engine) as statements:
        ask(blog, name, user_id)
    return sum(rows_visited(statement) for statement in statements)


def is_sqlite(blog: Blog) -> bool:
    return blog.engine.dialect.name == "sqlite"
