"""Saying something, and deciding about it."""

from collections.abc import Callable
from typing import Any

from bluelog.web.stamps import stamp
from tests.conftest import NOW
from tests.matrix import rows
from tests.stage import Stage

# Authors moderate what is said under their own posts. Writers who may publish need no approval.
TABLE = """
#                                                      stranger mallory rita carol alice eve ada
GET  /admin/comments                                 | sign-in sign-in 403 403 200 200 200
GET  /admin/comments?filter=pending                  | sign-in sign-in 403 403 200 200 200
GET  /admin/comments?filter=trashed                  | sign-in sign-in 403 403 200 200 200
POST /admin/comments/approval?of={pending_on_alices} | 401 401 403 403 done done done | .status=approved
POST /admin/comments/approval?of={pending_on_bobs}   | 401 401 403 403 404 done done | .status=approved
POST /admin/comments/approval?of={trashed_on_alices} | 401 401 403 403 done done done | .status=approved
POST /admin/comments/holding?of={approved_on_alices} | 401 401 403 403 done done done | .status=pending
POST /admin/comments/holding?of={approved_on_bobs}   | 401 401 403 403 404 done done | .status=pending
POST /admin/comments/spam?of={approved_on_alices}    | 401 401 403 403 done done done | .status=spam
POST /admin/comments/spam?of={approved_on_bobs}      | 401 401 403 403 404 done done | .status=spam
POST /admin/comments/trash?of={approved_on_alices}   | 401 401 403 403 done done done | .status=trashed
POST /admin/comments/trash?of={approved_on_bobs}     | 401 401 403 403 404 done done | .status=trashed
POST /admin/comments/approval                        | 401 401 403 403 refused refused refused
POST /admin/comments/approval/all                    | 401 401 403 403 done done done | pending_on_alices.status=approved
GET  /admin/comment/manage                           | sign-in sign-in 403 301 301 301 301

# Everyone comments where that is open, and waits for approval but for those who may publish.
POST /post/{alices_published_slug}                   | done done done done done done done | new comment.post_id={alices_published}
POST /post/{alices_draft_slug}                       | 404
POST /post/{carols_pending_slug}                     | 404
POST /post/{alices_trashed_slug}                     | 404
POST /post/{alices_published}                        | 308
POST /post/{alices_draft}                            | 404
GET  /post/{alices_published_slug}/comments/{approved_on_alices} | 302
GET  /post/{alices_published_slug}/comments/{pending_on_alices}  | 404
GET  /post/{alices_published_slug}/comments/{trashed_on_alices}  | 404
GET  /post/{alices_published_slug}/comments/{approved_on_bobs}   | 404
GET  /post/{bobs_published_slug}/comments/{reply}/reply          | 200
GET  /post/{bobs_published_slug}/comments/{pending_on_bobs}/reply | 404
POST /post/{bobs_published_slug}/comments/{reply}/reply          | done done done done done done done | new comment.thread_id={ritas_comment}
POST /post/{bobs_published_slug}/comments/{pending_on_bobs}/reply | 404
POST /post/{alices_published_slug}/comments/{reply}/reply        | 404
GET  /reply/comment/{approved_on_alices}             | 301
GET  /reply/comment/{pending_on_alices}              | 404

# What one has said oneself.
GET  /account/comments                               | sign-in sign-in 200 200 200 200 200
POST /account/comments/{ritas_comment}/withdrawal    | 401 401 done 404 404 404 404 | .status=trashed
POST /account/comments/{approved_on_bobs}/withdrawal | 401 401 404 404 404 404 404
"""  # noqa: E501  (a row of a table is one line)


def chosen(name: str) -> Callable[[Stage], dict[str, Any]]:
    """The form of the moderation list with that comment chosen."""
    return lambda stage: {"id": stage.rows[name][1]}


def words_on(post: str) -> Callable[[Stage], dict[str, Any]]:
    """The form of a comment on that post."""

    def form(stage: Stage) -> dict[str, Any]:
        with stage.app.app_context():
            stamped = stamp(stage.rows[post][1], NOW)
        who = {"author": "Greta", "email": "greta@example.org", "site": ""}
        return {"body": "Well said.", "stamp": stamped} | who

    return form


ROWS = rows(TABLE)
FORMS = {
    row.path: words_on("bobs_published" if "{bobs" in row.path else "alices_published")
    for row in ROWS
    if row.path.startswith("/post/")
} | {row.path: chosen(row.object) for row in ROWS if "?of=" in row.path}
