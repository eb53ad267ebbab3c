"""Pages under other pages: where they are, who is led there, and what is said of them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.errors import NotAllowed, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostStatus, Redirect, Revision
from bluelog.queries import pages as queries
from bluelog.queries.places import missing_places
from bluelog.queries.reads import posts_at
from bluelog.queries.redirects import is_answered, nearest_address
from bluelog.services import overdue, pages, posts
from bluelog.services.content import Content
from bluelog.services.restoring import restore_revision
from bluelog.services.slugs import RESERVED
from bluelog.text.inside import place_of
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_post

SOON = NOW + timedelta(hours=1)
MUCH_LATER = NOW + timedelta(days=31)


def content(title: str, parent: int | None = None, position: int | None = None) -> Content:
    return Content(title, "<p>Words.</p>", "en", parent=parent, position=position)


@pytest.fixture
def made(cast: SimpleNamespace) -> Any:
    """A maker of public pages."""

    def make(title: str, under: Post | None = None, position: int | None = None) -> Post:
        asked = content(title, under.id if under else 0, position)
        return posts.create_published(asked, by=cast.eve, at=NOW, kind=PostKind.PAGE)

    return make


@pytest.fixture
def house(made: Any) -> Any:
    """A page with two under it."""
    top = made("House")
    return SimpleNamespace(
        top=top, garden=made("Garden", top), kitchen=made("Kitchen", top), by_itself=made("Imprint")
    )


def change(post: Post, by: Any, verb: Any = posts.save, **values: Any) -> Post:
    asked = {"title": post.title, "source": post.source, "language": post.language} | values
    asked.setdefault("slug", post.slug)
    return verb(post.id, Content(**asked), version=post.version, by=by, at=NOW)


def led(client: FlaskClient, path: str) -> str | None:
    """Where one gets from there in one step."""
    answer = client.get(path)
    assert answer.status_code in (200, 301, 404)
    return answer.location if answer.status_code == 301 else None


def names(client: FlaskClient, path: str) -> list[str]:
    found = LexborHTMLParser(client.get(path).text)
    return [link.text() for link in found.css('nav[aria-label="Pages under this one"] a')]


def test_a_page_under_another_has_its_word_in_the_address(house: Any, client: FlaskClient) -> None:
    assert house.garden.path == "/house/garden"
    page = client.get("/house/garden").text
    assert 'rel="canonical" href="http://localhost/house/garden"' in page
    found = LexborHTMLParser(page)
    up = found.css_first('.kicker a[rel="up"]')
    assert (up.text(), up.attributes["href"]) == ("House", "/house")
    assert '"name":"House"' in page
    assert '"item":"http://localhost/house/garden"' in page
    assert names(client, "/house") == ["Garden", "Kitchen"]
    assert names(client, "/house/garden") == []


@pytest.mark.parametrize(
    "path", ["/garden", "/imprint/garden", "/house/imprint", "/house/garden/kitchen", "/house/none"]
)
def test_it_is_nowhere_else(house: Any, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_nested_page_takes_no_form(house: Any, client: FlaskClient) -> None:
    assert client.post("/house/garden").status_code == 405


def test_their_order_is_their_numbers(
    house: Any, made: Any, client: FlaskClient, cast: SimpleNamespace
) -> None:
    assert [house.garden.position, house.kitchen.position] == [1, 2]
    made("Attic", house.top, 0)
    assert names(client, "/house") == ["Attic", "Garden", "Kitchen"]
    change(house.garden, cast.eve, position=9)
    assert names(client, "/house") == ["Attic", "Kitchen", "Garden"]


def test_only_what_is_public_is_listed(house: Any, cast: SimpleNamespace) -> None:
    change(house.garden, cast.eve, posts.make_private)
    under = {"parent_id": house.top.id, "parent_slug": "house", "kind": "page"}
    make_post(cast.eve, "Attic", status="scheduled", published_at=SOON, **under)
    listed = [[row.title for row in queries.subpages_of(house.top, at)] for at in (NOW, SOON)]
    assert listed == [["Kitchen"], ["Attic", "Kitchen"]]


def test_a_page_that_moves_is_found_where_it_was(
    house: Any, client: FlaskClient, cast: SimpleNamespace
) -> None:
    change(house.by_itself, cast.eve, parent=house.top.id)
    assert led(client, "/imprint") == "/house/imprint"
    change(house.by_itself, cast.eve, slug="legal")
    assert led(client, "/imprint") == led(client, "/house/imprint") == "/house/legal"
    change(house.by_itself, cast.eve, parent=0)
    former = ("/imprint", "/house/imprint", "/house/legal")
    assert [led(client, path) for path in former] == ["/legal"] * 3
    change(house.by_itself, cast.eve, parent=house.top.id)
    assert client.get("/house/legal").status_code == 200
    assert led(client, "/legal") == "/house/legal"


def test_what_is_under_a_renamed_page_moves_with_it(
    house: Any, client: FlaskClient, cast: SimpleNamespace
) -> None:
    change(house.top, cast.eve, slug="home")
    change(house.top, cast.eve, slug="villa")
    assert led(client, "/house") == led(client, "/home") == "/villa"
    for former in ("/house/garden", "/home/garden"):
        assert led(client, former) == "/villa/garden"
    assert names(client, "/villa") == ["Garden", "Kitchen"]
    change(house.top, cast.eve, slug="house")
    assert client.get("/house/garden").status_code == 200
    assert led(client, "/villa/garden") == "/house/garden"


def test_a_page_that_was_never_public_leaves_no_redirect(cast: SimpleNamespace, made: Any) -> None:
    top = made("House")
    draft = posts.create(content("Draft", top.id), by=cast.eve, at=NOW, kind=PostKind.PAGE)
    change(top, cast.eve, slug="home")
    db.session.refresh(draft)
    assert draft.path == "/home/draft"
    change(draft, cast.eve, parent=0)
    assert list(db.session.scalars(db.select(Redirect.path))) == ["/house"]


@pytest.mark.parametrize("verb", [posts.make_private, posts.withdraw])
def test_under_a_hidden_page_it_stays_and_says_nothing_of_that(
    house: Any, client: FlaskClient, cast: SimpleNamespace, verb: Any
) -> None:
    change(house.top, cast.eve, verb)
    assert client.get("/house").status_code == 404
    page = client.get("/house/garden")
    assert page.status_code == 200
    assert "kicker" not in page.text
    assert "House" not in page.text


def test_where_a_hidden_page_moved_to_is_nobodys_business(
    house: Any, client: FlaskClient, cast: SimpleNamespace
) -> None:
    change(house.garden, cast.eve, slug="secret-garden")
    assert led(client, "/house/garden") == "/house/secret-garden"
    change(house.garden, cast.eve, posts.make_private)
    answer = client.get("/house/garden")
    assert (answer.status_code, answer.location) == (404, None)


def test_pages_of_a_purged_page_stand_by_themselves(
    house: Any, client: FlaskClient, cast: SimpleNamespace
) -> None:
    posts.trash(house.top.id, by=cast.eve, at=NOW)
    posts.trash(house.kitchen.id, by=cast.eve, at=NOW + timedelta(days=9))
    assert client.get("/house/garden").status_code == 200
    overdue.purge(MUCH_LATER)
    assert led(client, "/house/garden") == "/garden"
    assert client.get("/garden").status_code == 200
    kitchen = db.session.get_one(Post, house.kitchen.id)
    assert (kitchen.parent_id, kitchen.parent_slug) == (None, None)


def test_nothing_leads_to_what_was_purged_with_its_parent(made: Any, cast: SimpleNamespace) -> None:
    top = made("House")
    garden = change(made("Yard", top), cast.eve, slug="garden")
    for post in (top, garden):
        posts.trash(post.id, by=cast.eve, at=NOW)
    overdue.purge(MUCH_LATER)
    assert db.session.scalars(db.select(Redirect.path)).all() == []


def test_no_way_takes_the_former_address_of_another(made: Any, cast: SimpleNamespace) -> None:
    former = change(made("Garden"), cast.eve, slug="park")
    top = made("House")
    garden = change(made("Yard", top), cast.eve, slug="garden")
    with pytest.raises(RuleBroken) as refused:
        change(garden, cast.eve, parent=0)
    assert refused.value.field == "parent"
    db.session.refresh(garden)
    moved = change(garden, cast.eve, parent=0, slug="lawn")
    assert moved.path == "/lawn", "moved and renamed in one go"
    change(moved, cast.eve, parent=top.id, slug="garden")
    posts.trash(top.id, by=cast.eve, at=NOW)
    overdue.purge(MUCH_LATER)
    leads = dict(db.session.execute(db.select(Redirect.path, Redirect.target)).all())
    assert leads["/garden"] == former.path
    assert leads["/house/garden"] == garden.path
    assert garden.path not in leads


def test_a_renamed_parent_takes_none_for_what_is_under_it(made: Any, cast: SimpleNamespace) -> None:
    hut, castle = made("Hut"), made("Castle")
    away = change(made("Plot", hut), cast.eve, slug="field")
    change(away, cast.eve, parent=0)
    change(hut, cast.eve, slug="shed")
    made("Plot", castle)
    with pytest.raises(RuleBroken) as refused:
        change(castle, cast.eve, slug="hut")
    assert refused.value.field == "slug"


def test_a_page_purged_with_what_is_under_it_is_gone(house: Any, cast: SimpleNamespace) -> None:
    for page in (house.top, house.garden, house.kitchen):
        posts.trash(page.id, by=cast.eve, at=NOW)
    assert overdue.purge(MUCH_LATER) == 3
    assert list(db.session.scalars(db.select(Redirect.path))) == []
    assert list(db.session.scalars(db.select(Post.slug).where(Post.kind == "page"))) == ["imprint"]


class TestRules:
    def refused(self, post: Post, cast: Any, parent: int) -> None:
        with pytest.raises(RuleBroken) as refusal:
            change(post, cast.eve, parent=parent)
        assert refusal.value.field == "parent"
        assert db.session.get_one(Post, post.id).parent_id == post.parent_id

    def test_one_level_deep(self, house: Any, cast: SimpleNamespace) -> None:
        self.refused(house.by_itself, cast, house.garden.id)
        self.refused(house.top, cast, house.by_itself.id)

    def test_not_under_itself_a_post_or_nothing(self, house: Any, cast: SimpleNamespace) -> None:
        post = make_post(cast.alice, "A post")
        for parent in (house.by_itself.id, post.id, 4711):
            self.refused(house.by_itself, cast, parent)

    def test_not_under_what_is_in_the_trash(self, house: Any, cast: SimpleNamespace) -> None:
        posts.trash(house.top.id, by=cast.eve, at=NOW)
        self.refused(house.by_itself, cast, house.top.id)
        change(house.garden, cast.eve, parent=house.top.id, title="Still there")

    def test_so_many(
        self, house: Any, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "MOST_SUBPAGES", 2)
        self.refused(house.by_itself, cast, house.top.id)

    def test_posts_are_under_nothing(self, house: Any, cast: SimpleNamespace) -> None:
        post = posts.create(content("A post", house.top.id, 3), by=cast.alice, at=NOW)
        assert (post.parent_id, post.path) == (None, "/post/a-post")

    def test_no_page_is_called_as_the_blogs_own(self, house: Any, cast: SimpleNamespace) -> None:
        with pytest.raises(RuleBroken):
            change(house.garden, cast.eve, slug="admin")

    def test_an_author_makes_none(self, house: Any, cast: SimpleNamespace) -> None:
        with pytest.raises(NotAllowed):
            posts.create(content("Mine", house.top.id), by=cast.alice, at=NOW, kind=PostKind.PAGE)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_no_address_of_the_blog_itself_is_taken_for_a_page(app: Flask, word: str) -> None:
    adapter = app.url_map.bind("localhost")
    if adapter.test(f"/{word}/anything", "GET"):
        endpoint, _values = adapter.match(f"/{word}/anything")
        assert endpoint not in ("blog.show_page", "blog.show_subpage")


def test_the_same_submission_for_another_place_is_not_taken_for_done(
    house: Any, cast: SimpleNamespace
) -> None:
    options: Any = {"by": cast.eve, "at": NOW, "submission_id": "sub", "kind": PostKind.PAGE}
    page = posts.create(content("Attic", house.top.id), **options)
    assert posts.create(content("Attic", house.top.id, 3), **options).id == page.id
    with pytest.raises(VersionConflict):
        posts.create(content("Attic", 0), **options)
    with pytest.raises(VersionConflict):
        posts.create(content("Attic", house.top.id, 8), **options)


def test_going_back_to_a_revision_leaves_the_page_where_it_is(
    house: Any, cast: SimpleNamespace
) -> None:
    change(house.garden, cast.eve, parent=0, position=7, source="<p>Other words.</p>")
    restore_revision(house.garden.id, 1, by=cast.eve, at=NOW)
    garden = db.session.get_one(Post, house.garden.id)
    assert (garden.path, garden.position, garden.source) == ("/garden", 7, "<p>Words.</p>")


def test_a_revision_from_before_there_were_places_is_no_other(
    house: Any, cast: SimpleNamespace
) -> None:
    change(house.by_itself, cast.eve, position=0)
    [*_, last] = db.session.scalars(
        db.select(Revision).where(Revision.post_id == house.by_itself.id)
    )
    last.fields = {k: v for k, v in last.fields.items() if k not in ("parent", "position")}
    db.session.commit()
    number = last.number
    change(house.by_itself, cast.eve, parent=0, position=0)
    found = db.session.scalars(
        db.select(Revision.number).where(Revision.post_id == house.by_itself.id)
    )
    assert max(found) == number


class TestWhoKnowsOfAddresses:
    def test_reads(self, house: Any, cast: SimpleNamespace) -> None:
        change(house.top, cast.eve, slug="home")
        asked = ["/home/garden", "/house/garden", "/garden", "/tag/garden", "/home"]
        found = {path: row.id for path, row in posts_at(asked).items()}
        garden, top = house.garden.id, house.top.id
        assert found == {"/home/garden": garden, "/house/garden": garden, "/home": top}

    @pytest.mark.usefixtures("house")
    def test_dead_links(self) -> None:
        there = ("/house/garden", "/house", "/post/house")
        places = [place_of(path, known=RESERVED) for path in (*there, "/garden", "/imprint/garden")]
        missing = missing_places([place for place in places if place], NOW)
        assert {place.path for place in missing} == {"/post/house", "/garden", "/imprint/garden"}

    @pytest.mark.usefixtures("house")
    def test_redirects_by_hand(self) -> None:
        assert is_answered("/house/garden", NOW)
        assert not is_answered("/garden", NOW)
        assert nearest_address("/old/gardens.html", NOW) == "/house/garden"

    @pytest.mark.usefixtures("house")
    def test_the_sitemap(self, client: FlaskClient) -> None:
        listed = client.get("/sitemap-lists.xml").text
        assert "<loc>http://localhost/house/garden</loc>" in listed
        assert "<loc>http://localhost/garden</loc>" not in listed

    @pytest.mark.usefixtures("house")
    def test_search(self, client: FlaskClient) -> None:
        assert 'href="/house/garden"' in client.get("/search?q=garden").text

    @pytest.mark.usefixtures("house")
    def test_translations(self, client: FlaskClient, cast: SimpleNamespace) -> None:
        german = Content("Garten", "<p>Worte.</p>", "de", original="/house/garden", parent=0)
        posts.create_published(german, by=cast.eve, at=NOW, kind=PostKind.PAGE)
        page = client.get("/garten").text
        assert 'hreflang="en"\n          href="http://localhost/house/garden"' in page


class TestEditor:
    def form(self, **values: Any) -> dict[str, Any]:
        return {
            "title": "Attic",
            "source": "<p>Words.</p>",
            "language": "en",
            "kind": "page",
            "submission_id": "submission-of-a-test",
        } | values

    def test_offers_what_a_page_may_be_under(self, app: Flask, house: Any) -> None:
        eve = browser(app, "eve")
        assert self.offered(eve, "/admin/posts/new?kind=page") == ["None", "House", "Imprint"]
        garden = f"/admin/posts/{house.garden.id}/edit"
        assert self.offered(eve, garden) == ["None", "House", "Imprint"]
        chosen = LexborHTMLParser(eve.get(garden).text).css_first("#parent option[selected]")
        assert chosen.text() == "House"
        top = eve.get(f"/admin/posts/{house.top.id}/edit").text
        assert "There are pages under this one" in top
        assert 'name="parent"' not in top
        assert 'name="parent"' not in eve.get("/admin/posts/new").text

    def offered(self, client: FlaskClient, path: str) -> list[str]:
        return [o.text() for o in LexborHTMLParser(client.get(path).text).css("#parent option")]

    def test_puts_a_page_there(self, app: Flask, house: Any, client: FlaskClient) -> None:
        eve = browser(app, "eve")
        form = self.form(parent=house.top.id, position="0")
        answer = send(eve, "/admin/posts/new/publication", form)
        assert (answer.status_code, answer.location) == (303, "/house/attic")
        assert names(client, "/house") == ["Attic", "Garden", "Kitchen"]

    @pytest.mark.parametrize(
        "wrong",
        [{"parent": "99999"}, {"parent": "x"}, {"parent": "9" * 30}, {"position": "-1"},
         {"position": "many"}, {"parent": "-1"}],
    )  # fmt: skip
    @pytest.mark.usefixtures("house")
    def test_keeps_what_was_typed_where_it_cannot(self, app: Flask, wrong: dict[str, str]) -> None:
        eve = browser(app, "eve")
        answer = send(eve, "/admin/posts/new/publication", self.form(title="My attic", **wrong))
        assert answer.status_code == 422
        assert "My attic" in answer.text
        assert "field-error" in answer.text
        assert db.session.scalar(db.select(Post.id).where(Post.title == "My attic")) is None

    def test_a_form_without_the_fields_leaves_them(self, app: Flask, house: Any) -> None:
        eve = browser(app, "eve")
        garden = house.garden
        form = self.form(title="Orchard", slug="garden", version=garden.version)
        assert send(eve, f"/admin/posts/{garden.id}/edit", form).location == "/house/garden"

    @pytest.mark.usefixtures("house")
    def test_the_list_says_what_a_page_is_under(self, app: Flask) -> None:
        row = LexborHTMLParser(browser(app, "eve").get("/admin/posts?kind=page").text)
        notes = [note.text().strip() for note in row.css("td.main .note")]
        assert notes.count("Under House") == 2

    def test_previews_what_is_typed_where_it_would_be(self, app: Flask, house: Any) -> None:
        eve = browser(app, "eve")
        shown = send(eve, "/admin/posts/new/preview", self.form(parent=house.top.id)).text
        assert LexborHTMLParser(shown).css_first('.kicker a[rel="up"]').text() == "House"

    def test_one_who_moves_and_one_who_writes_get_both(
        self, app: Flask, house: Any, cast: SimpleNamespace
    ) -> None:
        version = house.garden.version
        change(house.garden, cast.ada, parent=0)
        fields = {"title": "Orchard", "slug": "garden", "version": version, "parent": house.top.id}
        answer = send(
            browser(app, "eve"), f"/admin/posts/{house.garden.id}/edit", self.form(**fields)
        )
        assert answer.location == "/garden"
        db.session.rollback()
        garden = db.session.get_one(Post, house.garden.id)
        assert (garden.title, garden.parent_id) == ("Orchard", None)


def test_parents_are_asked_for_once(house: Any) -> None:
    found = queries.parent_titles([house.garden, house.kitchen, house.top])
    assert [row.title for row in found.values()] == ["House"]
    assert queries.possible_parents(house.top) == []
    assert house.top.status == PostStatus.PUBLISHED
