"""What the proxies before the app say of a visitor."""

from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

_LONGEST = 256


class RememberingProxyFix(ProxyFix):
    """Werkzeug's, which takes a header apart once: proxies say the same again and again.

    A list of addresses is read character by character, three lists a request.
    """

    def __init__(self, app: Any, **counts: int) -> None:
        super().__init__(app, **counts)
        self._known = lru_cache(maxsize=1024)(super()._get_real_value)

    def _get_real_value(self, trusted: int, value: str | None) -> str | None:
        # What strangers send is to fill no memory.
        is_short = value is None or len(value) <= _LONGEST
        return (self._known if is_short else super()._get_real_value)(trusted, value)


def init_app(app: Flask) -> None:
    """Believe as many proxies as there are said to be, and no more."""
    if proxies := app.config["BLUELOG_PROXY_COUNT"]:
        counts = {"x_for": proxies, "x_proto": proxies, "x_host": proxies}
        app.wsgi_app = RememberingProxyFix(app.wsgi_app, **counts)  # type: ignore[method-assign]
