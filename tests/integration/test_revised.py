"""When readers are told that a post was changed: what they read of it was, since it was out."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bluelog.extensions import db
from bluelog.models import Post, Site
from bluelog.services import categories, posts
from bluelog.services.content import Content
from bluelog.text.wall_time import wall_time
from tests.conftest import NOW
from tests.pictures import keep, photograph

DAY = timedelta(days=1)


def content(**more: Any) -> Content:
    filled = {"title": "The ferry", "source": "<p>It leaves at nine.</p>", "language": "en"}
    return Content(**filled | more)


def zone() -> ZoneInfo:
    return ZoneInfo(db.session.scalars(db.select(Site.time_zone)).one())


def published(by: Any) -> Post:
    return posts.create_published(content(), by=by, at=NOW)


def saved_as(post: Post, by: Any, **changed: Any) -> Post:
    return posts.save(post.id, content(**changed), version=post.version, by=by, at=NOW + DAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "The boat"},
        {"source": "<p>It leaves at ten.</p>"},
        {"excerpt": "Of boats"},
        {"language": "fr"},
        {"with_contents": True},
    ],
)
def test_another_text_is_an_update(cast: SimpleNamespace, changed: dict[str, Any]) -> None:
    assert saved_as(published(cast.alice), cast.alice, **changed).revised_at == NOW + DAY


def test_another_cover_is_an_update(cast: SimpleNamespace) -> None:
    cover = keep(photograph(300, 100), cast.alice)
    post = published(cast.alice)
    assert saved_as(post, cast.alice, cover_id=cover.id).revised_at == NOW + DAY


def test_what_is_saved_as_it_was_is_none(cast: SimpleNamespace) -> None:
    other = categories.create("Boats", by=cast.eve, at=NOW).id
    post = published(cast.alice)
    aside = {"comments_open": False, "category_id": other, "slug": "boat", "tags": ("Tea",)}
    assert saved_as(post, cast.alice).revised_at is None
    assert saved_as(post, cast.alice, **aside).revised_at is None


def test_what_is_changed_before_its_day_is_none(cast: SimpleNamespace) -> None:
    appears = wall_time(NOW + 4 * DAY, zone())
    post = posts.create_published(content(appears=appears), by=cast.alice, at=NOW)
    assert saved_as(post, cast.alice, title="The boat").revised_at is None


def test_who_takes_it_back_and_gives_it_a_later_day_begins_anew(cast: SimpleNamespace) -> None:
    post = saved_as(published(cast.alice), cast.alice, title="The boat")
    again = content(title="The boat")
    posts.withdraw(post.id, again, version=2, by=cast.alice, at=NOW + DAY)
    later = content(title="The boat", appears=wall_time(NOW + 4 * DAY, zone()))
    posts.publish(post.id, later, version=3, by=cast.alice, at=NOW + DAY)
    assert (post.published_at, post.revised_at) == (NOW + 4 * DAY, None)
