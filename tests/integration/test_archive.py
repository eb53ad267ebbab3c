"""The archive: months that are kept in step with posts, and in the site's time zone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from bluelog.extensions import db
from bluelog.models import ArchiveMonth, Post, PostStatus, Series, Site
from bluelog.operations.demo.forge import forge_demo
from bluelog.queries import archive
from bluelog.queries.paging import Window
from bluelog.queries.people import person_by_username
from bluelog.services import overdue
from bluelog.text.months import month_of, month_span
from bluelog.uow import unit_of_work
from tests.browsing import browser
from tests.changes import SEEN, UNSEEN
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing
from tests.integration.importing.sources import furnish, on_file
from tests.integration.importing.steps import bring
from tests.making import make_post, tag
from tests.stage import Stage, staged

CHANGES = SEEN | UNSEEN
# In Shanghai it is the next year.
EVE = datetime(2025, 12, 31, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("archive")) as stage:
        yield stage


def kept() -> dict[tuple[int, int], int]:
    db.session.rollback()
    rows = db.session.scalars(db.select(ArchiveMonth))
    return {(row.year, row.month): row.post_count for row in rows if row.post_count}


def anew() -> dict[tuple[int, int], int]:
    """The same, counted post by post."""
    zone = ZoneInfo(db.session.scalars(db.select(Site.time_zone)).one())
    published = (Post.kind == "post", Post.status == PostStatus.PUBLISHED)
    moments: Sequence[datetime] = db.session.scalars(
        db.select(Post.published_at).where(*published)
    ).all()  # type: ignore[assignment]
    return dict(Counter(month_of(moment, zone) for moment in moments))


def set_zone(name: str) -> ZoneInfo:
    db.session.scalars(db.select(Site)).one().time_zone = name
    db.session.commit()
    return ZoneInfo(name)


# A statement that changes posts says nothing of each; the one there is writes titles.
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_leaves_the_months_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        CHANGES[name](Doing(stage))
        assert kept() == anew() != {}
    stage.restore()


def test_what_is_brought_in_is_counted(stage: Stage, tmp_path: Path) -> None:
    other = furnish(on_file(tmp_path / "old.db"))
    with stage.app.app_context(), closing(other):
        before = sum(kept().values())
        bring(other)
        assert kept() == anew()
        assert sum(kept().values()) > before
    stage.restore()


def test_the_demo_is_counted(app: Flask) -> None:
    with app.app_context():
        forge_demo(NOW)
        assert kept() == anew()
        assert len(kept()) > 3


def test_months_are_those_of_the_sites_zone(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "Eve", published_at=EVE)
    make_post(cast.alice, "About", kind="page", published_at=EVE)
    make_post(cast.alice, "March")
    assert kept() == {(2025, 12): 1, (2026, 3): 1}
    zone = set_zone("Asia/Shanghai")
    assert kept() == {(2026, 1): 1, (2026, 3): 1}
    assert listed(2026, 1, zone) == ["Eve"]
    assert listed(2025, 12, zone) == []
    make_post(cast.alice, "Eve again", published_at=EVE)
    assert kept() == {(2026, 1): 2, (2026, 3): 1}
    set_zone("UTC")
    assert kept() == {(2025, 12): 2, (2026, 3): 1}


def listed(year: int, month: int, zone: ZoneInfo, *, at: datetime = NOW) -> list[str]:
    page = archive.span_page(month_span(year, month, zone), at, Window(20))
    return [card.post.title for card in page.items]


def test_a_post_that_is_dated_anew_is_counted_where_it_went(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice)
    db.session.commit()
    db.session.get_one(Post, made.id).published_at = EVE
    db.session.commit()
    assert kept() == {(2025, 12): 1}


def test_a_scheduled_post_is_in_its_month_from_its_minute_on(cast: SimpleNamespace) -> None:
    later, zone = NOW + timedelta(days=30), ZoneInfo("UTC")
    make_post(cast.alice, "Out")
    make_post(cast.alice, "Soon", status="scheduled", published_at=later)
    make_post(cast.alice, "Soon here", status="scheduled", published_at=later, kind="page")
    assert archive.months(NOW, zone) == [(2026, 3, 1)]
    assert archive.months(later, zone) == [(2026, 4, 1), (2026, 3, 1)]
    assert (listed(2026, 4, zone), listed(2026, 4, zone, at=later)) == ([], ["Soon"])
    overdue.publish(later)
    assert archive.months(later, zone) == [(2026, 4, 1), (2026, 3, 1)]
    assert kept() == anew()


def put_in_series(name: str, post: Post) -> None:
    key = name.lower()
    with unit_of_work():
        post = db.session.get_one(Post, post.id)
        db.session.add(made := Series(name=name, name_key=key, slug=key))
        db.session.flush()
        post.series_id, post.part = made.id, 1


def test_the_archive_leads_to_every_list(site: Flask) -> None:
    with site.app_context():
        alice, bob = person_by_username("alice"), person_by_username("bob")
        assert alice
        assert bob
        tag(make_post(alice, "Eve", published_at=EVE), "Tea")
        alone = make_post(bob, "March")
        tag(alone, "Tea", "Rain")
        hidden = make_post(bob, "Draft", status="draft")
        tag(hidden, "Hidden")
        put_in_series("Voyages", alone)
        put_in_series("Plans", hidden)
    with time_machine.travel(NOW, tick=False):
        page = browser(site).get("/archive").text
        assert 'href="/archive"' in browser(site).get("/").text
    for path in ("/archive/2026", "/archive/2026/03", "/archive/2025/12", "/category/general"):
        assert f'href="{path}"' in page
    for path in ("/tag/tea", "/tag/rain", "/series/voyages", "/author/alice", "/author/bob"):
        assert f'href="{path}"' in page
    assert "/tag/hidden" not in page
    assert "/series/plans" not in page
    assert "/author/eve" not in page


@pytest.mark.parametrize(
    ("language", "month", "year"),
    [("en", ">March 2026</h1>", ">2026</h1>"), ("zh-Hans", "2026年3月", "2026年")],
)
def test_months_and_years_are_paged_by_position(
    site: Flask, language: str, month: str, year: str
) -> None:
    with site.app_context():
        alice = person_by_username("alice")
        assert alice
        size = int(site.config["BLUELOG_POST_PER_PAGE"])
        for number in range(size + 1):
            at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=number)
            make_post(alice, f"Post {number}", published_at=at)
        make_post(alice, "Last year", published_at=EVE)
        make_post(alice, "February", published_at=datetime(2026, 2, 1, tzinfo=UTC))
    with time_machine.travel(NOW, tick=False):
        client = browser(site)
        first = client.get(f"/archive/2026/03?lang={language}").text
        assert month in first
        assert f">Post {size}<" in first
        assert ">Post 0<" not in first
        last = client.get("/archive/2026/03?before=end").text
        assert ">Post 0<" in last
        assert ">February<" not in last
        assert 'href="/archive/2026/02"' in last
        whole = client.get(f"/archive/2026?before=end&lang={language}").text
        assert year in whole
        assert ">February<" in whole
        assert ">Last year<" not in whole


def test_there_is_no_page_of_a_month_without_posts(site: Flask) -> None:
    for path in ("/archive/2026/03", "/archive/2026", "/archive/9999/12", "/archive/2026/3"):
        assert browser(site).get(path).status_code == 404
    page = browser(site).get("/archive")
    assert page.status_code == 200
    assert "Nothing is published yet" in page.text
