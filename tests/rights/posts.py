"""Posts, pages and pictures."""

from io import BytesIO
from typing import Any

from tests.matrix import Form, rows
from tests.pictures import photograph
from tests.stage import Stage

# Contributors write drafts and hand them in; authors publish their own; editors do everything.
TABLE = """
#                                                 stranger mallory rita carol alice eve ada
GET  /admin/                                    | sign-in sign-in 403 200 200 200 200
GET  /admin/posts                               | sign-in sign-in 403 200 200 200 200
GET  /admin/posts?tag={lamps}                   | sign-in sign-in 403 200 200 200 200
GET  /admin/posts?tag=999                       | sign-in sign-in 403 404 404 404 404
GET  /admin/posts?status=trashed                | sign-in sign-in 403 200 200 200 200
GET  /admin/posts/new                           | sign-in sign-in 403 200 200 200 200
GET  /admin/posts/new?kind=page                 | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{alices_draft}/edit           | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{alices_pending}/edit         | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{alices_published}/edit       | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{alices_trashed}/edit         | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{bobs_draft}/edit             | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{bobs_pending}/edit           | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{bobs_published}/edit         | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{carols_draft}/edit           | sign-in sign-in 403 200 404 200 200
GET  /admin/posts/{carols_pending}/edit         | sign-in sign-in 403 200 404 200 200
GET  /admin/posts/{carols_published}/edit       | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{carols_trashed}/edit         | sign-in sign-in 403 200 404 200 200
GET  /admin/posts/{imprint}/edit                | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{about}/edit                  | sign-in sign-in 403 404 404 200 200

POST /admin/posts/new                           | 401 401 403 done done done done | new post.status=draft
POST /admin/posts/new?kind=page                 | 401 401 403 404 404 done done | new post.kind=page
POST /admin/posts/new/publication               | 401 401 403 403 done done done | new post.status=published
POST /admin/posts/new/publication?kind=page     | 401 401 403 404 404 done done | new post.kind=page
POST /admin/posts/new/submission                | 401 401 403 done done done done | new post.status=pending

POST /admin/posts/new/conversion                | 401 401 403 200 200 200 200
POST /admin/posts/new/conversion?kind=page      | 401 401 403 404 404 200 200
POST /admin/posts/{alices_draft}/conversion     | 401 401 403 404 200 200 200
POST /admin/posts/{bobs_published}/conversion   | 401 401 403 404 404 200 200
POST /admin/posts/{carols_draft}/conversion     | 401 401 403 200 404 200 200
POST /admin/posts/preview                       | 401 401 403 200 200 200 200
POST /admin/posts/new/preview                   | 401 401 403 200 200 200 200
POST /admin/posts/new/preview?kind=page         | 401 401 403 404 404 200 200
POST /admin/posts/{alices_draft}/preview        | 401 401 403 404 200 200 200
POST /admin/posts/{bobs_published}/preview      | 401 401 403 404 404 200 200
POST /admin/posts/{carols_draft}/preview        | 401 401 403 200 404 200 200
POST /admin/posts/new/check                     | 401 401 403 200 200 200 200
POST /admin/posts/new/check?kind=page           | 401 401 403 404 404 200 200
POST /admin/posts/{alices_draft}/check          | 401 401 403 404 200 200 200
POST /admin/posts/{bobs_published}/check        | 401 401 403 404 404 200 200
POST /admin/posts/{carols_draft}/check          | 401 401 403 200 404 200 200

# Links by which outsiders read what is not public: for who may edit it.
POST /admin/posts/{alices_draft}/preview-links     | 401 401 403 404 done done done | new preview_link.submission_id=a-link-of-a-test-1
POST /admin/posts/{carols_pending}/preview-links   | 401 401 403 done 404 done done | new preview_link.submission_id=a-link-of-a-test-1
POST /admin/posts/{imprint}/preview-links          | 401 401 403 404 404 done done | new preview_link.submission_id=a-link-of-a-test-1
POST /admin/posts/{alices_published}/preview-links | 401 401 403 404 422 422 422
POST /admin/posts/{alices_trashed}/preview-links   | 401 401 403 404 422 422 422
POST /admin/posts/{alices_draft}/preview-links/{preview_link}/revocation | 401 401 403 404 done done done | preview_link gone
POST /admin/posts/{bobs_draft}/preview-links/{preview_link}/revocation   | 401 401 403 404 404 200 200
GET  /preview/{preview_address}                 | 200
GET  /preview/{reset_link}                      | 404

POST /admin/posts/{alices_draft}/edit           | 401 401 403 404 done done done | .title=Retold
POST /admin/posts/{alices_published}/edit       | 401 401 403 404 done done done | .title=Retold
POST /admin/posts/{alices_trashed}/edit         | 401 401 403 404 422 422 422
POST /admin/posts/{bobs_draft}/edit             | 401 401 403 404 404 done done | .title=Retold
POST /admin/posts/{bobs_published}/edit         | 401 401 403 404 404 done done | .title=Retold
POST /admin/posts/{carols_draft}/edit           | 401 401 403 done 404 done done | .title=Retold; new tag.name=retold
POST /admin/posts/{carols_pending}/edit         | 401 401 403 done 404 done done | .title=Retold
POST /admin/posts/{carols_published}/edit       | 401 401 403 404 404 done done | .title=Retold
POST /admin/posts/{imprint}/edit                | 401 401 403 404 404 done done | .title=Retold
POST /admin/posts/{about}/edit                  | 401 401 403 404 404 done done | .title=Retold

POST /admin/posts/{alices_draft}/publication    | 401 401 403 404 done done done | .status=published
POST /admin/posts/{bobs_pending}/publication    | 401 401 403 404 404 done done | .status=published
POST /admin/posts/{carols_draft}/publication    | 401 401 403 403 404 done done | .status=published
POST /admin/posts/{carols_pending}/publication  | 401 401 403 403 404 done done | .status=published
POST /admin/posts/{imprint}/publication         | 401 401 403 404 404 done done | .status=published

POST /admin/posts/{alices_draft}/publication/now   | 401 401 403 404 done done done | .status=published
POST /admin/posts/{bobs_draft}/publication/now     | 401 401 403 404 404 done done | .status=published
POST /admin/posts/{carols_draft}/publication/now   | 401 401 403 403 404 done done | .status=published

POST /admin/posts/{alices_draft}/submission     | 401 401 403 404 done done done | .status=pending
POST /admin/posts/{bobs_draft}/submission       | 401 401 403 404 404 done done | .status=pending
POST /admin/posts/{carols_draft}/submission     | 401 401 403 done 404 done done | .status=pending
POST /admin/posts/{alices_published}/submission | 401 401 403 404 422 422 422

POST /admin/posts/{alices_published}/withdrawal | 401 401 403 404 done done done | .status=draft
POST /admin/posts/{bobs_published}/withdrawal   | 401 401 403 404 404 done done | .status=draft
POST /admin/posts/{carols_pending}/withdrawal   | 401 401 403 done 404 done done | .status=draft
POST /admin/posts/{carols_published}/withdrawal | 401 401 403 404 404 done done | .status=draft
POST /admin/posts/{about}/withdrawal            | 401 401 403 404 404 done done | .status=draft

POST /admin/posts/{alices_published}/privacy    | 401 401 403 404 done done done | .status=private
POST /admin/posts/{bobs_draft}/privacy          | 401 401 403 404 404 done done | .status=private
POST /admin/posts/{carols_draft}/privacy        | 401 401 403 403 404 done done | .status=private

POST /admin/posts/{alices_pending}/return       | 401 401 403 404 403 done done | .review_note=Shorter.
POST /admin/posts/{bobs_pending}/return         | 401 401 403 404 404 done done | .status=draft
POST /admin/posts/{carols_pending}/return       | 401 401 403 403 404 done done | .status=draft
POST /admin/posts/{alices_draft}/return         | 401 401 403 404 403 422 422

POST /admin/posts/{alices_draft}/trash          | 401 401 403 404 done done done | .status=trashed
POST /admin/posts/{alices_published}/trash      | 401 401 403 404 done done done | .status=trashed
POST /admin/posts/{bobs_published}/trash        | 401 401 403 404 404 done done | .status=trashed
POST /admin/posts/{carols_draft}/trash          | 401 401 403 done 404 done done | .status=trashed
POST /admin/posts/{carols_published}/trash      | 401 401 403 404 404 done done | .status=trashed
POST /admin/posts/{about}/trash                 | 401 401 403 404 404 done done | .status=trashed
POST /admin/posts/{alices_trashed}/restoration  | 401 401 403 404 done done done | .status=draft
POST /admin/posts/{carols_trashed}/restoration  | 401 401 403 done 404 done done | .status=draft
POST /admin/posts/{alices_trashed}/recovery     | 401 401 403 404 done done done | .status=draft; .title=Retold
POST /admin/posts/{carols_trashed}/recovery     | 401 401 403 done 404 done done | .status=draft; .title=Retold

POST /admin/posts/{alices_published}/comments/closing | 401 401 403 404 done done done | .comments_open=0
POST /admin/posts/{bobs_published}/comments/closing   | 401 401 403 404 404 done done | .comments_open=0
POST /admin/posts/{carols_published}/comments/closing | 401 401 403 404 404 done done | .comments_open=0
POST /admin/posts/{alices_published}/comments/opening | 401 401 403 404 done done done | .version=2
POST /admin/posts/{bobs_published}/comments/opening   | 401 401 403 404 404 done done | .version=2

# Pinned to the home page: for editors, whosever it is.
POST /admin/posts/{alices_published}/pin         | 401 401 403 403 403 done done | .pinned_at=2026-03-10 12:00:00.000000
POST /admin/posts/{bobs_published}/pin           | 401 401 403 403 403 done done | .pinned_at=2026-03-10 12:00:00.000000
POST /admin/posts/{alices_draft}/pin             | 401 401 403 403 403 422 422
POST /admin/posts/{about}/pin                    | 401 401 403 403 403 422 422
POST /admin/posts/{bobs_published}/pin/removal   | 401 401 403 403 403 200 200

# What a post was, and what somebody is writing.
GET  /admin/posts/{alices_draft}/revisions      | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{bobs_published}/revisions    | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{carols_draft}/revisions      | sign-in sign-in 403 200 404 200 200
GET  /admin/posts/{carols_published}/revisions  | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{alices_told}/revisions/1     | sign-in sign-in 403 404 200 200 200
POST /admin/posts/{alices_told}/revisions/1/restoration | 401 401 403 404 done done done | .title=Alices told
POST /admin/posts/{alices_draft}/presence       | 401 401 403 404 done done done | new presence.post_id={alices_draft}
POST /admin/posts/{carols_draft}/presence       | 401 401 403 done 404 done done | new presence.post_id={carols_draft}
POST /admin/working-copies                      | 401 401 403 done done done done | new working_copy.title=Retold
POST /admin/working-copies/{alices_copy}/removal | 401 401 403 404 done 404 404 | gone
GET  /admin/working-copies/{alices_copy}        | sign-in sign-in 403 404 200 404 404
GET  /account/texts                             | sign-in sign-in 200 200 200 200 200
POST /account/texts/{alices_copy}/removal       | 401 401 404 404 done 404 404 | gone
GET  /admin/posts/new?copy={alices_copy}        | sign-in sign-in 403 404 200 404 404
GET  /admin/session                             | sign-in sign-in 403 200 200 200 200

# Several at once: what one may not change is left, and that is said.
POST /admin/posts/publication                   | 401 401 403 refused done done done | alices_draft.status=published
POST /admin/posts/withdrawal                    | 401 401 403 refused refused done done | bobs_published.status=draft
POST /admin/posts/trash                         | 401 401 403 refused done done done | alices_draft.status=trashed
POST /admin/posts/restoration                   | 401 401 403 refused done done done | alices_trashed.status=draft
POST /admin/posts/category                      | 401 401 403 refused refused done done | bobs_published.version=2
POST /admin/posts/comments/closing              | 401 401 403 refused refused done done | bobs_published.comments_open=0
POST /admin/posts/comments/opening              | 401 401 403 refused refused refused refused
POST /admin/upload                              | 401 401 403 403 done done done | new upload.original_name=p.png

# Pictures: authors have their own, editors everyone's.
GET  /admin/uploads                             | sign-in sign-in 403 403 200 200 200
GET  /admin/uploads/choices                     | sign-in sign-in 403 403 200 200 200
GET  /admin/uploads/{picture}                   | sign-in sign-in 403 403 200 200 200
GET  /admin/uploads/{bobs_picture}              | sign-in sign-in 403 403 404 200 200
POST /admin/uploads                             | 401 401 403 403 done done done | new upload.original_name=p.png
POST /admin/posts/covers                        | 401 401 403 403 200 200 200
POST /admin/posts/covers?post={alices_draft}    | 401 401 403 403 200 200 200
POST /admin/posts/covers?post={bobs_draft}      | 401 401 403 403 404 200 200
POST /admin/posts/unsaved                       | 401 401 403 403 200 200 200
POST /admin/posts/unsaved?post={bobs_draft}     | 401 401 403 403 404 200 200
POST /admin/posts/unsaved?kind=page             | 401 401 403 403 404 200 200
POST /admin/uploads/{picture}/edit              | 401 401 403 403 done done done | .alt=A light
POST /admin/uploads/{bobs_picture}/edit         | 401 401 403 403 404 done done | .alt=A light
POST /admin/uploads/{picture}/trash             | 401 401 403 403 done done done | .state=trashed
POST /admin/uploads/{bobs_picture}/trash        | 401 401 403 403 404 done done | .state=trashed
POST /admin/uploads/{binned_picture}/restoration | 401 401 403 403 done done done | .state=unused
POST /admin/uploads/{bobs_picture}/restoration  | 401 401 403 403 404 done done | .state=unused

# An act is undone by who did it.
POST /admin/changes/{alices_act}/reversal       | 401 401 403 404 done 404 404 | alices_trashed.status=draft
POST /admin/changes/{eves_act}/reversal         | 401 401 403 404 404 done 404 | eves_victim.status=approved

# Where the original had these pages; what they lead to asks for itself who may see it.
GET  /admin/post/manage                         | sign-in sign-in 403 301 301 301 301
GET  /admin/post/new                            | sign-in sign-in 403 301 301 301 301
GET  /admin/post/{bobs_draft}/edit              | sign-in sign-in 403 301 301 301 301
"""  # noqa: E501  (a row of a table is one line)


