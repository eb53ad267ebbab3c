"""Posts that say the same in several languages lead to each other."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Post, PostStatus, User
from bluelog.services import overdue, posts
from bluelog.services.content import Content
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing
from tests.kept import Readers
from tests.making import make_post
from tests.stage import Stage, staged


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("translated")) as stage:
        with stage.app.app_context():
            do = Doing(stage)
            for language in ("zh-Hans", "de", "fr"):
                make_post(
                    do.alice, f"In {language}", slug=f"in-{language.lower()}", language=language
                )
            make_post(do.ada, "关于", slug="guanyu", language="zh-Hans", kind="page")
        stage.keep()
        yield stage


@pytest.fixture(autouse=True)
def put_back(stage: Stage) -> Iterator[None]:
    """Everything as it was, whatever a test did."""
    yield
    stage.restore()


def save(slug: str, original: str | None, *, by: str = "eve", **values: Any) -> Post:
    kept = the_post(slug)
    language = values.pop("language", kept.language)
    content = Content(kept.title, kept.source, language, slug, original=original, **values)
    person = db.session.scalars(db.select(User).where(User.username == by)).one()
    return posts.save(kept.id, content, version=kept.version, by=person, at=NOW)


def the_post(slug: str) -> Post:
    found: Post = db.session.scalars(db.select(Post).where(Post.slug == slug)).one()
    return found


def alternates(stage: Stage, path: str) -> dict[str, str]:
    page = LexborHTMLParser(stage.client().get(path).text)
    links = page.css("link[hreflang]")
    shown = {node.attributes["href"] for node in page.css(".post a[hreflang]")}
    found = {str(n.attributes["hreflang"]): str(n.attributes["href"]) for n in links}
    assert len(found) == len(links)
    own = f"http://localhost{path}"
    if path.startswith("/post"):
        assert {f"http://localhost{href}" for href in shown} == set(found.values()) - {own}
    return found


@pytest.mark.parametrize("act", ["hidden", "trashed", "renamed", "renamed and saved since"])
def test_what_became_of_the_original_keeps_nobody_from_saving(stage: Stage, act: str) -> None:
    with stage.app.app_context():
        do = Doing(stage)
        save("in-de", "/post/alices-published")
        original = do.id("alices_published")
        if act == "hidden":
            do.change("alices_published", posts.withdraw)
        elif act == "trashed":
            posts.trash(original, by=do.eve, at=NOW)
        else:
            do.change("alices_published", slug="renamed")
        if act == "renamed and saved since":
            save("in-de", "renamed")
        typed = "renamed" if act == "renamed and saved since" else "alices-published"
        assert save("in-de", typed, excerpt="Another word").translation_of == original


def test_a_former_address_of_the_original_is_as_good(stage: Stage) -> None:
    with stage.app.app_context():
        do = Doing(stage)
        do.change("alices_published", slug="renamed")
        saved = save("in-de", "http://localhost/post/alices-published")
        assert saved.translation_of == do.id("alices_published")


def test_all_of_a_group_lead_to_all(stage: Stage) -> None:
    paths = {"en": "/post/alices-published", "zh-Hans": "/post/in-zh-hans", "de": "/post/in-de"}
    for path in paths.values():
        assert alternates(stage, path) == {}
    with stage.app.app_context():
        save("in-zh-hans", "alices-published")
        # The whole address, and of another translation.
        save("in-de", "https://blog.example.org/post/in-zh-hans?x=1#y")
        assert the_post("in-de").translation_of == the_post("alices-published").id
    whole = {language: f"http://localhost{path}" for language, path in paths.items()}
    for path in paths.values():
        assert alternates(stage, path) == whole
    assert alternates(stage, "/post/in-fr") == {}


def test_pages_lead_to_each_other_as_well(stage: Stage) -> None:
    with stage.app.app_context():
        save("guanyu", "about")
    assert set(alternates(stage, "/about")) == {"en", "zh-Hans"}
    assert alternates(stage, "/about") == alternates(stage, "/guanyu")


def test_a_group_joins_the_group_of_its_original(stage: Stage) -> None:
    with stage.app.app_context():
        save("in-fr", "in-de")
        save("in-de", "alices-published")
        root = the_post("alices-published").id
        assert {the_post(s).translation_of for s in ("in-de", "in-fr")} == {root}
        save("in-de", None)
        assert the_post("in-de").translation_of == root
        save("in-de", "")
        assert the_post("in-de").translation_of is None


@pytest.mark.parametrize(
    ("slug", "original"),
    [
        ("in-de", "in-de"),
        ("in-de", "nowhere"),
        ("in-de", "about"),
        ("in-de", "carols-trashed"),
        ("in-de", "http://[x"),
        ("alices-published", "bobs-published"),
    ],
)
def test_what_cannot_be_an_original_is_refused(stage: Stage, slug: str, original: str) -> None:
    with stage.app.app_context():
        with pytest.raises(RuleBroken) as refused:
            save(slug, original)
        assert refused.value.field == "original"


def test_no_two_of_a_group_are_in_one_language(stage: Stage) -> None:
    with stage.app.app_context():
        save("in-de", "alices-published")
        for original, field in ((None, "language"), ("", "language")):
            with pytest.raises(RuleBroken) as refused:
                save("alices-published", original, language="de")
            assert refused.value.field == field
        with pytest.raises(RuleBroken) as refused:
            save("in-de", "alices-published", language="en")
        assert refused.value.field == "original"
        assert the_post("in-de").language == "de"


def test_nor_of_two_groups_that_become_one(stage: Stage) -> None:
    with stage.app.app_context():
        save("in-fr", "in-zh-hans", language="de")
        save("in-de", "alices-published")
        with pytest.raises(RuleBroken) as refused:
            save("in-zh-hans", "alices-published")
        assert refused.value.field == "original"
        assert the_post("in-fr").translation_of == the_post("in-zh-hans").id


def test_what_came_back_from_the_trash_keeps_nobody_from_saving(stage: Stage) -> None:
    with stage.app.app_context():
        eve = db.session.scalars(db.select(User).where(User.username == "eve")).one()
        save("in-de", "alices-published")
        gone = the_post("in-de").id
        posts.trash(gone, by=eve, at=NOW)
        save("in-fr", "alices-published", language="de")
        posts.restore(gone, by=eve, at=NOW)
        for slug in ("alices-published", "in-de", "in-fr"):
            assert save(slug, None, excerpt="Anew").excerpt == "Anew"
        with pytest.raises(RuleBroken):
            save("in-zh-hans", "alices-published", language="de")
    # The older of two stands for the language; `alternates` sees that the page has no more links.
    en, de, other = (f"/post/{slug}" for slug in ("alices-published", "in-de", "in-fr"))
    whole = {path: f"http://localhost{path}" for path in (en, de, other)}
    assert alternates(stage, en) == {"en": whole[en], "de": whole[de]}
    for path in (de, other):
        assert alternates(stage, path) == {"en": whole[en], "de": whole[path]}


def test_translations_stay_together_when_their_original_is_deleted(stage: Stage) -> None:
    with stage.app.app_context():
        save("in-de", "alices-published")
        save("in-fr", "alices-published")
        save("in-zh-hans", "alices-published")
        for slug in ("alices-published", "in-zh-hans"):
            gone = the_post(slug)
            gone.status, gone.trashed_at = PostStatus.TRASHED, NOW - timedelta(days=31)
        db.session.commit()
        assert overdue.purge(NOW) >= 2
        root = the_post("in-de")
        assert (root.translation_of, the_post("in-fr").translation_of) == (None, root.id)
    assert set(alternates(stage, "/post/in-fr")) == {"de", "fr"}


def test_the_original_is_no_translation_of_its_translation(stage: Stage) -> None:
    with stage.app.app_context():
        save("in-de", "alices-published")
        with pytest.raises(RuleBroken):
            save("alices-published", "in-de")


def test_an_author_links_to_what_everyone_sees_and_to_the_own(stage: Stage) -> None:
    with stage.app.app_context():
        with pytest.raises(RuleBroken):
            save("in-de", "bobs-draft", by="alice")
        assert save("in-de", "alices-draft", by="alice").translation_of
        assert save("in-fr", "bobs-published", by="alice").translation_of


def test_the_pages_of_both_are_new_at_once(stage: Stage) -> None:
    readers = Readers(stage.app)
    paths = ["/post/alices-published", "/post/in-de", "/post/in-fr"]
    acts = SimpleNamespace(
        link=lambda: save("in-de", "alices-published"),
        rename=lambda: posts.save(
            the_post("in-de").id,
            Content("Neu", "<p>x</p>", "de", "neu"),
            version=the_post("in-de").version,
            by=Doing(stage).eve,
            at=NOW,
        ),
        hide=lambda: posts.trash(the_post("neu").id, by=Doing(stage).eve, at=NOW),
    )
    for act in vars(acts).values():
        before = readers.warm(paths)
        with stage.app.app_context():
            act()
        assert list(readers.stale(paths)) == []
        assert readers.warm(paths)[paths[0]] != before[paths[0]]
    readers.close()


def test_the_editor_keeps_what_was_typed_and_shows_what_is_linked(stage: Stage) -> None:
    alice = browser(stage.app, "alice")
    with stage.app.app_context():
        kept = the_post("in-de")
        address = f"/admin/posts/{kept.id}/edit"
        form = {"title": "In de", "source": "<p>x</p>", "language": "de", "slug": "in-de"}
        form |= {"category_id": str(kept.category_id), "version": str(kept.version)}
    refused = post(alice, address, form | {"original": "nowhere"})
    assert refused.status_code == 422
    assert 'value="nowhere"' in refused.text
    assert "There is nothing at this address" in refused.text
    assert post(alice, address, form | {"original": " alices-published "}).status_code == 303
    assert 'value="alices-published"' in alice.get(address).text
