"""What machines ask: whether the process is up, and whether requests can be let in."""

from flask import Flask, Response, request

from bluelog.operations.doctor import arrival
from bluelog.operations.doctor.readiness import readiness


def init_app(app: Flask) -> None:
    """Answer the health checks; they are for no person, so no blueprint has them."""
    for path, view in (("/healthz", alive), ("/readyz", ready)):
        app.add_url_rule(path, path[1:], view)


def alive() -> Response:
    """Say that the process is up, asking nothing else; tell the doctor how it was reached."""
    return _plain(arrival.answer(request) or "ok\n")


def ready() -> Response:
    """Say of each part whether it is as it should be, and nothing more."""
    found = readiness()
    words = {True: "ok", False: "failing"}
    lines = [f"{part}: {words[is_well]}\n" for part, is_well in found._asdict().items()]
    return _plain("".join(lines), 200 if all(found) else 503)


def _plain(text: str, status: int = 200) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
