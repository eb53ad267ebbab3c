"""What the proxies before the app say of a visitor."""

from functools import partial
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from bluelog.text.remembered import remembered


class RememberingProxyFix(ProxyFix):
    """Werkzeug's, which takes a header apart once: proxies say the same again and again.

    A list of addresses is read character by character, three lists a request.
    """

    def __init__(self, app: Any, count: int) -> None:
        super().__init__(app, x_for=count, x_proto=count, x_host=count)
        self._known = remembered(partial(super()._get_real_value, count))

    def _get_real_value(self, trusted: int, value: str | None) -> str | None:
        return self._known(value) if trusted and value else None


def init_app(app: Flask) -> None:
    """Believe as many proxies as there are said to be, and no more."""
    if count := app.config["BLUELOG_PROXY_COUNT"]:
        app.wsgi_app = RememberingProxyFix(app.wsgi_app, count)  # type: ignore[method-assign]
