"""What search engines are told: all that is public, nothing else, in parts."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from bluelog.blueprints.blog.sitemap import AI_CRAWLERS
from bluelog.extensions import db
from bluelog.models import Category
from bluelog.queries import sitemap
from bluelog.services import posts
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing
from tests.feed_rules import IMAGE, MAP, faults_of_sitemap, read
from tests.making import make_post, tag
from tests.pictures import keep, photograph
from tests.stage import Stage, staged


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("sitemap")) as stage:
        yield stage


@pytest.fixture(autouse=True)
def put_back(stage: Stage) -> Iterator[None]:
    """Everything as it was, whatever a test did."""
    yield
    stage.restore()


def told(client: FlaskClient) -> dict[str, Any]:
    """Every address in every part, with its element; each part is looked at."""
    index = client.get("/sitemap.xml")
    assert faults_of_sitemap(index.data, index.headers["Content-Type"]) == []
    found: dict[str, Any] = {}
    for part in read(index.data):
        answer = client.get((part.findtext(f"{MAP}loc") or "").removeprefix("http://localhost"))
        assert faults_of_sitemap(answer.data, answer.headers["Content-Type"]) == []
        found |= {place.findtext(f"{MAP}loc"): place for place in read(answer.data)}
    return {url.removeprefix("http://localhost"): place for url, place in found.items()}


def test_all_that_is_public_is_told_and_nothing_else(stage: Stage) -> None:
    client = stage.client()
    addresses = set(told(client))
    wanted = {f"/post/{name}s-published" for name in ("alice", "bob", "carol")}
    assert addresses == {
        "/",
        "/about",
        "/about/history",
        "/archive",
        "/category/general",
        "/tag/lamps",
        "/series/voyages",
        *wanted,
    } | {f"/author/{name}" for name in ("ada", "alice", "bob", "carol")}
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_parts_of_any_size_tell_the_same(
    stage: Stage, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = set(told(stage.client()))
    monkeypatch.setattr(sitemap, "PART", size)
    stage.restore()
    assert set(told(stage.client())) == whole
    with stage.app.app_context():
        last = sitemap.parts(NOW)[0]
    for number in (last + 1, 0, 2**31):
        assert stage.client().get(f"/sitemap-{number}.xml").status_code == 404


def test_pictures_and_the_last_change_are_told(stage: Stage) -> None:
    later = NOW + timedelta(hours=1)
    with stage.app.app_context():
        do = Doing(stage)
        cover = keep(photograph(200, 100), do.alice)
        other = keep(photograph(300, 100), do.alice)
        source = f'<p><img src="/uploads/{other.filename}" alt="x"></p>'
        post = do.alices_published
        content = do.content("alices_published", source=source, cover_id=cover.id)
        posts.save(post.id, content, version=post.version, by=do.eve, at=later)
        names = [cover.filename, other.filename]
    place = told(stage.client())["/post/alices-published"]
    assert place.findtext(f"{MAP}lastmod") == "2026-03-10T13:00:00Z"
    pictures = [picture.text for picture in place.iter(f"{IMAGE}loc")]
    assert pictures == [f"http://localhost/uploads/{name}" for name in names]


def dated_parts(stage: Stage) -> list[str | None]:
    """When each part of the posts was changed last, the first part first."""
    index = read(stage.client().get("/sitemap.xml").data)
    found = {part.findtext(f"{MAP}loc"): part.findtext(f"{MAP}lastmod") for part in index}
    assert found.pop("http://localhost/sitemap-lists.xml") is None
    return list(found.values())


def test_each_part_tells_when_it_was_changed_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PART", 3)
    stage.restore()
    before = dated_parts(stage)
    changed = {"2026-03-09T12:00:00Z", None}
    assert set(before) <= changed
    assert before[0] == "2026-03-09T12:00:00Z"
    with stage.app.app_context():
        do = Doing(stage)
        part = (do.id("bobs_published") - 1) // 3
        post = do.bobs_published
        content = do.content("bobs_published", title="Anew")
        posts.save(post.id, content, version=post.version, by=do.eve, at=NOW + timedelta(hours=1))
    after = dated_parts(stage)
    assert after[part] == "2026-03-10T13:00:00Z"
    assert [at for n, at in enumerate(after) if n != part] == [
        at for n, at in enumerate(before) if n != part
    ]


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8, 13])
def test_what_is_told_of_a_part_is_right_however_little_is_looked_at(
    stage: Stage, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PART", 2)
    chance = Random(most)
    with stage.app.app_context():
        do = Doing(stage)
        for number in range(16):
            at = NOW - timedelta(hours=chance.randrange(200))
            edited = at + timedelta(hours=chance.randrange(-50, 90))
            dates = {"published_at": at, "created_at": at, "updated_at": edited}
            dates["revised_at"] = chance.choice([None, edited])
            make_post(do.alice, f"Dated {number}", **dates)
        # What was revised was saved at that time, if not later.
        exact = sitemap.changes(NOW)
        monkeypatch.setattr(sitemap, "MOST_CHANGES", most)
        told = sitemap.changes(NOW)
    assert told.items() <= exact.items()
    assert told or most < 5


def test_a_scheduled_post_is_told_at_its_minute(stage: Stage) -> None:
    soon = NOW + timedelta(minutes=5)
    with stage.app.app_context():
        do = Doing(stage)
        db.session.add(Category(id=901, name="Only soon", name_key="only soon", slug="only-soon"))
        db.session.commit()
        post = make_post(do.alice, "Soon", status="scheduled", published_at=soon, category_id=901)
        tag(post, "Nowhere else")
    places = {"/post/soon", "/category/only-soon", "/tag/nowhere-else"}
    assert not places & set(told(stage.client()))
    with time_machine.travel(soon, tick=False):
        assert places <= set(told(stage.client())), "before the worker has counted it"
        assert "Soon" in stage.client().get("/feed.atom").text


def test_robots_are_asked_to_leave_or_to_stay_by_setting(stage: Stage) -> None:
    before = stage.client().get("/robots.txt")
    assert before.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://localhost/sitemap.xml" in before.text
    assert not [name for name in AI_CRAWLERS if name in before.text]
    ada = browser(stage.app, "ada")
    form = {"title": "The Lantern", "language": "en", "time_zone": "UTC", "text_font": "serif"}
    form |= {"slug_style": "pinyin", "feed_text": "excerpt", "version": "1"}
    assert post(ada, "/admin/settings", form).status_code == 303
    refused = stage.client().get("/robots.txt").text
    group = refused.partition("User-agent: AI2Bot")[2].partition("Sitemap")[0]
    assert [name for name in AI_CRAWLERS[1:] if f"User-agent: {name}\n" not in group] == []
    assert group.rstrip().endswith("Disallow: /")
    assert "<content" not in stage.client().get("/feed.atom").text
    wrong = post(ada, "/admin/settings", form | {"feed_text": "half", "version": "2"})
    assert wrong.status_code == 422
