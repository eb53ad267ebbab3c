"""Writing, publishing, trashing."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bluelog.errors import NotAllowed, NotFound, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import AuditEvent, Category, Post, PostAuthor, PostKind, Redirect
from bluelog.queries import frame
from bluelog.queries import posts as queries
from bluelog.queries.paging import Window
from bluelog.services import changes, overdue, posts
from bluelog.services.content import Content
from bluelog.services.notes import Note
from tests.conftest import NOW
from tests.making import make_post

LATER = NOW + timedelta(hours=1)


def content(title: str = "The ferry", source: str = "<p>It leaves at nine.</p>", **more) -> Content:
    return Content(title=title, source=source, language="en", **more)


def test_a_draft_is_nobody_elses_to_see(cast: SimpleNamespace) -> None:
    post = posts.create(content(), by=cast.alice, at=NOW)
    assert (post.status, post.slug, post.version) == ("draft", "the-ferry", 1)
    assert queries.post_readable_by(None, "the-ferry", NOW) is None
    assert queries.post_readable_by(cast.bob, "the-ferry", NOW) is None
    assert queries.post_readable_by(cast.alice, "the-ferry", NOW) is not None
    assert queries.post_readable_by(cast.eve, "the-ferry", NOW) is not None


def test_publishing_shows_a_post_and_keeps_the_counts(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    default = frame.default_category()
    row = db.session.get(PostAuthor, (post.id, cast.alice.id))
    assert queries.post_readable_by(None, "the-ferry", NOW).id == post.id
    assert (default.post_count, row.public_at) == (1, NOW)
    posts.withdraw(post.id, content(), version=1, by=cast.alice, at=NOW)
    db.session.refresh(row)
    assert (frame.default_category().post_count, row.public_at) == (0, None)
    assert queries.post_readable_by(None, "the-ferry", NOW) is None


def test_a_post_published_again_keeps_its_date(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    posts.withdraw(post.id, content(), version=1, by=cast.alice, at=LATER)
    posts.publish(post.id, content(), version=2, by=cast.alice, at=LATER)
    assert post.published_at == NOW


def test_script_never_reaches_the_stored_page(cast: SimpleNamespace) -> None:
    source = '<p onclick="x()">Hi<script>alert(1)</script></p><img src="javascript:x">'
    post = posts.create(content(source=source), by=cast.alice, at=NOW)
    assert "script" not in post.html
    assert "onclick" not in post.html
    assert post.plain == "Hi"


def test_chinese_titles_become_pinyin_or_stay_by_the_sites_setting(cast: SimpleNamespace) -> None:
    assert posts.create(content("重庆的夜"), by=cast.alice, at=NOW).slug == "chong-qing-de-ye"
    frame.site().slug_style = "native"
    db.session.commit()
    assert posts.create(content("重庆的夜"), by=cast.alice, at=NOW).slug == "重庆的夜"


def test_a_clash_takes_the_language_and_then_a_number(cast: SimpleNamespace) -> None:
    slugs = [posts.create(content(), by=cast.alice, at=NOW).slug for _ in range(3)]
    assert slugs == ["the-ferry", "the-ferry-en", "the-ferry-2"]


def test_a_typed_slug_that_is_taken_is_refused(cast: SimpleNamespace) -> None:
    posts.create(content(), by=cast.alice, at=NOW)
    for slug in ("the-ferry", "123", "Not A Slug"):
        with pytest.raises(RuleBroken) as refusal:
            posts.create(content("Other", slug=slug), by=cast.alice, at=NOW)
        assert refusal.value.field == "slug"


def test_a_page_cannot_take_a_word_of_the_url_map(cast: SimpleNamespace) -> None:
    page = posts.create(content("Admin"), by=cast.eve, at=NOW, kind=PostKind.PAGE)
    assert page.slug == "admin-en"
    with pytest.raises(NotAllowed):
        posts.create(content("Mine"), by=cast.alice, at=NOW, kind=PostKind.PAGE)


def test_a_renamed_public_post_is_found_at_every_former_address(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    posts.save(post.id, content(slug="second"), version=1, by=cast.alice, at=NOW)
    posts.save(post.id, content(slug="third"), version=2, by=cast.alice, at=NOW)
    rows = {row.path: row.target for row in db.session.scalars(db.select(Redirect))}
    assert rows == {"/post/the-ferry": "/post/third", "/post/second": "/post/third"}
    posts.save(post.id, content(slug="second"), version=3, by=cast.alice, at=NOW)
    rows = {row.path: row.target for row in db.session.scalars(db.select(Redirect))}
    assert rows == {"/post/the-ferry": "/post/second", "/post/third": "/post/second"}


def test_the_same_submission_makes_one_post(cast: SimpleNamespace) -> None:
    first = posts.create(content(), by=cast.alice, at=NOW, submission_id="s" * 22)
    again = posts.create(content(), by=cast.alice, at=NOW, submission_id="s" * 22)
    assert first.id == again.id
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"title": "The bus"},
        {"source": "<p>It left.</p>"},
        {"slug": "another"},
        {"excerpt": "Ferries"},
        {"comments_open": False},
    ],
)
def test_the_same_submission_with_other_words_loses_none_of_them(
    cast: SimpleNamespace, other: dict[str, Any]
) -> None:
    first = posts.create(content(), by=cast.alice, at=NOW, submission_id="s" * 22)
    with pytest.raises(VersionConflict) as conflict:
        posts.create(content(**other), by=cast.alice, at=NOW, submission_id="s" * 22)
    assert conflict.value.current.id == first.id


def test_the_same_submission_for_another_state_is_not_taken_for_done(cast: SimpleNamespace) -> None:
    posts.create(content(), by=cast.alice, at=NOW, submission_id="s" * 22)
    with pytest.raises(VersionConflict):
        posts.create_published(content(), by=cast.alice, at=NOW, submission_id="s" * 22)


def test_saving_over_a_newer_version_is_refused_and_shows_it(cast: SimpleNamespace) -> None:
    post = posts.create(content(), by=cast.alice, at=NOW)
    posts.save(post.id, content("Theirs"), version=1, by=cast.eve, at=NOW)
    with pytest.raises(VersionConflict) as conflict:
        posts.save(post.id, content("Mine"), version=1, by=cast.alice, at=NOW)
    assert conflict.value.current.title == "Theirs"


def test_whose_post_it_is_not_finds_nothing_to_change(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    for stranger in (cast.bob, cast.carol, cast.rita):
        with pytest.raises(NotFound):
            posts.save(post.id, content("Mine now"), version=1, by=stranger, at=NOW)
        with pytest.raises(NotFound):
            posts.trash(post.id, by=stranger, at=NOW)
    assert db.session.get(Post, post.id).title == "The ferry"


def test_a_contributor_hands_in_and_an_editor_decides(cast: SimpleNamespace) -> None:
    post = posts.create_submitted(content(), by=cast.carol, at=NOW)
    with pytest.raises(NotAllowed):
        posts.publish(post.id, content(), version=1, by=cast.carol, at=NOW)
    posts.give_back(post.id, content(), note=Note("Shorter."), version=1, by=cast.eve, at=NOW)
    assert (post.status, post.review_note) == ("draft", "Shorter.")
    posts.submit(post.id, content(), version=2, by=cast.carol, at=NOW)
    posts.publish(post.id, content(), version=3, by=cast.eve, at=NOW)
    assert (post.status, post.review_note) == ("published", "")
    with pytest.raises(NotFound):
        posts.save(post.id, content("Changed"), version=4, by=cast.carol, at=NOW)


def test_the_trash_gives_back_what_it_took(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    posts.trash(post.id, by=cast.alice, at=NOW)
    assert (post.status, frame.default_category().post_count) == ("trashed", 0)
    act = db.session.scalars(db.select(AuditEvent)).one()
    changes.reverse(act.id, by=cast.alice, at=NOW)
    assert (post.status, frame.default_category().post_count) == ("published", 1)
    with pytest.raises(NotFound):
        changes.reverse(act.id, by=cast.ada, at=NOW)


def test_an_undo_leaves_a_post_alone_that_somebody_fetched_and_changed(
    cast: SimpleNamespace,
) -> None:
    post = make_post(cast.alice)
    posts.trash(post.id, by=cast.alice, at=NOW)
    act = db.session.scalars(db.select(AuditEvent)).one()
    posts.restore(post.id, by=cast.eve, at=NOW)
    posts.withdraw(post.id, content(), version=post.version, by=cast.eve, at=NOW)
    assert changes.reverse(act.id, by=cast.alice, at=NOW) == changes.Reversal(done=0, left=1)
    assert post.status == "draft"


def test_a_contributor_takes_no_published_post_out_of_the_trash(cast: SimpleNamespace) -> None:
    post = posts.create_submitted(content(), by=cast.carol, at=NOW)
    posts.publish(post.id, content(), version=1, by=cast.eve, at=NOW)
    posts.trash(post.id, by=cast.eve, at=NOW)
    with pytest.raises(NotFound):
        posts.restore(post.id, by=cast.carol, at=NOW)


def test_trash_is_purged_after_thirty_days_with_all_that_hangs_on_it(
    cast: SimpleNamespace,
) -> None:
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    posts.trash(post.id, by=cast.alice, at=NOW)
    assert overdue.purge(NOW + timedelta(days=29)) == 0
    assert overdue.purge(NOW + timedelta(days=31)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(PostAuthor)) == 0


def test_time_alone_makes_a_scheduled_post_public(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice, status="scheduled", published_at=LATER)
    before = queries.public_page(NOW, Window(10)).items
    after = queries.public_page(LATER, Window(10)).items
    assert ([c.post.id for c in before], [c.post.id for c in after]) == ([], [post.id])
    default = frame.default_category()
    assert frame.post_counts([default], NOW)[default.id] == 0
    assert frame.post_counts([default], LATER)[default.id] == 1
    assert overdue.publish(LATER) == 1
    assert overdue.publish(LATER) == 0
    assert (post.status, frame.post_counts([default], LATER)[default.id]) == ("published", 1)


def test_moving_a_published_post_moves_its_count(cast: SimpleNamespace) -> None:
    other = Category(name="Other", name_key="other", slug="other", is_default=False)
    db.session.add(other)
    db.session.commit()
    post = posts.create_published(content(), by=cast.alice, at=NOW)
    posts.save(post.id, content(category_id=other.id), version=1, by=cast.alice, at=NOW)
    db.session.expire_all()
    assert (frame.default_category().post_count, other.post_count) == (0, 1)


def test_a_category_that_is_gone_is_named(cast: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken) as refusal:
        posts.create(content(category_id=999), by=cast.alice, at=NOW)
    assert refusal.value.field == "category_id"
