"""What a page costs at the least: the same bytes from nothing but a WSGI app, or a Flask route.

BENCH_PAGE names a file: a line of JSON with the headers, then the body.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_HEAD, _, _BODY = Path(os.environ["BENCH_PAGE"]).read_bytes().partition(b"\n")
_HEADERS = [(str(name), str(value)) for name, value in json.loads(_HEAD)]


def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers every request alike."""
    start_response("200 OK", list(_HEADERS))
    return [_BODY]


def flask_app() -> Any:
    """One route that answers the same body; made by gunicorn as `bench.bare:flask_app()`."""
    from flask import Flask

    bare = Flask("bare", static_folder=None)

    @bare.get("/")
    def page() -> bytes:
        return _BODY

    return bare
