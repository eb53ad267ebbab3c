"""Every address of the original answers, or leads to what answers now."""

import pytest

from bluelog.extensions import db
from bluelog.models import Comment
from tests.browsing import ORIGIN
from tests.stage import Stage
from tests.typing_in import GUEST, stamped

# Old address | who asks | answer | where it leads.
OLD = """
/ | stranger | 200 |
/?page=1 | stranger | 301 | /
/about | stranger | 200 |
/category/{travel} | stranger | 301 | /category/travel
/category/{travel}?page=1 | stranger | 301 | /category/travel?page=1
/category/999999 | stranger | 404 |
/post/{alices_published} | stranger | 301 | /post/alices-published
/post/{alices_published}?reply=1&author=x | stranger | 301 | /post/alices-published
/post/{alices_draft} | stranger | 404 |
/post/999999 | stranger | 404 |
/reply/comment/{reply} | stranger | 301 | /post/bobs-published/comments/{reply}/reply
/reply/comment/{pending_on_alices} | stranger | 404 |
/change-theme/perfect_blue?next=/about   | stranger | 302 | /about
/change-theme/black_swan?next=/ | stranger | 302 | /
/change-theme/slate | stranger | 404 |
/uploads/{picture_name} | stranger | 200 |
/admin/uploads/{picture_name} | stranger | 301 | /uploads/{picture_name}
/auth/login | stranger | 200 |
/auth/login?next=/about | ada      | 302 | /about
/auth/login?next=https://evil.example.org/ | ada | 302 | /
/auth/logout | ada      | 200 |
/auth/logout | stranger | 302 | /
/admin/settings | ada      | 200 |
/admin/settings | stranger | 302 | /auth/login?next=/admin/settings
/admin/post/manage | ada      | 301 | /admin/posts
/admin/post/manage?page=999 | ada      | 301 | /admin/posts
/admin/post/new | ada      | 301 | /admin/posts/new
/admin/post/{alices_published}/edit | ada      | 301 | /admin/posts/{alices_published}/edit
/admin/comment/manage | ada      | 301 | /admin/comments
/admin/comment/manage?filter=unread | ada      | 301 | /admin/comments?filter=unread
/admin/comment/manage?filter=admin | ada      | 301 | /admin/comments?filter=admin
/admin/comment/manage?filter=nonsense | ada      | 301 | /admin/comments?filter=nonsense
/admin/category/manage | ada      | 301 | /admin/categories
/admin/category/new | ada      | 301 | /admin/categories/new
/admin/category/{travel}/edit | ada      | 301 | /admin/categories/{travel}/edit
/admin/category/{general}/edit | ada      | 301 | /admin/categories/{general}/edit
/admin/link/manage | ada      | 301 | /admin/links
/admin/link/new | ada      | 301 | /admin/links/new
/admin/link/{link}/edit | ada      | 301 | /admin/links/{link}/edit
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in OLD.strip().splitlines()]


@pytest.mark.parametrize(("old", "actor", "answer", "leads"), ROWS)
def test_the_old_address_answers(
    stage: Stage, old: str, actor: str, answer: str, leads: str
) -> None:
    client = stage.client(actor)
    with client.get(stage.url(old)) as seen:
        assert seen.status_code == int(answer)
        assert (seen.location or "").replace("%2F", "/") == stage.url(leads)
    if leads:
        with client.get(stage.url(leads), follow_redirects=True) as arrived:
            assert arrived.status_code == 200


def test_the_old_filters_show_what_they_showed(stage: Stage) -> None:
    ada = stage.client("ada")
    unread = ada.get("/admin/comments?filter=unread").text
    assert "Said pending to alice" in unread
    assert "Said approved to alice" not in unread
    everything = ada.get("/admin/comments?filter=nonsense").text
    assert "Said approved to alice" in everything
    assert "Said approved to alice" not in ada.get("/admin/comments?filter=admin").text


def test_a_comment_sent_to_the_old_address_is_kept(stage: Stage) -> None:
    """With 308 a browser sends the form again, whole, to where the post is."""
    client, data = stage.client(), GUEST | stamped(stage)
    first = client.post(
        stage.url("/post/{alices_published}"), data=data, headers={"Origin": ORIGIN}
    )
    assert (first.status_code, first.location) == (308, "/post/alices-published")
    again = client.post(first.location, data=data, headers={"Origin": ORIGIN})
    assert again.status_code == 303
    with stage.app.app_context():
        query = db.select(Comment).where(Comment.email == GUEST["email"])
        assert [comment.status for comment in db.session.scalars(query)] == ["pending"]


def test_signing_out_by_a_link_needs_a_click_of_ones_own(stage: Stage) -> None:
    ada = stage.client("ada")
    page = ada.get("/auth/logout").text
    assert 'method="post"' in page
    assert ada.get("/admin/settings").status_code == 200
