"""Pictures, by the names made from their content."""

from flask import Response, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from bluelog import storage
from bluelog.blueprints.blog import bp
from bluelog.queries.redirects import target_of
from bluelog.queries.uploads import original_of
from bluelog.web.redirects import moved_or_404
from bluelog.web.static import FOREVER

_MIME_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}


@bp.get("/uploads/<path:name>")
def upload(name: str) -> BaseResponse:
    """A picture; the original answers for a variant that is not made yet."""
    if storage.parts(name) and storage.current().exists(name):
        return _file(name, FOREVER)
    original = original_of(name)
    if original and storage.current().exists(original):
        return _file(original, "no-store")
    return moved_or_404(f"/uploads/{name}")


@bp.get("/admin/uploads/<path:name>")
def former_upload(name: str) -> BaseResponse:
    """The address pictures had in the original Bluelog."""
    return moved_or_404(
        f"/admin/uploads/{name}", target_of(f"/uploads/{name}") or url_for("blog.upload", name=name)
    )


def _file(name: str, caching: str) -> Response:
    files = storage.current()
    response = send_file(
        files.path(name) or files.open(name),
        mimetype=_MIME_TYPES[name.rpartition(".")[2]],
        etag=name,  # it is made from the content
    )
    response.headers["Cache-Control"] = caching
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
