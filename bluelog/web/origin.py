"""Which page a form came from, by the browser's own word."""

from urllib.parse import urlsplit

from flask import current_app, request


def is_own() -> bool:
    """Whether the browser says that a page of ours sent this."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return request.headers.get("Origin") in _own_origins()


def is_foreign() -> bool:
    """Whether the browser says that a page of another site did; it may also say nothing."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    return fetch_site in ("cross-site", "same-site") or (
        origin not in (None, "null") and origin not in _own_origins()
    )


def _own_origins() -> set[str]:
    configured = urlsplit(current_app.config["BLUELOG_URL"] or request.host_url)
    origins = {f"{configured.scheme}://{configured.netloc}"}
    if current_app.debug:
        origins.add(request.host_url.rstrip("/"))
    return origins
