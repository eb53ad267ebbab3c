"""Pictures that no post shows as it is: an unsaved text does, or an earlier version of a post."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Post, Upload, UploadFormerUse, UploadState, UploadUnsavedUse
from bluelog.queries.library import Wish, library_page
from bluelog.queries.paging import Window
from bluelog.services import library, overdue, posts, revisions, working_copies
from bluelog.services.content import Content
from bluelog.services.restoring import content_of
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.pictures import keep, photograph
from tests.racing import at_once

EDITOR = "e" * 22


@pytest.fixture
def picture(cast: SimpleNamespace) -> int:
    """Of Alice's, which no post shows."""
    return keep(photograph(), cast.alice).id


def showing(upload_id: int | None = None, *, markdown: bool = False, **values: object) -> Content:
    picture = db.session.get(Upload, upload_id) if upload_id else None
    if markdown:
        source = f"![A light](/uploads/{picture.filename})" if picture else "."
        values |= {"source_format": "markdown"}
    else:
        source = f'<p><img src="/uploads/{picture.filename}" alt=""></p>' if picture else "<p>.</p>"
    return Content("A picture", source, "en", **values)  # type: ignore[arg-type]


def typed(content: Content, by: object, post_id: int | None = None, editor: str = EDITOR) -> int:
    """Have the editor keep it; the id of the working copy, or 0 where there is none."""
    given = working_copies.Typed(editor, {"title": ["A picture"]}, content, post_id)
    copy = working_copies.keep(given, by=by, at=NOW)  # type: ignore[arg-type]
    return copy.id if copy else 0