def post_form(stage: Stage, version: int = 1) -> dict[str, Any]:
    return {
        "title": "Retold",
        "source": "<p>Once more.</p>",
        "language": "en",
        "category_id": stage.rows["general"][1],
        "comments_open": "y",
        "tags": "retold",
        "version": version,
        "note": "Shorter.",
        "preview_days": 7,
        "preview_submission": "a-link-of-a-test-1",
    }


def trashed_form(stage: Stage) -> dict[str, Any]:
    return post_form(stage, version=2)  # putting it in the trash was a change


def picture_form(_stage: Stage) -> dict[str, Any]:
    return {"upload": (BytesIO(photograph(30, 20, "PNG")), "p.png")}


def words_form(_stage: Stage) -> dict[str, Any]:
    return {"alt": "A light", "caption": "At night"}


def several_form(name: str) -> Form:
    """One post chosen in the list, and another category to put it in."""

    def filled(stage: Stage) -> dict[str, Any]:
        return {"id": stage.rows[name][1], "category_id": stage.rows["travel"][1]}

    return filled


ROWS = rows(TABLE)
FORMS: dict[str, Form] = {row.path: post_form for row in ROWS}
FORMS |= {row.path: trashed_form for row in ROWS if "trashed}" in row.path}
FORMS["/admin/upload"] = FORMS["/admin/uploads"] = picture_form
FORMS |= {
    "/admin/posts/publication": several_form("alices_draft"),
    "/admin/posts/trash": several_form("alices_draft"),
    "/admin/posts/restoration": several_form("alices_trashed"),
    **{
        f"/admin/posts/{what}": several_form("bobs_published")
        for what in ("withdrawal", "category", "comments/closing", "comments/opening")
    },
}
for row in ROWS:
    if row.path.startswith("/admin/uploads/"):
        FORMS[row.path] = words_form
