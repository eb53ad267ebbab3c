"""A comment from its form to its readers, as the original had it and better."""

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bluelog.extensions import db
from bluelog.models import Comment, User
from tests.browsing import ORIGIN
from tests.stage import Stage
from tests.typing_in import GUEST, stamped

POST = "/post/alices-published"


def said(stage: Stage, actor: str, **values: str) -> int:
    """Send a comment as that person's page would; its id."""
    data = stamped(stage) | {"csrf_token": stage.tokens.get(actor, "")} | values
    answer = stage.client(actor).post(POST, data=data, headers={"Origin": ORIGIN})
    assert answer.status_code == 303
    with stage.app.app_context():
        return int(db.session.scalar(db.select(db.func.max(Comment.id))) or 0)


def comment(stage: Stage, comment_id: int, actor: str = "stranger") -> LexborNode | None:
    return LexborHTMLParser(stage.client(actor).get(POST).text).css_first(f"#comment-{comment_id}")


def decide(stage: Stage, verb: str, comment_id: int) -> None:
    data = {"csrf_token": stage.tokens["ada"], "id": str(comment_id)}
    assert stage.client("ada").post(f"/admin/comments/{verb}", data=data).status_code == 303


def test_a_guest_is_hidden_and_uncounted_until_approved(stage: Stage) -> None:
    made = said(stage, "stranger", **GUEST)
    before = stage.client().get(f"{POST}?notice=comment-pending").text
    assert comment(stage, made) is None
    assert "1 comment<" in before
    assert 'role="status"' in before
    decide(stage, "approval", made)
    shown = comment(stage, made)
    assert shown is not None
    assert "2 comments<" in stage.client().get(POST).text
    assert GUEST["email"] not in (shown.html or "")


def test_a_guest_form_asks_for_four_things_and_a_signed_in_one_for_one(stage: Stage) -> None:
    asked = {}
    for actor in ("stranger", "rita", "ada"):
        page = LexborHTMLParser(stage.client(actor).get(POST).text)
        fields = page.css("form.write input:not([type=hidden]), form.write textarea")
        asked[actor] = {node.attributes["name"] for node in fields}
    assert asked == {
        "stranger": {"body", "author", "email", "site"},
        "rita": {"body"},
        "ada": {"body"},
    }


def test_staff_is_shown_at_once_with_a_badge_and_the_name_of_today(stage: Stage) -> None:
    as_author, as_staff = said(stage, "alice", body="Mine."), said(stage, "eve", body="Ours.")
    for made, badge in ((as_author, "Author"), (as_staff, "Staff")):
        shown = comment(stage, made)
        assert shown is not None
        assert shown.css_first(".badge").text() == badge
    with stage.app.app_context():
        db.session.execute(db.update(User).where(User.username == "eve").values(name="Eva Luna"))
        db.session.commit()
    renamed = comment(stage, as_staff)
    assert renamed is not None
    assert renamed.css_first(".meta b").text().strip() == "Eva Luna"


def test_an_answer_names_whom_it_answers_and_links_there(stage: Stage) -> None:
    parent = stage.rows["approved_on_alices"][1]
    page = LexborHTMLParser(stage.client().get(POST).text)
    link = page.css_first(f"#comment-{parent} .answer a")
    assert link.attributes["aria-label"] == "Reply to Guest"
    form_page = LexborHTMLParser(stage.client().get(str(link.attributes["href"])).text)
    assert form_page.css_first("h1").text() == "Reply to Guest"
    assert form_page.css_first(f"#comment-{parent} .said") is not None
    form = form_page.css_first("form.write")
    data = GUEST | {"stamp": form.css_first("[name=stamp]").attributes["value"]}
    address = str(form.attributes["action"]).partition("#")[0]
    sent = stage.client().post(address, data=data, headers={"Origin": ORIGIN})
    assert sent.status_code == 303
    with stage.app.app_context():
        [row] = db.session.scalars(db.select(Comment).where(Comment.email == GUEST["email"]))
        assert row.parent_id == parent
        made = row.id
    decide(stage, "approval", made)
    shown = comment(stage, made)
    assert shown is not None
    assert "reply" in str(shown.attributes["class"]).split()


def test_lines_stay_lines_and_markup_stays_text(stage: Stage) -> None:
    made = said(stage, "alice", body="One <b>line</b>\nand another\n\nnew paragraph")
    shown = comment(stage, made)
    assert shown is not None
    words = shown.css_first(".said")
    assert words.css_first("b") is None
    assert len(words.css("p")) == 2
    assert len(words.css("br")) == 1


def test_a_guests_site_is_linked_without_our_word_for_it(stage: Stage) -> None:
    made = said(stage, "stranger", **GUEST)
    without = said(stage, "stranger", **GUEST | {"site": "", "body": "No site."})
    decide(stage, "approval", made)
    decide(stage, "approval", without)
    shown, plain = comment(stage, made), comment(stage, without)
    assert shown is not None
    assert plain is not None
    link = shown.css_first(".meta b a")
    assert link.attributes["href"] == GUEST["site"]
    assert {"nofollow", "ugc", "noopener"} <= set(str(link.attributes["rel"]).split())
    assert "target" not in link.attributes
    assert plain.css_first(".meta b a") is None


def test_a_comment_says_when_in_full_and_has_an_address_of_its_own(stage: Stage) -> None:
    shown = comment(stage, stage.rows["approved_on_alices"][1])
    assert shown is not None
    time = shown.css_first("time")
    assert time.attributes["datetime"] == "2026-03-09T12:00:00+00:00"
    assert "2026" in time.text()


@pytest.mark.parametrize(
    ("actor", "may"), [("alice", True), ("eve", True), ("carol", False), ("stranger", False)]
)
def test_who_moderates_has_address_trash_and_switch_beside_the_words(
    stage: Stage, actor: str, may: bool
) -> None:
    page = LexborHTMLParser(stage.client(actor).get(POST).text)
    found = page.css_first(f"#comment-{stage.rows['approved_on_alices'][1]}")
    assert (found.css_first('a[href="mailto:guest@example.org"]') is not None) == may
    assert (found.css_first('form[action="/admin/comments/trash"]') is not None) == may
    assert (page.css_first('form[action$="/comments/closing"]') is not None) == may


def test_the_switch_closes_and_opens(stage: Stage) -> None:
    post_id = stage.rows["alices_published"][1]
    data = {"csrf_token": stage.tokens["alice"]}
    back = {"Referer": f"http://localhost{POST}"}
    closed = stage.client("alice").post(
        f"/admin/posts/{post_id}/comments/closing", data=data, headers=back
    )
    assert closed.location == POST
    page = LexborHTMLParser(stage.client().get(POST).text)
    assert page.css_first("form.write") is None
    assert page.css_first(".answer") is None
    assert page.css_first(".conversation .empty") is not None
    assert page.css_first(f"#comment-{stage.rows['approved_on_alices'][1]}") is not None
    stage.client("alice").post(f"/admin/posts/{post_id}/comments/opening", data=data)
    assert LexborHTMLParser(stage.client().get(POST).text).css_first("form.write") is not None


def test_nobody_has_said_anything_yet(stage: Stage) -> None:
    page = LexborHTMLParser(stage.client().get("/post/carols-published").text)
    assert page.css_first(".conversation .empty") is not None
