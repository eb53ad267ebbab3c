"""Defects of the original that are not inherited, beside those that other tests name."""

from io import BytesIO
from typing import Any

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Category, Comment, OutgoingMail, Post, Upload, User
from bluelog.passwords import hash_password
from tests.browsing import ORIGIN
from tests.pictures import photograph
from tests.stage import Stage
from tests.typing_in import GUEST, stamped


def act(stage: Stage, path: str, actor: str = "ada", **values: str) -> int:
    data = {"csrf_token": stage.tokens.get(actor, "")} | values
    client, address = stage.client(actor), stage.url(path)
    return client.post(address, data=data, headers={"Origin": ORIGIN}).status_code


def test_1_every_kind_of_password_hash_fits_its_column() -> None:
    longest = User.__table__.c.password_hash.type.length
    werkzeugs = 162  # what its scrypt takes
    assert longest >= max(len(hash_password("x" * 1024)), werkzeugs)


def test_2_an_answer_that_waits_is_mailed_to_nobody_but_those_who_decide(stage: Stage) -> None:
    stage.app.config["MAIL_SERVER"] = "127.0.0.1"
    path = "/post/{alices_published_slug}/comments/{approved_on_alices}/reply"
    data = GUEST | stamped(stage)
    assert act(stage, path, "stranger", **data) == 303
    stage.app.config["MAIL_SERVER"] = ""
    with stage.app.app_context():
        mailed = set(db.session.scalars(select(OutgoingMail.recipient)))
    assert mailed
    assert "guest@example.org" not in mailed


def test_3_an_answer_to_what_is_hidden_or_elsewhere_is_none(stage: Stage) -> None:
    before = stage.dump()
    data = GUEST | stamped(stage)
    for parent in ("pending_on_alices", "spam_on_alices", "approved_on_bobs"):
        path = f"/post/{{alices_published_slug}}/comments/{{{parent}}}/reply"
        assert act(stage, path, "stranger", **data) in (404, 422)
    assert stage.dump() == before


def test_4_a_stranger_uploads_nothing(stage: Stage) -> None:
    data = {"upload": (BytesIO(photograph(40, 30)), "../../app.py")}
    answer = stage.client().post("/admin/upload", data=data, headers={"Origin": ORIGIN})
    assert answer.status_code == 401


def test_4_and_nobody_chooses_where_a_file_is_kept(stage: Stage) -> None:
    data: dict[str, Any] = {"csrf_token": stage.tokens["alice"]}
    data["upload"] = (BytesIO(photograph(40, 30, seed=7)), "../../app.py")
    answer = stage.client("alice").post("/admin/upload", data=data)
    assert answer.status_code in (200, 201)
    with stage.app.app_context():
        newest = db.session.scalars(select(Upload).order_by(Upload.id.desc())).first()
        assert newest is not None
        assert "app" not in newest.filename
        assert "/" not in newest.filename


def test_13_a_picture_outlives_a_post_for_the_others_that_show_it(stage: Stage) -> None:
    address = stage.url("/uploads/{picture_name}")
    with stage.app.app_context():
        shown = {"source": f'<p><img src="{address}"></p>', "html": f'<p><img src="{address}"></p>'}
        db.session.execute(db.update(Post).where(Post.kind == "post").values(**shown))
        db.session.commit()
    assert act(stage, "/admin/posts/{alices_published}/trash") == 303
    with stage.client().get(address) as answer:
        assert answer.status_code == 200


def test_14_the_default_category_is_the_one_that_is_marked(stage: Stage) -> None:
    """Whatever its number: here the first row is an ordinary category."""
    with stage.app.app_context():
        for name, is_default in (("general", False), ("travel", True)):
            row = db.update(Category).where(Category.slug == name)
            db.session.execute(row.values(is_default=False))
            db.session.commit()
            db.session.execute(row.values(is_default=is_default))
            db.session.commit()
    assert act(stage, "/admin/categories/{general}/deletion") == 303
    with stage.app.app_context():
        assert set(db.session.scalars(select(Category.slug))) == {"travel"}
        homeless = select(Post.id).where(Post.kind == "post", Post.category_id.is_(None))
        assert db.session.scalars(homeless).all() == []


def test_4_nothing_is_stored_where_comments_are_closed(stage: Stage) -> None:
    assert act(stage, "/admin/posts/{alices_published}/comments/closing", "alice") == 302
    data = GUEST | stamped(stage)
    assert act(stage, "/post/{alices_published_slug}", "stranger", **data) == 422
    with stage.app.app_context():
        query = select(Comment.id).where(Comment.email == GUEST["email"])
        assert db.session.scalars(query).all() == []
