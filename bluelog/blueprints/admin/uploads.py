"""Pictures that the editor sends."""

from typing import Any

from flask import current_app, jsonify, request, url_for
from flask_ckeditor import upload_fail
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.i18n import gettext as _
from bluelog.i18n import lazy_gettext as _l
from bluelog.services import uploads
from bluelog.storage import StorageAway
from bluelog.web.visitor import signed_in

PICTURES_AWAY = _l("Pictures cannot be stored right now. Your text is safe; try again in a minute.")


@bp.post("/upload")
def upload_picture() -> Any:
    """Store the picture in the field `upload`; the answer is what CKEditor expects."""
    file = request.files.get("upload")
    if file is None or not file.filename:
        return _refused(_("No picture was sent."))
    limit = current_app.config["BLUELOG_MAX_UPLOAD_BYTES"]
    person = signed_in()
    try:
        stored = uploads.store(file.read(), file.filename, by=person, at=now(), max_bytes=limit)
    except RuleBroken as refusal:
        return _refused(str(refusal))
    except StorageAway:
        return _refused(str(PICTURES_AWAY), 503)
    return jsonify(
        uploaded=1,
        fileName=stored.filename,
        url=url_for("blog.upload", name=stored.filename),
        width=stored.width,
        height=stored.height,
    )


def _refused(message: str, status: int = 422) -> Response:
    response: Response = upload_fail(message)
    response.status_code = status
    return response
