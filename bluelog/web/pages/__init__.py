"""The page cache: a reader's page is made once, and answered until what it shows has changed."""

from flask import Flask, current_app, request

from bluelog.extensions import db
from bluelog.web import frame
from bluelog.web.pages.cache import PageCache
from bluelog.web.pages.offers import is_kept, kept, offer
from bluelog.web.pages.shared import Shared
from bluelog.web.pages.store import Store
from bluelog.web.pages.watch import watch_over

__all__ = ["PageCache", "init_app", "kept", "offer"]


def init_app(app: Flask) -> None:
    """Put the cache before the app, where its database can be watched and it may hold anything."""
    app.before_request(_frame_first)
    most = app.config["BLUELOG_PAGE_CACHE_BYTES"]
    with app.app_context():
        watch = watch_over(db.engine) if most else None
    if watch is not None:
        app.wsgi_app = PageCache(app, Store(most), watch, Shared())  # type: ignore[method-assign]


def _frame_first() -> None:
    """Have the frame before a view takes the time, so that nothing falls due in between."""
    if request.endpoint and is_kept(current_app.view_functions[request.endpoint]):
        frame.current()