def state_of(upload_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(db.select(Upload.state).where(Upload.id == upload_id))


class TestUnsaved:
    @pytest.mark.parametrize("markdown", [False, True])
    def test_it_is_a_use_as_long_as_the_text_shows_it(
        self, cast: SimpleNamespace, picture: int, markdown: bool
    ) -> None:
        typed(showing(picture, markdown=markdown), cast.alice)
        assert state_of(picture) == UploadState.USED
        assert library_page(cast.alice, Wish("unused"), Window(10)).items == []
        with pytest.raises(RuleBroken, match="not saved yet"):
            library.trash(picture, by=cast.alice, at=NOW)
        typed(showing(markdown=markdown), cast.alice)
        assert state_of(picture) == UploadState.UNUSED

    def test_a_cover_that_was_chosen_counts(self, cast: SimpleNamespace, picture: int) -> None:
        typed(showing(cover_id=picture), cast.alice)
        assert state_of(picture) == UploadState.USED

    def test_it_ends_with_the_working_copy_however_that_ends(
        self, cast: SimpleNamespace, picture: int
    ) -> None:
        working_copies.drop(typed(showing(picture), cast.alice), by=cast.alice)
        assert state_of(picture) == UploadState.UNUSED
        typed(showing(picture), cast.alice)
        working_copies.purge(NOW + working_copies.KEPT_FOR + timedelta(seconds=1))
        assert state_of(picture) == UploadState.UNUSED
        made = posts.create(showing(), by=cast.alice, at=NOW)
        typed(showing(picture), cast.alice, made.id)
        working_copies.clear(made, showing(), EDITOR, by=cast.alice)
        assert state_of(picture) == UploadState.UNUSED
        typed(showing(picture), cast.alice, made.id)
        saved = content_of(db.session.get_one(Post, made.id))
        assert typed(saved, cast.alice, made.id) == 0
        assert state_of(picture) == UploadState.UNUSED

    def test_two_editors_and_a_post_each_keep_it(self, cast: SimpleNamespace, picture: int) -> None:
        first = typed(showing(picture), cast.alice)
        second = typed(showing(picture), cast.bob, editor="b" * 22)
        made = posts.create(showing(picture), by=cast.alice, at=NOW)
        working_copies.drop(first, by=cast.alice)
        posts.save(made.id, showing(), version=1, by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED
        working_copies.drop(second, by=cast.bob)
        assert state_of(picture) == UploadState.UNUSED

    def test_it_takes_the_picture_out_of_the_trash(
        self, cast: SimpleNamespace, picture: int
    ) -> None:
        library.trash(picture, by=cast.alice, at=NOW)
        typed(showing(picture), cast.alice)
        assert state_of(picture) == UploadState.USED
        library.purge_trash(NOW + timedelta(days=31))
        assert state_of(picture) == UploadState.USED

    def test_a_post_that_is_gone_for_good_leaves_the_text_and_its_picture(
        self, cast: SimpleNamespace, picture: int
    ) -> None:
        made = posts.create(showing(), by=cast.alice, at=NOW)
        typed(showing(picture), cast.alice, made.id)
        posts.trash(made.id, by=cast.alice, at=NOW)
        overdue.purge(NOW + timedelta(days=31))
        assert state_of(picture) == UploadState.USED

    def test_typing_at_the_same_moment_never_shows_a_picture_that_goes(
        self, context: Flask, cast: SimpleNamespace, picture: int
    ) -> None:
        content, alice = showing(picture), cast.alice
        db.session.refresh(alice)
        db.session.expunge(alice)  # two threads cannot share what one session holds
        db.session.rollback()
        copied, trashed = at_once(
            context,
            lambda: typed(content, alice),
            lambda: library.trash(picture, by=alice, at=NOW).id,
        )
        assert copied
        assert trashed == picture or isinstance(trashed, RuleBroken)
        assert state_of(picture) == UploadState.USED


class TestFormer:
    def test_a_revision_that_shows_it_is_written_down_and_goes_when_it_goes(
        self, cast: SimpleNamespace, picture: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = posts.create(showing(picture), by=cast.alice, at=NOW).id
        posts.save(made, showing(cover_id=picture), version=1, by=cast.alice, at=NOW)
        posts.save(made, showing(), version=2, by=cast.alice, at=NOW)
        rows = db.select(UploadFormerUse.upload_id, UploadFormerUse.post_id)
        assert [tuple(row) for row in db.session.execute(rows)] == [(picture, made)] * 2
        assert state_of(picture) == UploadState.UNUSED
        monkeypatch.setattr(revisions, "NEWEST_KEPT", 1)
        revisions.thin(NOW + timedelta(days=90))
        assert len(db.session.execute(rows).all()) == 0

    def test_restored_it_takes_the_picture_out_of_the_trash(
        self, cast: SimpleNamespace, picture: int
    ) -> None:
        made = posts.create(showing(picture), by=cast.alice, at=NOW).id
        posts.save(made, showing(), version=1, by=cast.alice, at=NOW)
        library.trash(picture, by=cast.alice, at=NOW)
        posts.save(made, showing(picture), version=2, by=cast.alice, at=NOW, restored=1)
        assert state_of(picture) == UploadState.USED


class TestPage:
    def test_it_says_whose_text_shows_it_to_whom_that_concerns(
        self, site: Flask, cast: SimpleNamespace, picture: int
    ) -> None:
        copy = typed(showing(picture), cast.alice)
        typed(showing(picture), cast.bob, editor="b" * 22)
        db.session.rollback()
        alice, eve = (page_of(browser(site, name), picture) for name in ("alice", "eve"))
        assert f"/admin/posts/new?copy={copy}" in alice
        assert "In an unsaved text of somebody else" in alice
        assert "Bob" not in alice
        assert "In an unsaved text of Alice" in eve
        assert "In an unsaved text of Bob" in eve
        assert f"copy={copy}" not in eve
        assert "Move to the trash" not in eve

    def test_an_earlier_version_is_named_before_it_is_deleted(
        self, site: Flask, cast: SimpleNamespace, picture: int
    ) -> None:
        for person, title in ((cast.alice, "Harbour"), (cast.bob, "Secret plan")):
            made = posts.create(Content(title, showing(picture).source, "en"), by=person, at=NOW)
            bare = Content(title, "<p>.</p>", "en")
            posts.save(made.id, bare, version=1, by=person, at=NOW)
        db.session.rollback()
        alice = browser(site, "alice")
        page = page_of(alice, picture)
        assert "Earlier versions show it" in page
        assert "Harbour" in page
        assert "Secret plan" not in page
        assert "A text of somebody else that is not public" in page
        assert post(alice, f"/admin/uploads/{picture}/trash", {}).status_code == 303
        assert state_of(picture) == UploadState.TRASHED
        assert "Earlier versions show it" in page_of(alice, picture)


def page_of(client: FlaskClient, picture: int) -> str:
    return client.get(f"/admin/uploads/{picture}").text


def test_deleted_working_copies_leave_no_rows(cast: SimpleNamespace, picture: int) -> None:
    working_copies.drop(typed(showing(picture), cast.alice), by=cast.alice)
    assert db.session.scalar(db.select(db.func.count()).select_from(UploadUnsavedUse)) == 0


def test_what_was_there_before_the_rows_is_read_once(cast: SimpleNamespace, picture: int) -> None:
    made = posts.create(showing(picture), by=cast.alice, at=NOW).id
    posts.save(made, showing(), version=1, by=cast.alice, at=NOW)
    cover = keep(photograph(300, 200, seed=5), cast.alice).id
    binned = keep(photograph(300, 200, seed=6), cast.alice).id
    typed(showing(binned, cover_id=cover), cast.alice)
    before = rows()
    assert len(before) == 3
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0018")
    db.session.execute(db.text("UPDATE upload SET state = 'trashed' WHERE id = 3"))
    db.session.commit()
    assert state_of(cover) == UploadState.UNUSED
    db.session.rollback()
    db.engine.dispose()
    upgrade()
    assert rows() == before
    assert [state_of(id_) for id_ in (picture, cover, binned)] == ["unused", "used", "used"]


def rows() -> list[tuple[int, ...]]:
    db.session.rollback()
    found = []
    for model in (UploadUnsavedUse, UploadFormerUse):
        columns = list(model.__table__.columns)
        found += [tuple(row) for row in db.session.execute(db.select(*columns).order_by(*columns))]
    return found
