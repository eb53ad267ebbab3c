"""The media library: what shows a picture, and a way out that never takes one that is shown."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog import storage
from bluelog.errors import NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.models import Post, Upload, UploadState, UploadUse
from bluelog.queries.frame import last_reversible_act
from bluelog.queries.library import Wish, library_page, uses_page
from bluelog.queries.paging import Window
from bluelog.queries.word_search import words_of
from bluelog.services import changes, library, overdue, posts
from bluelog.services.content import Content
from bluelog.services.uploads import make_variants
from bluelog.storage import LocalStorage, StorageAway
from tests.conftest import NOW
from tests.making import make_post
from tests.pictures import keep, photograph
from tests.racing import at_once

LATER = NOW + timedelta(days=30, hours=1)


@pytest.fixture
def picture(cast: SimpleNamespace) -> int:
    """Of Alice's, which no post shows."""
    return keep(photograph(), cast.alice).id


def written(upload_id: int | None = None, **values: object) -> Content:
    picture = db.session.get(Upload, upload_id) if upload_id else None
    shown = f'<img src="/uploads/{picture.filename}" alt="">' if picture else "."
    source = f"<p>See {shown}</p>"
    return Content("A picture", source, "en", **values)  # type: ignore[arg-type]


def state_of(upload_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(db.select(Upload.state).where(Upload.id == upload_id))


def uses() -> list[tuple[int, int, bool, bool]]:
    db.session.rollback()
    columns = (UploadUse.upload_id, UploadUse.post_id, UploadUse.in_text, UploadUse.as_cover)
    return [tuple(row) for row in db.session.execute(db.select(*columns).order_by(*columns[:2]))]


class TestUse:
    def test_it_follows_the_text_and_the_cover(self, cast: SimpleNamespace, picture: int) -> None:
        post = posts.create(written(picture), by=cast.alice, at=NOW)
        post_id = post.id
        assert uses() == [(picture, post_id, True, False)]
        assert state_of(picture) == UploadState.USED
        both = written(picture, cover_id=picture)
        posts.save(post_id, both, version=1, by=cast.alice, at=NOW)
        assert uses() == [(picture, post_id, True, True)]
        posts.save(post_id, written(cover_id=picture), version=2, by=cast.alice, at=NOW)
        assert uses() == [(picture, post_id, False, True)]
        posts.save(post_id, written(), version=3, by=cast.alice, at=NOW)
        assert uses() == []
        assert state_of(picture) == UploadState.UNUSED

    def test_a_link_to_a_narrower_file_is_a_use(self, cast: SimpleNamespace, picture: int) -> None:
        name = db.session.get_one(Upload, picture).variant_name(480)
        content = Content("A link", f'<p><a href="/uploads/{name}">small</a></p>', "en")
        posts.create(content, by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED

    def test_a_second_post_keeps_it_used(self, cast: SimpleNamespace, picture: int) -> None:
        first = posts.create(written(picture), by=cast.alice, at=NOW).id
        posts.create(written(picture), by=cast.bob, at=NOW)
        posts.save(first, written(), version=1, by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED

    def test_it_ends_when_the_trash_is_emptied(self, cast: SimpleNamespace, picture: int) -> None:
        post_id = posts.create(written(picture), by=cast.alice, at=NOW).id
        posts.trash(post_id, by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED
        assert overdue.purge(LATER) == 1
        assert uses() == []
        assert state_of(picture) == UploadState.UNUSED

    def test_what_a_picture_is_shown_by_tells_nobody_of_secret_texts(
        self, cast: SimpleNamespace, picture: int
    ) -> None:
        posts.create(written(picture), by=cast.bob, at=NOW)
        own = posts.create(written(picture), by=cast.alice, at=NOW).id
        upload = db.session.get_one(Upload, picture)
        seen = {
            use.post.id == own: (use.post.is_editable, use.post.is_public)
            for use in uses_page(upload, cast.alice, NOW, Window(10)).items
        }
        assert seen == {True: (True, False), False: (False, False)}


class TestTrash:
    def test_only_what_no_post_shows_goes(self, cast: SimpleNamespace, picture: int) -> None:
        posts.create(written(picture), by=cast.bob, at=NOW)
        with pytest.raises(RuleBroken):
            library.trash(picture, by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED

    def test_it_is_restored_and_undone(self, cast: SimpleNamespace, picture: int) -> None:
        library.trash(picture, by=cast.alice, at=NOW)
        library.restore(picture, by=cast.alice)
        assert state_of(picture) == UploadState.UNUSED
        library.trash(picture, by=cast.alice, at=NOW)
        act = last_reversible_act(cast.alice)
        assert act is not None
        assert changes.reverse(act.id, by=cast.alice, at=NOW).done == 1
        assert state_of(picture) == UploadState.UNUSED

    def test_the_files_go_after_thirty_days(self, cast: SimpleNamespace, picture: int) -> None:
        make_variants(picture, NOW)
        due.run_due(NOW)
        assert len(list(storage.current().names())) > 3
        library.trash(picture, by=cast.alice, at=NOW)
        due.run_due(NOW + timedelta(days=29))
        assert state_of(picture) == UploadState.TRASHED
        due.run_due(LATER)
        due.run_due(LATER + timedelta(seconds=1))
        assert state_of(picture) is None
        assert list(storage.current().names()) == []

    def test_a_post_that_shows_it_takes_it_out(self, cast: SimpleNamespace, picture: int) -> None:
        library.trash(picture, by=cast.alice, at=NOW)
        posts.create(written(picture), by=cast.alice, at=NOW)
        assert state_of(picture) == UploadState.USED
        due.run_due(LATER)
        assert len(list(storage.current().names())) > 0

    def test_sending_it_again_takes_it_out(self, cast: SimpleNamespace, picture: int) -> None:
        library.trash(picture, by=cast.alice, at=NOW)
        assert keep(photograph(), cast.bob).id == picture
        assert state_of(picture) == UploadState.UNUSED

    def test_a_post_saved_at_the_same_moment_never_shows_a_picture_that_goes(
        self, context: Flask, cast: SimpleNamespace, picture: int
    ) -> None:
        content, alice = written(picture), cast.alice
        db.session.rollback()
        saved, trashed = at_once(
            context,
            lambda: posts.create(content, by=alice, at=NOW).id,
            lambda: library.trash(picture, by=alice, at=NOW).id,
        )
        assert isinstance(saved, int)
        assert trashed == picture or isinstance(trashed, RuleBroken)
        assert state_of(picture) == UploadState.USED

    def test_while_the_files_are_deleted_nobody_can_use_it(
        self, cast: SimpleNamespace, picture: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content, covered = written(picture), written(cover_id=picture)
        library.trash(picture, by=cast.alice, at=NOW)
        library.purge_trash(LATER)
        with pytest.raises(RuleBroken):
            posts.create(covered, by=cast.alice, at=NOW)
        posts.create(content, by=cast.alice, at=NOW)
        assert uses() == []
        with pytest.raises(StorageAway):
            keep(photograph(), cast.alice)
        with pytest.raises(NotFound):
            library.restore(picture, by=cast.alice)
        with monkeypatch.context() as broken:
            broken.setattr(LocalStorage, "delete", away)
            assert due.delete_pictures(NOW) == 0
        due.files_away.answered()
        assert state_of(picture) == UploadState.GOING
        assert due.delete_pictures(NOW) == 1
        assert state_of(picture) is None
        again = keep(photograph(), cast.alice)
        assert storage.current().exists(again.filename)


class TestList:
    @pytest.mark.parametrize(
        ("filter_", "seen"),
        [
            ("", {"used.jpg", "unused.jpg", "bobs.jpg"}),
            ("used", {"used.jpg"}),
            ("unused", {"unused.jpg", "bobs.jpg"}),
            ("mine", set()),
            ("trashed", {"binned.jpg"}),
        ],
    )
    def test_each_filter(self, cast: SimpleNamespace, filter_: str, seen: set[str]) -> None:
        fill(cast)
        found = library_page(cast.eve, Wish(filter_), Window(10)).items
        assert {upload.original_name for upload in found} == seen

    def test_authors_see_their_own(self, cast: SimpleNamespace) -> None:
        fill(cast)
        found = library_page(cast.alice, Wish(), Window(10)).items
        assert {upload.original_name for upload in found} == {"used.jpg", "unused.jpg"}
        assert library_page(cast.carol, Wish(), Window(10)).items == []

    @pytest.mark.parametrize("words", ["harb", "HARBOUR", "ｈａｒｂｏｕｒ", "港", "blue 夜晚的"])
    def test_words_are_found_in_name_and_texts(self, cast: SimpleNamespace, words: str) -> None:
        upload = keep(photograph(300, 200), cast.alice, "Harbour.jpg")
        keep(photograph(300, 201), cast.alice, "hill.jpg")
        upload_id = upload.id
        library.describe(upload_id, "夜晚的海港", "Blue at night", by=cast.alice)
        found = library_page(cast.alice, Wish("", words_of(words)), Window(10)).items
        assert [upload.id for upload in found] == [upload_id]

    @pytest.mark.parametrize("words", ["%", "_", "harbour hill", "nothing"])
    def test_what_is_not_there_is_not_found(self, cast: SimpleNamespace, words: str) -> None:
        keep(photograph(300, 200), cast.alice, "harbour.jpg")
        keep(photograph(300, 201), cast.alice, "hill.jpg")
        assert library_page(cast.alice, Wish("", words_of(words)), Window(10)).items == []

    def test_a_search_goes_on_where_it_stopped(
        self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bluelog.queries.word_search.MOST_SEARCHED", 2)
        names = ["old harbour.jpg", "a.jpg", "b.jpg", "c.jpg", "d.jpg", "new harbour.jpg"]
        for number, name in enumerate(names):
            keep(photograph(300, 200, seed=number), cast.alice, name)
        found, after, steps = [], None, 0
        while steps == 0 or after:
            page = library_page(cast.alice, Wish("", ("harbour",)), Window(10, after=after))
            found += [upload.original_name for upload in page.items]
            after, steps = page.after, steps + 1
        assert found == ["new harbour.jpg", "old harbour.jpg"]
        assert steps <= 4

    def test_a_full_page_of_matches_goes_on_after_its_last(self, cast: SimpleNamespace) -> None:
        for number in range(5):
            keep(photograph(300, 200, seed=number), cast.alice, f"harbour {number}.jpg")
        wish = Wish("", ("harbour",))
        first = library_page(cast.alice, wish, Window(3))
        rest = library_page(cast.alice, wish, Window(3, after=first.after))
        names = [upload.original_name for upload in [*first.items, *rest.items]]
        assert names == [f"harbour {number}.jpg" for number in (4, 3, 2, 1, 0)]


def fill(cast: SimpleNamespace) -> None:
    made: Callable[..., Upload] = lambda seed, who, name: keep(  # noqa: E731
        photograph(300, 200, seed=seed), who, name
    )
    used, binned = made(1, cast.alice, "used.jpg").id, made(2, cast.alice, "binned.jpg").id
    made(3, cast.alice, "unused.jpg")
    made(4, cast.bob, "bobs.jpg")
    posts.create(written(cover_id=used), by=cast.alice, at=NOW)
    library.trash(binned, by=cast.alice, at=NOW)


def away(_files: LocalStorage, _name: str) -> None:
    raise StorageAway("the bucket does not answer")


def test_rows_written_past_the_services_count_too(cast: SimpleNamespace, picture: int) -> None:
    name = db.session.get_one(Upload, picture).filename
    post = make_post(cast.alice, html=f'<p><img src="/uploads/{name}" alt=""></p>')
    assert [use[:2] for use in uses()] == [(picture, post.id)]
    db.session.get_one(Post, post.id).html = "<p>None.</p>"
    db.session.commit()
    assert uses() == []
