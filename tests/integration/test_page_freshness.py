"""What readers see is what is committed: every change is in the next answer, nothing else is made
anew.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from bluelog.extensions import db
from bluelog.models import PostAuthor, PostStatus
from bluelog.services import overdue, posts
from bluelog.uow import unit_of_work
from bluelog.web.visitor import THEMES
from tests.changes import AGAIN, SEEN, UNSEEN
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Act, Doing, committed
from tests.integration.importing.sources import furnish, on_file
from tests.integration.importing.steps import bring
from tests.kept import ONE_VARIANT, UNTOLD, VARIANTS, Readers
from tests.making import make_comment, make_post
from tests.stage import Stage, staged
from tests.windows import short_windows

PAGES = [
    "/",
    "/?before=end",
    "/links",
    "/category/general",
    "/category/travel",
    "/tag/lamps",
    "/series/voyages",
    "/series/voyages?before=end",
    "/series/letters",
    "/series/voyages/feed.atom",
    "/post/carols-published",
    "/tag/lanterns",
    "/tag/quiet",
    "/archive",
    "/archive/2026",
    "/archive/2026/03",
    "/author/alice",
    "/author/bob",
    "/author/rita",
    "/about",
    "/about/history",
    "/history",
    "/us/history",
    "/imprint/history",
    "/post/alices-published",
    "/post/alices-draft",
    "/post/soon",
    "/post/bobs-published",
    "/post/bobs-published?before=end",
    "/post/bobs-published?notice=comment-pending",
    "/feed.atom",
    "/category/general/feed.rss",
    "/author/alice/feed.json",
    "/comments/feed.atom",
    "/post/bobs-published/feed.rss",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-lists.xml",
    "/sitemap-1.xml",
    "/sitemap-2.xml",
    "/sitemap-4.xml",
]
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("fresh")) as stage:
        yield stage


@pytest.fixture(scope="module")
def readers(stage: Stage) -> Iterator[Readers]:
    made = Readers(stage.app)
    yield made
    made.close()


@pytest.fixture
def blog(stage: Stage, readers: Readers) -> Iterator[Readers]:
    """Everything as it was, and nothing kept of it."""
    yield readers
    stage.restore()


@pytest.fixture(autouse=True)
def look_at_few() -> Iterator[None]:
    """Let what was changed last push something else out of view."""
    with short_windows():
        yield


def do(stage: Stage, act: Act) -> None:
    with stage.app.app_context():
        act(Doing(stage))


def check_seen(stage: Stage, blog: Readers, act: Act, variants: Any) -> None:
    before = blog.warm(PAGES, variants)
    do(stage, act)
    assert list(blog.stale(PAGES, variants)) == []
    assert blog.warm(PAGES, variants[:1]) != before, "nobody could have seen it"


@pytest.mark.parametrize("name", SEEN)
def test_a_change_is_in_the_next_answer(stage: Stage, blog: Readers, name: str) -> None:
    check_seen(stage, blog, SEEN[name], ONE_VARIANT)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "name"), list(enumerate(SEEN)))
def test_a_change_is_in_other_variants(stage: Stage, blog: Readers, number: int, name: str) -> None:
    # One theme in each language, and the next theme with the next change.
    theme = THEMES[number % len(THEMES)]
    check_seen(stage, blog, SEEN[name], [each for each in VARIANTS if each.theme == theme])


def test_what_the_blog_decides_is_in_the_next_answer(stage: Stage, blog: Readers) -> None:
    before = blog.warm(["/"], UNTOLD)
    do(stage, SEEN["the language of the blog"])
    assert list(blog.stale(PAGES, UNTOLD)) == []
    assert blog.warm(["/"], UNTOLD) != before


@pytest.mark.parametrize("name", AGAIN)
def test_a_second_change_is_in_the_next_answer(stage: Stage, blog: Readers, name: str) -> None:
    first, second = AGAIN[name]
    do(stage, first)
    check_seen(stage, blog, second, ONE_VARIANT)


@pytest.mark.parametrize("name", UNSEEN)
def test_what_readers_do_not_see_makes_nothing_anew(stage: Stage, blog: Readers, name: str) -> None:
    kept = [path for path, said in blog.warm(PAGES, ONE_VARIANT).items() if said.status == 200]
    assert len(kept) > 9
    do(stage, UNSEEN[name])
    assert {blog.ask(path, *ONE_VARIANT)[1] for path in kept} == {"bluelog; hit"}
    assert list(blog.stale(PAGES, ONE_VARIANT)) == []


def _dated(do: Doing) -> None:
    """Let each public post, and one that is private, have changed at another time."""
    do.change("carols_published", posts.make_private)
    for hours, name in enumerate(("alices_published", "carols_published", "bobs_published")):
        at = NOW - timedelta(hours=9 - hours)
        committed(published_at=at, updated_at=at)(getattr(do, name))


HIDDEN: dict[str, Act] = {
    "a draft is saved": UNSEEN["a draft is saved"],
    "a draft is made": UNSEEN["a draft is made"],
    "what is private is saved": lambda do: do.change("carols_published", excerpt="Other words"),
    "what is private gets another date": lambda do: committed(published_at=NOW)(
        do.carols_published
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_only_writers_see_pushes_nothing_out_of_view(
    stage: Stage, blog: Readers, name: str
) -> None:
    do(stage, _dated)
    told = blog.warm(["/sitemap.xml"], ONE_VARIANT)["/sitemap.xml"].body
    assert b"2026-03-10T05:00:00Z" in told, "nothing is told that might be lost"
    blog.warm(PAGES, ONE_VARIANT)
    do(stage, HIDDEN[name])
    assert blog.ask("/sitemap.xml", *ONE_VARIANT)[1] == "bluelog; hit"
    assert list(blog.stale(PAGES, ONE_VARIANT)) == []


def test_a_post_that_is_saved_as_it_was_leaves_nothing_stale(stage: Stage, blog: Readers) -> None:
    do(stage, _dated)
    blog.warm(PAGES, ONE_VARIANT)
    do(stage, lambda do: do.change("alices_published"))
    assert list(blog.stale(PAGES, ONE_VARIANT)) == []


def test_what_is_said_on_one_post_leaves_the_others_alone(stage: Stage, blog: Readers) -> None:
    blog.warm(PAGES, ONE_VARIANT)
    do(stage, SEEN["a comment is approved"])
    assert blog.ask("/post/alices-published", *ONE_VARIANT)[1] == "bluelog; hit"
    assert blog.ask("/about", *ONE_VARIANT)[1] == "bluelog; hit"
    assert blog.ask("/post/bobs-published", *ONE_VARIANT)[1] == "bluelog; fwd=miss"
    assert blog.ask("/", *ONE_VARIANT)[1] == "bluelog; fwd=miss"


def _schedule(do: Doing) -> None:
    make_post(do.alice, "Soon", status=PostStatus.SCHEDULED, published_at=LATER)
    page = make_post(do.alice, "Soon here", kind="page", status="scheduled", published_at=LATER)
    db.session.execute(db.delete(PostAuthor).where(PostAuthor.post_id == page.id))
    db.session.commit()


def test_time_alone_publishes_what_was_scheduled(stage: Stage, blog: Readers) -> None:
    do(stage, _schedule)
    before = blog.warm(PAGES, ONE_VARIANT)
    with time_machine.travel(LATER - timedelta(microseconds=1), tick=False):
        assert blog.ask("/", *ONE_VARIANT)[1] == "bluelog; hit"
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
    with time_machine.travel(LATER, tick=False):
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
        after = blog.warm(PAGES, ONE_VARIANT)
        assert all(before[path] != after[path] for path in ("/", "/post/soon", "/links", "/about"))
        do(stage, lambda _do: overdue.publish(LATER))
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
        assert blog.warm(PAGES, ONE_VARIANT) == after


def test_time_alone_closes_comments(stage: Stage, blog: Readers) -> None:
    def close(doing: Doing) -> None:
        doing.bobs_published.published_at = LATER - timedelta(days=3)
        db.session.commit()
        doing.prefer(comment_days=3)

    do(stage, close)
    before = blog.warm(PAGES, ONE_VARIANT)
    with time_machine.travel(LATER - timedelta(microseconds=1), tick=False):
        assert blog.ask("/post/bobs-published", *ONE_VARIANT)[1] == "bluelog; hit"
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
    with time_machine.travel(LATER, tick=False):
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
        after = blog.warm(PAGES, ONE_VARIANT)
    changed = {path for path in before if before[path] != after[path]}
    pages = {path for path in PAGES if path.startswith("/post/bobs-published")}
    # What was said stays in its feed.
    assert changed == pages - {"/post/bobs-published/feed.rss"}


def test_the_day_changes_the_stamp_of_the_form(stage: Stage, blog: Readers) -> None:
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    before = blog.warm(PAGES, ONE_VARIANT)
    with time_machine.travel(midnight - timedelta(microseconds=1), tick=False):
        assert blog.ask("/post/bobs-published", *ONE_VARIANT)[1] == "bluelog; hit"
    with time_machine.travel(midnight, tick=False):
        assert list(blog.stale(PAGES, ONE_VARIANT)) == []
        assert blog.ask("/post/bobs-published", *ONE_VARIANT)[0] != before["/post/bobs-published"]


def test_a_clock_that_is_set_back_shows_no_page_from_the_future(
    stage: Stage, blog: Readers
) -> None:
    do(stage, _schedule)
    with time_machine.travel(LATER, tick=False):
        blog.warm(PAGES, ONE_VARIANT)
    assert list(blog.stale(PAGES, ONE_VARIANT)) == []


def test_another_blog_that_comes_in_is_seen(stage: Stage, blog: Readers, tmp_path: Any) -> None:
    other = furnish(on_file(tmp_path / "other.db"))
    try:
        check_seen(stage, blog, lambda _do: bring(other), ONE_VARIANT)
    finally:
        other.close()


def test_a_change_that_fails_at_the_end_leaves_no_trace(stage: Stage, blog: Readers) -> None:
    blog.warm(PAGES, ONE_VARIANT)

    def fail(do: Doing) -> None:
        with pytest.raises(RuntimeError, match="at the end"), unit_of_work():
            do.alices_published.title = "Never"
            db.session.flush()
            raise RuntimeError("at the end")
        make_comment(do.bobs_published, "Something unseen", status="pending")

    do(stage, fail)
    assert blog.ask("/post/alices-published", *ONE_VARIANT)[1] == "bluelog; hit"
    assert blog.ask("/", *ONE_VARIANT)[1] == "bluelog; hit"
