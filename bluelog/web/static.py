"""Our own assets, under names that change with their content."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

ROOT = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"\.([0-9a-f]{10})(?=\.\w+$)")


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
    response = send_from_directory(ROOT, plain)
    # Under the hash of other content it may be kept by nobody: a server of the next version, or
    # of the last, would answer otherwise.
    is_itself = filename != plain and f"/{filename}" == asset(plain).partition("static")[2]
    response.headers["Cache-Control"] = FOREVER if is_itself else "no-cache"
    return response


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
