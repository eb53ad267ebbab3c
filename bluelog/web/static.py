"""Our own assets, under names that change with their content, and packed once a process."""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory, url_for

from bluelog.web.pages.store import accepts_gzip

ROOT = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"\.([0-9a-f]{10})(?=\.\w+$)")
# What is packed already would only grow.
_PACKABLE = frozenset({".css", ".js", ".svg", ".ico", ".md"})


def init_app(app: Flask) -> None:
    """Serve the assets and let templates name them."""
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.jinja_env.globals["asset"] = asset


def asset(filename: str) -> str:
    """The address of an asset, with its content's hash in the name."""
    stem, _, extension = filename.rpartition(".")
    path = ROOT / filename
    digest = _digest(path, path.stat().st_mtime_ns)
    return url_for("static", filename=f"{stem}.{digest}.{extension}")


def serve(filename: str) -> Response:
    """An asset by its hashed name, to be kept for ever, or by its plain one."""
    plain = _HASHED.sub("", filename)
    path = ROOT / plain
    if not path.is_file():
        abort(404)
    response = _packed(plain) if _is_packed(path) else send_from_directory(ROOT, plain)
    if path.suffix in _PACKABLE:
        response.headers["Vary"] = "Accept-Encoding"
    # Under the hash of other content it may be kept by nobody: a server of the next version, or
    # of the last, would answer otherwise.
    is_itself = filename != plain and f"/{filename}" == asset(plain).partition("static")[2]
    response.headers["Cache-Control"] = FOREVER if is_itself else "no-cache"
    return response


def _is_packed(path: Path) -> bool:
    """Whether this asset goes out as gzip; a part of a file is one of its plain bytes."""
    wanted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    return path.suffix in _PACKABLE and wanted and "Range" not in request.headers


def _packed(filename: str) -> Response:
    # The same guard against addresses that lead out of the folder as for the plain file.
    plain = send_from_directory(ROOT, filename)
    plain.close()
    path = ROOT / filename
    changed = path.stat().st_mtime_ns
    response = Response(_squeezed(path, changed), mimetype=mimetypes.guess_type(filename)[0])
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{_digest(path, changed)}-gzip")
    response.make_conditional(request)
    return response


@cache
def _squeezed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
