"""Pictures, by the names made from their content."""

import io
from pathlib import Path
from typing import BinaryIO

from flask import Response, abort, request, send_file, url_for
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as BaseResponse
from werkzeug.wsgi import FileWrapper

from bluelog import storage
from bluelog.blueprints.blog import bp
from bluelog.queries.redirects import target_of
from bluelog.queries.uploads import original_of
from bluelog.web.redirects import moved_or_404
from bluelog.web.static import FOREVER


@bp.get("/uploads/<path:name>")
def upload(name: str) -> BaseResponse:
    """A picture; the original answers for a variant that is not made yet."""
    if storage.parts(name) and (found := _file(name, FOREVER)):
        return found
    original = original_of(name)
    if original and (found := _file(original, "no-store")):
        return found
    return moved_or_404(f"/uploads/{name}")


@bp.get("/admin/uploads/<path:name>")
def former_upload(name: str) -> BaseResponse:
    """The address pictures had in the original Bluelog, whose names all ended in a type."""
    if "." not in name:
        abort(404)
    return moved_or_404(
        f"/admin/uploads/{name}", target_of(f"/uploads/{name}") or url_for("blog.upload", name=name)
    )


def _file(name: str, caching: str) -> Response | None:
    files = storage.current()
    path = files.path(name)
    try:
        response = _from_disk(path, name) if path else _streamed(files.open(name), name)
    except FileNotFoundError:
        return None
    response.headers["Cache-Control"] = caching
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _from_disk(path: Path, name: str) -> Response:
    # The name is made from the content, and so will do for its tag.
    return send_file(path, mimetype=storage.media_type(name), etag=name)


def _streamed(file: BinaryIO, name: str) -> Response:
    """A file that lies elsewhere, or the part of it that was asked for."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    # Not the server's own wrapper, which could not skip to the part without reading up to it.
    response = Response(
        FileWrapper(file), mimetype=storage.media_type(name), direct_passthrough=True
    )
    response.content_length = size
    response.set_etag(name)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return response
