"""A comment on what went away meanwhile: the words come back, and say nothing of what is hidden."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse

from bluelog.extensions import db
from bluelog.models import Comment, Post, Redirect
from bluelog.web.stamps import stamp
from tests.browsing import ORIGIN
from tests.conftest import NOW
from tests.databases import Databases
from tests.stage import ACTORS, Stage, staged
from tests.typing_in import controls

BODY = 'One <b>"word"</b>\n\n两个字'
GUEST = {"author": "Greta", "email": "greta@example.org", "site": ""}
HIDDEN = ("alices_draft", "alices_pending", "alices_trashed", "carols_published", "bobs_pending")


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("nothing")) as stage:
        yield stage


@pytest.fixture(autouse=True)
def _as_before(stage: Stage) -> Iterator[None]:
    yield
    stage.restore()


def said(stage: Stage, actor: str, path: str, **options: Any) -> TestResponse:
    """Send a comment as its form would have; the stamp is that of bob's post."""
    with stage.app.app_context():
        mark = stamp(stage.rows["bobs_published"][1], NOW)
    form = {"body": BODY, "stamp": mark, "csrf_token": stage.tokens.get(actor, "")}
    headers = {"Origin": ORIGIN} | options.get("headers", {})
    return stage.client(actor).post(stage.url(path), data=GUEST | form, headers=headers)


def is_given_back(answer: TestResponse) -> bool:
    return controls(answer.text).get("body", "").replace("\r\n", "\n") == BODY


def advice(answer: TestResponse, path: str) -> str:
    """What the page says, without the address that was asked for."""
    text = LexborHTMLParser(answer.text).css_first("main").text(separator=" ", strip=True)
    return text.replace(path, "")


def change(stage: Stage, model: type[Comment] | type[Post], row: str, **values: Any) -> None:
    with stage.app.app_context():
        db.session.execute(db.update(model).filter_by(id=stage.rows[row][1]).values(**values))
        db.session.commit()


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("rest", ["", "/comments/1/reply"])
def test_under_a_hidden_post_the_answer_is_that_of_no_post(
    stage: Stage, actor: str, rest: str
) -> None:
    change(stage, Post, "carols_published", status="private")
    change(stage, Post, "bobs_pending", status="scheduled", published_at=NOW + timedelta(days=1))
    with stage.app.app_context():
        slugs = [db.session.get_one(Post, stage.rows[row][1]).slug for row in HIDDEN]
    before = stage.dump()
    answers = {slug: said(stage, actor, f"/post/{slug}{rest}") for slug in [*slugs, "never-was"]}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert all(map(is_given_back, answers.values()))
    assert len({advice(answer, slug) for slug, answer in answers.items()}) == 1
    assert {a.headers["Cache-Control"] for a in answers.values()} == {"private, no-store"}
    assert stage.dump() == before


@pytest.mark.parametrize("actor", ["stranger", "rita", "ada"])
def test_a_post_taken_down_meanwhile_costs_no_words(stage: Stage, actor: str) -> None:
    change(stage, Post, "bobs_published", status="draft")
    for rest in ("", "/comments/{reply}/reply"):
        answer = said(stage, actor, f"/post/{{bobs_published_slug}}{rest}")
        assert answer.status_code == 404
        assert "This post is not here" in answer.text
        assert is_given_back(answer)
        assert "readonly" in answer.text


@pytest.mark.parametrize("actor", ["stranger", "rita", "ada"])
@pytest.mark.parametrize("status", ["pending", "spam", "trashed", "emptied", None])
def test_a_reply_to_what_is_not_there_may_be_said_on_the_post(
    stage: Stage, actor: str, status: str | None
) -> None:
    if status:
        change(stage, Comment, "reply", status=status)
    parent = "{reply}" if status else "999999"
    answer = said(stage, actor, f"/post/{{bobs_published_slug}}/comments/{parent}/reply")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert is_given_back(answer)
    form = LexborHTMLParser(answer.text).css_first("form#write")
    address = (form.attributes["action"] or "").partition("#")[0]
    assert address == stage.url("/post/{bobs_published_slug}")
    data = controls(form.html or "")
    taken = stage.client(actor).post(address, data=data, headers={"Origin": ORIGIN})
    assert taken.status_code == 303
    with stage.app.app_context():
        made = db.session.scalars(db.select(Comment).order_by(Comment.id.desc())).first()
        assert made is not None
        assert (made.body, made.parent_id) == (BODY, None)


@pytest.mark.parametrize("actor", ["stranger", "rita", "ada"])
def test_why_a_comment_is_not_there_is_not_told(stage: Stage, actor: str) -> None:
    pages = set()
    for status in ("pending", "spam", "trashed", "emptied"):
        change(stage, Comment, "reply", status=status)
        path = stage.url("/post/{bobs_published_slug}/comments/{reply}/reply")
        pages.add(advice(said(stage, actor, path), path))
    path = stage.url("/post/{bobs_published_slug}/comments/999999/reply")
    pages.add(advice(said(stage, actor, path), path))
    assert len(pages) == 1


@pytest.mark.parametrize("actor", ["stranger", "rita", "ada"])
@pytest.mark.parametrize("parent", ["reply", "pending_on_bobs"])
def test_closed_meanwhile_the_words_are_there_to_copy(
    stage: Stage, actor: str, parent: str
) -> None:
    change(stage, Post, "bobs_published", comments_open=False)
    for rest in ("", f"/comments/{{{parent}}}/reply"):
        before = stage.dump()
        answer = said(stage, actor, f"/post/{{bobs_published_slug}}{rest}")
        assert answer.status_code in (404, 422)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert is_given_back(answer)
        area = LexborHTMLParser(answer.text).css_first("textarea[name=body]")
        assert "readonly" in area.attributes
        assert stage.dump() == before


def test_what_was_written_under_an_old_address_is_sent_on(stage: Stage) -> None:
    with stage.app.app_context():
        target = stage.url("/post/{bobs_published_slug}")
        db.session.add(Redirect(path="/post/as-it-was", target=target, created_at=NOW))
        db.session.commit()
    for rest in ("", stage.url("/comments/{reply}/reply")):
        answer = said(stage, "stranger", f"/post/as-it-was{rest}")
        assert (answer.status_code, answer.location) == (308, target + rest)


def test_an_old_address_does_not_tell_where_a_hidden_post_is(stage: Stage) -> None:
    with stage.app.app_context():
        draft = db.session.get_one(Post, stage.rows["alices_draft"][1])
        db.session.add(
            Redirect(path="/post/as-it-was", target=f"/post/{draft.slug}", created_at=NOW)
        )
        db.session.commit()
    for actor in ACTORS:
        answer = said(stage, actor, "/post/as-it-was")
        assert answer.status_code == 404
        assert is_given_back(answer)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_it_is_said_in_the_visitors_language(stage: Stage, language: str) -> None:
    headers = {"Accept-Language": language}
    answer = said(stage, "stranger", "/post/never-was", headers=headers)
    assert f'<html lang="{language}"' in answer.text
    assert ("这篇文章不在这里" in answer.text) == (language == "zh-Hans")


def test_another_sites_words_are_not_shown(stage: Stage) -> None:
    foreign = {"Origin": "https://elsewhere.example.org"}
    answer = said(stage, "stranger", "/post/never-was", headers=foreign)
    assert answer.status_code == 400
    assert "One" not in answer.text
