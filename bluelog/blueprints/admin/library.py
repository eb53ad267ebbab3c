"""The media library: every picture, what shows it, and its way out."""

from typing import Any

from flask import abort, current_app, jsonify, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.blueprints.admin.uploads import PICTURES_AWAY
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.i18n import gettext as _
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Upload, UploadState
from bluelog.queries import library as queries
from bluelog.queries.library import Wish
from bluelog.queries.word_search import words_of
from bluelog.services import library, uploads
from bluelog.storage import StorageAway
from bluelog.web.forms import Form, Lines, between, carried_out
from bluelog.web.paging import window
from bluelog.web.redirects import local_path
from bluelog.web.visitor import signed_in

PER_PAGE = 24
USES_PER_PAGE = 20
MOST_TOLD = 5  # messages travel in a cookie
TYPES = "image/png,image/jpeg,image/gif,image/webp"


class PictureForm(Form):
    """The words that a picture begins with."""

    alt = Lines(_l("Alternative text"), [Optional(), between(0, 500)])
    caption = Lines(_l("Caption"), [Optional(), between(0, 500)])


@bp.get("/uploads")
def manage_uploads() -> Any:
    """The pictures, newest first."""
    wish, sought = asked_wish()
    page = queries.library_page(signed_in(), wish, window(PER_PAGE))
    return dashboard_page(
        "admin/library/list.html", page=page, filter=wish.filter, sought=sought, types=TYPES
    )


@bp.get("/uploads/choices")
def upload_choices() -> Any:
    """The pictures as the editor offers them: what it shows of each, and where they go on."""
    wish, _sought = asked_wish()
    page = queries.library_page(signed_in(), wish, window(PER_PAGE))
    return jsonify(pictures=[_choice(upload) for upload in page.items], after=page.after)


@bp.post("/uploads")
def add_uploads() -> Any:
    """Keep each picture that was sent; those that cannot be kept are named."""
    files = [file for file in request.files.getlist("upload") if file.filename]
    refusals = [refusal for file in files if (refusal := _refusal(file))]
    kept = len(files) - len(refusals)
    if kept:
        say(ngettext("One picture is stored.", "%(num)d pictures are stored.", kept))
    for refusal in refusals[:MOST_TOLD] if files else [_("No picture was sent.")]:
        say(refusal, refused=True)
    if kept:
        return redirect(url_for("admin.manage_uploads"), 303)
    return manage_uploads(), 422


@bp.get("/uploads/<id:upload_id>")
def show_upload(upload_id: int) -> Any:
    upload = _managed(upload_id)
    return _picture_page(PictureForm(obj=upload), upload)


@bp.post("/uploads/<id:upload_id>/edit")
def describe_upload(upload_id: int) -> Any:
    upload = _managed(upload_id)
    form = PictureForm(obj=upload)

    def describe() -> Upload:
        alt, caption = form.alt.data or "", form.caption.data or ""
        return library.describe(upload_id, alt, caption, by=signed_in())

    if carried_out(form, describe) is None:
        return _picture_page(form, _managed(upload_id))
    say(_("The picture’s texts are saved."))
    return redirect(url_for("admin.show_upload", upload_id=upload_id), 303)


@bp.post("/uploads/<id:upload_id>/trash")
def trash_upload(upload_id: int) -> Response:
    try:
        library.trash(upload_id, by=signed_in(), at=now())
    except RuleBroken as refusal:
        say(str(refusal), refused=True)
        return redirect(url_for("admin.show_upload", upload_id=upload_id), 303)
    say(_("The picture is in the trash. It stays there for 30 days."), undo=True)
    return redirect(url_for("admin.manage_uploads"), 303)


@bp.post("/uploads/<id:upload_id>/restoration")
def restore_upload(upload_id: int) -> Response:
    library.restore(upload_id, by=signed_in())
    say(_("The picture is out of the trash."))
    return redirect(local_path(request.referrer) or url_for("admin.manage_uploads"), 303)


def asked_wish() -> tuple[Wish, str]:
    """What the address asks for, and the words as they were typed."""
    chosen, sought = request.args.get("filter", ""), request.args.get("q", "").strip()[:200]
    if chosen not in queries.FILTERS:
        abort(404)
    return Wish(chosen, words_of(sought)), sought


def _picture_page(form: PictureForm, upload: Upload) -> Any:
    person, at = signed_in(), now()
    return form_page(
        "admin/library/picture.html",
        form,
        upload=upload,
        uses=queries.uses_page(upload, person, at, window(USES_PER_PAGE)),
        places=queries.site_uses(upload),
        unsaved=queries.unsaved_uses(upload, person),
        # Where a post shows it, it is in no danger.
        former=[] if upload.state == UploadState.USED else queries.former_uses(upload, person, at),
    )


def _choice(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.original_name,
        "alt": upload.alt,
        "caption": upload.caption,
        "url": url_for("blog.upload", name=upload.filename),
        "thumbnail": url_for("blog.upload", name=upload.thumbnail),
        "width": upload.width,
        "height": upload.height,
    }


def _managed(upload_id: int) -> Upload:
    return queries.upload_managed_by(signed_in(), upload_id) or abort(404)


def _refusal(file: Any) -> str:
    """Why the picture was not kept; nothing where it was."""
    limit = current_app.config["BLUELOG_MAX_UPLOAD_BYTES"]
    try:
        uploads.store(file.read(), file.filename, by=signed_in(), at=now(), max_bytes=limit)
    except RuleBroken as refusal:
        return f"{file.filename}: {refusal}"
    except StorageAway:
        return f"{file.filename}: {PICTURES_AWAY}"
    return ""
