"""Headers of every answer: what it may load, who may keep it, how it is compared."""

import hashlib
import secrets
from collections.abc import Iterable

from flask import Flask, Response, current_app, g, request

from bluelog.web.visitor import viewer

_COMMON = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
VARY = ("Cookie", "Accept-Language", "Accept-Encoding")


def init_app(app: Flask) -> None:
    """Set the headers of every answer of the app."""
    app.after_request(set_headers)


def allow_editor() -> str:
    """Give this page the policy that the editor needs; the nonce for its scripts."""
    g.editor_nonce = secrets.token_urlsafe(16)
    return str(g.editor_nonce)


def allow_frames(servers: Iterable[str]) -> None:
    """Let this page, and no other, open frames of these servers when its reader asks for them."""
    g.frame_servers = tuple(servers)


def set_headers(response: Response) -> Response:
    """Set what is missing: policy, caching, ETag, conditional answers."""
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if current_app.config["BLUELOG_FORCE_HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        _set_caching(response)
    return response


def is_readers_page() -> bool:
    """Whether the answer is the same for every stranger."""
    return request.blueprint == "blog" and request.method in ("GET", "HEAD") and viewer() is None


def _policy() -> str:
    policy = dict(_COMMON)
    if servers := g.get("frame_servers"):
        policy["frame-src"] = " ".join(servers)
    if nonce := g.get("editor_nonce"):
        policy |= {
            "script-src": f"'nonce-{nonce}' 'strict-dynamic'",
            "script-src-attr": "'unsafe-inline'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
        }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _set_caching(response: Response) -> None:
    if not is_readers_page() or response.status_code not in (200, 301, 304, 308):
        response.headers["Cache-Control"] = "private, no-store"
        return
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = ", ".join(VARY)
    if response.status_code == 200 and not response.direct_passthrough:  # noqa: PLR2004
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
        response.make_conditional(request)
