"""The worker finds out which posts are about the same."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bluelog.extensions import db
from bluelog.models import Post, PostTag, Tag
from bluelog.services import overdue, posts, relating, tags
from tests.conftest import NOW
from tests.integration.related.steps import (
    BREAD,
    LOAF,
    change,
    due,
    everything,
    kept,
    relate,
    write,
)


def test_posts_that_share_a_tag_are_related_to_each_other(cast: SimpleNamespace) -> None:
    one, other = write(cast.alice, "One", "Lamps"), write(cast.bob, "Two", "Lamps", "Brass")
    alone = write(cast.bob, "Three", "Boats")
    assert relate() == 3
    assert (kept(one), kept(other), kept(alone)) == ([other], [one], [])


def test_a_rare_tag_comes_before_a_common_one(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", "Lamps", "Everything")
    common = [write(cast.alice, f"Common {n}", "Everything") for n in range(6)]
    rare = write(cast.alice, "Rare", "Lamps")
    relate()
    assert kept(one)[0] == rare
    assert set(kept(one)[1:]) == set(common)


def test_posts_without_tags_are_related_by_their_words(cast: SimpleNamespace) -> None:
    bread = write(cast.alice, "Bread", plain=BREAD)
    loaf = write(cast.bob, "Loaf", plain=LOAF)
    write(cast.bob, "Boats", plain="The ferry leaves the harbour, and gulls follow the ferry.")
    relate()
    assert (kept(bread), kept(loaf)) == ([loaf], [bread])


def test_chinese_posts_are_related_by_their_words(cast: SimpleNamespace) -> None:
    one = write(
        cast.alice, "Mianbao", language="zh-Hans", plain="酸面包需要温暖的厨房。酵母发酵以后膨胀。"
    )
    other = write(
        cast.bob, "Chufang", language="zh-Hans", plain="我的厨房里，酵母发酵了一整天，做出了面包。"
    )
    write(cast.bob, "Duchuan", language="zh-Hans", plain="渡轮中午离开港口，海鸥跟着渡轮。")
    relate()
    assert (kept(one), kept(other)) == ([other], [one])


def test_the_same_language_comes_first(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", "Lamps")
    german = write(cast.alice, "Eins", "Lamps", language="de")
    british = write(cast.alice, "Aye", "Lamps", language="en-GB")
    relate()
    assert kept(one) == [british, german]


def test_a_translation_is_no_relative(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", "Lamps")
    german = write(cast.alice, "Eins", "Lamps", language="de", translation_of=one)
    relate()
    assert kept(one) == kept(german) == []


def test_pages_have_no_relatives_and_are_none(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", plain=BREAD)
    write(cast.ada, "Imprint", kind="page", plain=BREAD)
    assert due() == {one}
    relate()
    assert everything() == []


def test_eight_are_kept_and_a_better_one_takes_the_place_of_the_worst(
    cast: SimpleNamespace,
) -> None:
    first = write(cast.alice, "First", "Lamps", "Brass")
    others = [write(cast.alice, f"Other {n}", "Lamps") for n in range(10)]
    relate()
    before = kept(first)
    assert len(before) == relating.MOST_KEPT
    assert set(before) <= set(others)
    better = write(cast.bob, "Better", "Lamps", "Brass")
    assert due() == {better}
    relate()
    # The older post was not due, and learned of the newer all the same.
    assert kept(first)[0] == better
    assert len(kept(first)) == relating.MOST_KEPT


def test_only_the_newest_posts_of_a_tag_are_looked_at(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluelog.queries.relations.MOST_OF_A_TAG", 2)
    ids = [
        write(cast.alice, title, "Lamps", published_at=NOW - timedelta(days=9 - n))
        for n, title in enumerate(("One", "Two", "Three", "Four", "Five"))
    ]
    db.session.execute(db.delete(relating.RelationDue).where(relating.RelationDue.post_id < ids[4]))
    db.session.commit()
    relate()
    assert set(kept(ids[4])) == {ids[3]}


def test_what_the_newest_are_full_of_hides_no_older_post(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relating, "MOST_ALIKE", 3)
    old = NOW - timedelta(days=90)
    rare = "sextant barometer halyard"
    older = write(cast.alice, "Older", plain=f"{rare} weather", published_at=old)
    for n in range(5):
        write(cast.alice, f"Newer {n}", plain=f"weather thing{n} word{n}", published_at=NOW)
    one = write(cast.bob, "One", plain=f"weather weather {rare}", published_at=NOW)
    relate()
    assert kept(one) == [older]


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trashed", "scheduled"])
def test_what_is_not_public_is_neither_due_nor_found(cast: SimpleNamespace, status: str) -> None:
    one = write(cast.alice, "One", "Lamps")
    later = NOW + timedelta(hours=1) if status == "scheduled" else None
    write(cast.alice, "Two", "Lamps", status=status, published_at=later)
    assert due() == {one}
    relate()
    assert everything() == []


def test_a_scheduled_post_is_due_when_its_time_has_come(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", "Lamps")
    soon = write(
        cast.alice, "Soon", "Lamps", status="scheduled", published_at=NOW - timedelta(seconds=1)
    )
    relate()
    assert overdue.publish(NOW) == 1
    assert due() == {soon}
    relate()
    assert (kept(one), kept(soon)) == ([soon], [one])


def test_what_is_no_longer_public_leaves_every_list(cast: SimpleNamespace) -> None:
    ids = [write(cast.alice, title, "Lamps") for title in ("One", "Two", "Three")]
    relate()
    posts.trash(ids[0], by=cast.eve, at=NOW)
    assert due() == {ids[0]}
    # Those that have lost it look once more, and find nothing new.
    assert relate() == 3
    assert [row[:2] for row in everything()] == [(ids[1], ids[2]), (ids[2], ids[1])]
    posts.restore(ids[0], by=cast.eve, at=NOW)
    relate()
    assert set(kept(ids[0])) == {ids[1], ids[2]}


def test_a_purged_post_takes_its_rows_along(cast: SimpleNamespace) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    relate()
    posts.trash(one, by=cast.eve, at=NOW)
    assert overdue.purge(NOW + timedelta(days=31)) == 1
    assert everything() == []
    assert due() == set()
    assert kept(two) == []


CHANGES: dict[str, Any] = {
    "the title": lambda it: change(it.id, title="Renamed"),
    "the text": lambda it: change(it.id, plain="Other words altogether"),
    "the language": lambda it: change(it.id, language="fr"),
    "publicity": lambda it: change(it.id, status="private"),
    "a tag more": lambda it: _retag(it.id, "Lamps", "Brass"),
    "a tag less": lambda it: _retag(it.id),
    "a tag is deleted": lambda it: tags.delete(_tag(), by=it.eve, at=NOW),
    "a tag is merged": lambda it: tags.merge(_tag(), "Brass", by=it.eve, at=NOW),
}
NO_CHANGES: dict[str, Any] = {
    "a comment's count": lambda it: change(it.id, comment_count=4),
    "the slug": lambda it: change(it.id, slug="elsewhere"),
    "nothing": lambda it: change(it.id, title="One"),
    "a tag is renamed": lambda it: tags.change(_tag(), "Lights", slug="lights", by=it.eve, at=NOW),
}


def _retag(post_id: int, *names: str) -> None:
    with relating.unit_of_work():
        tags.put_on(db.session.get_one(Post, post_id), names)


def _tag() -> int:
    found = db.session.scalars(db.select(Tag.id).where(Tag.name == "Lamps")).one()
    db.session.rollback()
    return int(found)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_it_is_about_makes_a_post_due(cast: SimpleNamespace, what: str) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    write(cast.alice, "Three", "Brass")
    relate()
    CHANGES[what](SimpleNamespace(id=one, eve=cast.eve))
    assert due() == ({one, two} if what.startswith("a tag is") else {one})


@pytest.mark.parametrize("what", NO_CHANGES)
def test_nothing_else_does(cast: SimpleNamespace, what: str) -> None:
    one = write(cast.alice, "One", "Lamps")
    write(cast.alice, "Two", "Lamps")
    relate()
    NO_CHANGES[what](SimpleNamespace(id=one, eve=cast.eve))
    assert due() == set()


def test_what_is_rolled_back_makes_nothing_due(cast: SimpleNamespace) -> None:
    one = write(cast.alice, "One", "Lamps")
    relate()
    post = db.session.get_one(Post, one)
    post.title = "Never"
    db.session.flush()
    db.session.rollback()
    db.session.get_one(Post, one).comment_count = 1
    db.session.commit()
    assert due() == set()


def test_a_tag_that_is_gone_relates_nothing_any_more(cast: SimpleNamespace) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    relate()
    assert kept(one) == [two]
    tags.delete(_tag(), by=cast.eve, at=NOW)
    assert relate() == 2
    assert everything() == []
    assert db.session.scalars(db.select(PostTag)).all() == []
