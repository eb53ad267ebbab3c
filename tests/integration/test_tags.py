"""Tags: made by use, counted, renamed, merged and deleted without an address being lost."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog.errors import NotAllowed, NotFound, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import Post, PostStatus, PostTag, Redirect, Site, Tag
from bluelog.queries import tags as queries
from bluelog.queries import word_search
from bluelog.queries.paging import Window
from bluelog.services import overdue, posts, tags
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post, tag
from tests.racing import at_once

LATER = NOW + timedelta(hours=1)


def content(*names: str, title: str = "A post") -> posts.Content:
    return posts.Content(title, "<p>Words.</p>", "en", tags=names)


def saved(made: Post, by: object, *names: str, verb: object = posts.save) -> None:
    verb(made.id, content(*names), version=made.version, by=by, at=NOW)  # type: ignore[operator]


def names_of(made: Post) -> list[str]:
    return [row.name for row in queries.tags_of(made.id)]


def known(name: str) -> Tag:
    return db.session.scalars(db.select(Tag).where(Tag.name == name)).one()


def counted() -> dict[str, int]:
    db.session.expire_all()
    return {row.name: row.post_count for row in db.session.scalars(db.select(Tag))}


def titles(name: str, *, at: object = NOW) -> list[str]:
    page = queries.tag_page(known(name), at, Window(20))  # type: ignore[arg-type]
    return [card.post.title for card in page.items]


def assert_in_step() -> None:
    """Whatever was done, rows and counts are what they would be if made anew."""
    db.session.rollback()
    for row in db.session.scalars(db.select(PostTag)):
        its = db.session.get_one(Post, row.post_id)
        is_listed = its.status in (PostStatus.PUBLISHED, PostStatus.SCHEDULED)
        assert row.public_at == (its.published_at if is_listed else None)
        assert (row.status, row.edited_at) == (its.status, its.updated_at)
    published = db.func.count().filter(Post.status == PostStatus.PUBLISHED)
    anew = db.select(Tag.name, published).select_from(Tag)
    anew = anew.outerjoin(PostTag, PostTag.tag_id == Tag.id).outerjoin(PostTag.post)
    assert counted() == dict(db.session.execute(anew.group_by(Tag.id)).all())


def test_new_names_become_tags_and_known_ones_are_found_again(cast: SimpleNamespace) -> None:
    made = posts.create(content("Tea", "雨 夜"), by=cast.carol, at=NOW)
    assert names_of(made) == ["Tea", "雨 夜"]
    assert [row.slug for row in queries.tags_of(made.id)] == ["tea", "yu-ye"]
    other = posts.create(content("ＴＥＡ", "tea", "Rain"), by=cast.alice, at=NOW)
    assert names_of(other) == ["Tea", "Rain"]
    assert db.session.scalar(db.select(db.func.count(Tag.id))) == 3


def test_the_slug_is_in_the_script_that_the_site_prefers(cast: SimpleNamespace) -> None:
    db.session.execute(db.update(Site).values(slug_style="native"))
    db.session.commit()
    made = posts.create(content("雨夜", "C++", "C#"), by=cast.alice, at=NOW)
    assert [row.slug for row in queries.tags_of(made.id)] == ["雨夜", "c", "c-2"]


def test_tags_stand_in_the_order_they_were_given(cast: SimpleNamespace) -> None:
    made = posts.create(content("One", "Two", "Three"), by=cast.alice, at=NOW)
    saved(made, cast.alice, "Three", "One", "Four")
    assert names_of(made) == ["Three", "One", "Four"]
    saved(made, cast.alice)
    assert names_of(made) == []


def test_who_says_nothing_of_tags_leaves_them(cast: SimpleNamespace) -> None:
    made = posts.create(content("Tea"), by=cast.alice, at=NOW)
    said = posts.Content("Other", "<p>Words.</p>", "en")
    posts.save(made.id, said, version=made.version, by=cast.alice, at=NOW)
    assert names_of(made) == ["Tea"]


def test_a_page_has_no_tags(cast: SimpleNamespace) -> None:
    made = posts.create(content("Tea"), by=cast.eve, at=NOW, kind="page")  # type: ignore[arg-type]
    assert names_of(made) == []
    assert counted() == {}


def test_the_same_form_twice_is_one_post_unless_other_tags_come_with_it(
    cast: SimpleNamespace,
) -> None:
    given = {"by": cast.alice, "at": NOW, "submission_id": "submission-of-a-test"}
    made = posts.create(content("Tea", "Rain"), **given)
    assert posts.create(content("tea", "rain"), **given).id == made.id
    for names in (("Tea",), ("Rain", "Tea"), ("Tea", "Rain", "Wind")):
        with pytest.raises(VersionConflict):
            posts.create(content(*names), **given)


@pytest.mark.parametrize(
    "names", [("x" * 61,), ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 8,), ("a, b",)]
)
def test_a_name_that_is_none_is_refused_and_nothing_is_saved(
    cast: SimpleNamespace, names: tuple[str, ...]
) -> None:
    with pytest.raises(RuleBroken) as refused:
        posts.create(content(*names), by=cast.alice, at=NOW)
    assert refused.value.field == "tags"
    assert db.session.scalars(db.select(Post)).all() == []
    assert counted() == {}


def test_twenty_tags_are_enough(cast: SimpleNamespace) -> None:
    names = [f"tag {number}" for number in range(21)]
    with pytest.raises(RuleBroken) as refused:
        posts.create(content(*names), by=cast.alice, at=NOW)
    assert "20" in str(refused.value)
    assert len(names_of(posts.create(content(*names[:20]), by=cast.alice, at=NOW))) == 20


def test_whatever_happens_to_a_post_its_tags_are_in_step(cast: SimpleNamespace) -> None:
    made = posts.create(content("Tea"), by=cast.alice, at=NOW)
    assert counted() == {"Tea": 0}
    saved(made, cast.alice, "Tea", "Rain", verb=posts.publish)
    assert counted() == {"Tea": 1, "Rain": 1}
    saved(made, cast.alice, "Rain")
    assert counted() == {"Tea": 0, "Rain": 1}
    saved(made, cast.alice, "Wind", verb=posts.make_private)
    assert counted() == {"Tea": 0, "Rain": 0, "Wind": 0}
    saved(made, cast.alice, "Wind", "Tea", verb=posts.publish)
    posts.trash(made.id, by=cast.alice, at=NOW)
    assert counted() == {"Tea": 0, "Rain": 0, "Wind": 0}
    assert_in_step()
    posts.restore(made.id, by=cast.alice, at=NOW)
    assert counted() == {"Tea": 1, "Rain": 0, "Wind": 1}
    assert_in_step()
    posts.trash(made.id, by=cast.alice, at=NOW)
    assert overdue.purge(NOW + timedelta(days=31)) == 1
    assert counted() == {"Tea": 0, "Rain": 0, "Wind": 0}
    assert db.session.scalars(db.select(PostTag)).all() == []


def test_a_scheduled_post_is_listed_and_counted_from_its_minute_on(cast: SimpleNamespace) -> None:
    tag(make_post(cast.alice, "Out"), "Tea")
    tag(make_post(cast.alice, "Soon", status="scheduled", published_at=LATER), "Tea")
    tea = known("Tea")
    assert (titles("Tea"), queries.post_counts([tea], NOW)) == (["Out"], {tea.id: 1})
    assert (titles("Tea", at=LATER), queries.post_counts([tea], LATER)) == (
        ["Soon", "Out"],
        {tea.id: 2},
    )
    overdue.publish(LATER)
    assert_in_step()
    assert queries.post_counts([known("Tea")], LATER) == {tea.id: 2}


def test_a_renamed_tag_keeps_its_posts_and_its_former_address(cast: SimpleNamespace) -> None:
    made = tag(make_post(cast.alice), "Tea", "Rain")
    changed = tags.change(known("Tea").id, "绿茶", slug="", by=cast.eve, at=NOW)
    assert (changed.slug, names_of(made)) == ("lv-cha", ["绿茶", "Rain"])
    moved = db.session.scalars(db.select(Redirect)).one()
    assert (moved.path, moved.target) == ("/tag/tea", "/tag/lv-cha")
    # Only the letters, at the same address.
    again = tags.change(changed.id, "绿茶 ", slug="lv-cha", by=cast.eve, at=NOW)
    assert (again.name, again.slug) == ("绿茶", "lv-cha")


def test_a_name_that_is_another_tags_is_refused(cast: SimpleNamespace) -> None:
    tag(make_post(cast.alice), "Tea", "Rain")
    with pytest.raises(RuleBroken) as refused:
        tags.change(known("Tea").id, "RAIN", slug="", by=cast.eve, at=NOW)
    assert refused.value.field == "name"


def test_merged_tags_are_one_and_all_former_addresses_lead_there(cast: SimpleNamespace) -> None:
    both = tag(make_post(cast.alice, "Both"), "Tea", "Rain")
    one = tag(make_post(cast.bob, "One"), "Tea")
    draft = tag(make_post(cast.bob, "Draft", status="draft"), "Tea")
    tags.change(known("Tea").id, "Green tea", slug="", by=cast.eve, at=NOW)
    tags.merge(known("Green tea").id, "rain", by=cast.eve, at=NOW)
    assert names_of(both) == names_of(one) == names_of(draft) == ["Rain"]
    assert counted() == {"Rain": 2}
    assert_in_step()
    rows = db.session.scalars(db.select(Redirect).order_by(Redirect.path)).all()
    assert {row.path: row.target for row in rows} == {
        "/tag/green-tea": "/tag/rain",
        "/tag/tea": "/tag/rain",
    }


@pytest.mark.parametrize("into", ["Tea", "no such tag"])
def test_a_tag_is_merged_with_another_one_that_is_there(cast: SimpleNamespace, into: str) -> None:
    tag(make_post(cast.alice), "Tea")
    with pytest.raises(RuleBroken) as refused:
        tags.merge(known("Tea").id, into, by=cast.eve, at=NOW)
    assert refused.value.field == "into"


def test_a_deleted_tag_leaves_its_posts(cast: SimpleNamespace) -> None:
    made = tag(make_post(cast.alice), "Tea", "Rain")
    tags.change(known("Tea").id, "Green tea", slug="", by=cast.eve, at=NOW)
    tags.delete(known("Green tea").id, by=cast.eve, at=NOW)
    assert names_of(made) == ["Rain"]
    assert db.session.scalars(db.select(Redirect)).all() == []
    assert_in_step()


def test_tags_are_managed_by_editors_alone(cast: SimpleNamespace) -> None:
    tag(make_post(cast.alice), "Tea", "Rain")
    tea = known("Tea").id
    for person in (cast.alice, cast.carol, cast.rita):
        with pytest.raises(NotAllowed):
            tags.change(tea, "Other", slug="", by=person, at=NOW)
        with pytest.raises(NotAllowed):
            tags.merge(tea, "Rain", by=person, at=NOW)
        with pytest.raises(NotAllowed):
            tags.delete(tea, by=person, at=NOW)
    with pytest.raises(NotFound):
        tags.delete(tea + 99, by=cast.eve, at=NOW)


def test_a_post_that_is_published_while_its_tag_is_merged_is_counted(
    context: Flask, cast: SimpleNamespace
) -> None:
    made = tag(make_post(cast.alice, "Draft", status="draft"), "Tea")
    tag(make_post(cast.alice, "Out"), "Rain")
    post_id, version, tea, eve, alice = made.id, made.version, known("Tea").id, cast.eve, cast.alice

    def publish() -> None:
        said = posts.Content("Draft", "<p>Words.</p>", "en")
        posts.publish(post_id, said, version=version, by=alice, at=NOW)

    def merge_meanwhile() -> None:
        time.sleep(0.01)
        tags.merge(tea, "Rain", by=eve, at=NOW)

    db.session.rollback()
    assert at_once(context, publish, merge_meanwhile) == [None, None]
    assert counted() == {"Rain": 2}
    assert_in_step()


def test_a_list_of_tags_begins_with_the_most_used(cast: SimpleNamespace) -> None:
    for number in range(4):
        tag(make_post(cast.alice, f"Post {number}"), *["Tea", "雨夜", "100%", "Rain"][: number + 1])
    listed = queries.managed_tags(Window(3))
    assert [row.name for row in listed.items] == ["Tea", "雨夜", "100%"]
    below = queries.managed_tags(Window(3, after=listed.after))
    assert [row.name for row in below.items] == ["Rain"]
    for sought, found in {
        "夜": ["雨夜"],
        "%": ["100%"],
        "AI": ["Rain"],
        "_": [],
        "tea ": [],
    }.items():
        assert [row.name for row in queries.managed_tags(Window(3), sought).items] == found


def test_a_search_among_tags_goes_on_step_by_step(
    site: Flask, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "MOST_SEARCHED", 2)
    for number in range(5):
        tag(
            make_post(cast.alice, f"Post {number}"), *["Tea", "Rain", "Fog", "Ice", "Teal"][number:]
        )
    db.session.rollback()
    found, after = [], None
    for _ in range(3):
        step = queries.managed_tags(Window(9, after=after), "tea")
        found.append([row.name for row in step.items])
        after = step.after
    assert (found, after) == ([["Teal"], [], ["Tea"]], None)
    page = browser(site, "eve").get("/admin/tags?q=fog").text
    assert "None of the tags looked through so far" in page
    assert "Search less used tags" in page


def test_the_dashboard_shows_the_posts_with_a_tag_to_whoever_may_edit_them(site: Flask) -> None:
    with site.app_context():
        cast = {name: make_person(name) for name in ("alice", "bob")}
        tag(make_post(cast["alice"], "Hers"), "Tea")
        tag(make_post(cast["bob"], "His", status="draft"), "Tea")
        tag(make_post(cast["bob"], "Binned", status="trashed"), "Tea")
        make_post(cast["bob"], "Another")
        tea = known("Tea").id
    for who, shown in {"eve": {"Hers", "His"}, "alice": {"Hers"}, "bob": {"His"}}.items():
        page = browser(site, who).get(f"/admin/posts?tag={tea}").text
        assert {t for t in ("Hers", "His", "Binned", "Another") if f">{t}<" in page} == shown
    assert browser(site, "eve").get("/admin/posts?tag=999").status_code == 404


def make_person(name: str) -> object:
    from bluelog.queries.people import person_by_username

    return person_by_username(name)


def test_tags_are_typed_in_the_editor_and_read_on_the_page(site: Flask) -> None:
    client = browser(site, "alice")
    form = {"title": "A walk", "source": "<p>Words.</p>", "language": "en", "category_id": "1"}
    typed = form | {"tags": "Walks，#山 路、rain; Walks"}
    answer = post(client, "/admin/posts/new/publication", typed)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for slug, name in (("walks", "Walks"), ("shan-lu", "山 路"), ("rain", "rain")):
        assert f'href="/tag/{slug}"' in page
        assert name in browser(site).get(f"/tag/{slug}").text
    assert page.count('rel="tag"') == 3
    with site.app_context():
        post_id = db.session.scalars(db.select(Post.id)).one()
    editor = client.get(f"/admin/posts/{post_id}/edit").text
    assert 'value="Walks, 山 路, rain"' in editor
    assert '<option value="Walks">' in editor
    # A form that has no such field says nothing of tags; an empty one takes them off.
    assert post(client, f"/admin/posts/{post_id}/edit", form | {"version": "1"}).status_code == 303
    assert browser(site).get("/post/a-walk").text.count('rel="tag"') == 3
    emptied = form | {"version": "2", "tags": " "}
    assert post(client, f"/admin/posts/{post_id}/edit", emptied).status_code == 303
    assert 'rel="tag"' not in browser(site).get("/post/a-walk").text


def test_a_refused_tag_is_shown_at_its_field_with_all_that_was_typed(site: Flask) -> None:
    form = {"title": "A walk", "source": "<p>Words.</p>", "language": "en", "category_id": "1"}
    typed = ", ".join(["fine", "x" * 61])
    answer = post(browser(site, "alice"), "/admin/posts/new", form | {"tags": typed})
    assert answer.status_code == 422
    assert typed in answer.text
    assert "At most 60 characters fit" in answer.text
    said = browser(site, "alice")
    said.set_cookie("language", "zh-Hans")
    assert "标签太长" in post(said, "/admin/posts/new", form | {"tags": typed}).text


@pytest.mark.parametrize(("language", "said"), [("en", "2 posts"), ("zh-Hans", "2 篇文章")])
def test_a_tags_page_says_how_many_posts_it_has(site: Flask, language: str, said: str) -> None:
    with site.app_context():
        alice = make_person("alice")
        for number in range(2):
            tag(make_post(alice, f"Post {number}"), "Tea")  # type: ignore[arg-type]
    assert said in browser(site).get(f"/tag/tea?lang={language}").text


@pytest.mark.parametrize("path", ["/tag/merger", "/tag/merger/feed.atom"])
def test_a_tag_of_drafts_alone_is_nobodys_business(site: Flask, path: str) -> None:
    with site.app_context():
        draft = make_post(make_person("alice"), "Draft", status="draft")  # type: ignore[arg-type]
        tag(draft, "Merger")
        merger = known("Merger").id
    answer = browser(site).get(path)
    assert (answer.status_code, "Merger" in answer.text) == (404, False)
    post(browser(site, "eve"), "/admin/menus/new", {"menu": "main", "target": f"tag:{merger}"})
    assert "Merger" not in browser(site).get("/").text


def test_addresses_of_tags_that_were_lead_on(site: Flask) -> None:
    with site.app_context():
        tag(make_post(make_person("alice")), "Tea", "Rain")  # type: ignore[arg-type]
        tea = known("Tea").id
    eve = browser(site, "eve")
    answer = post(eve, f"/admin/tags/{tea}/merger", {"into": "RAIN"})
    assert (answer.status_code, answer.location) == (303, "/admin/tags")
    moved = browser(site).get("/tag/tea")
    assert (moved.status_code, moved.location) == (301, "/tag/rain")
    assert browser(site).get("/tag/nowhere").status_code == 404
