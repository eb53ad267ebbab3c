"""Posts that are read one after another."""

from typing import Any

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.lists import SIZE
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.queries import series as queries
from bluelog.web.pages import kept
from bluelog.web.paging import window
from bluelog.web.redirects import moved_or_404


@bp.get("/series/<slug>")
@kept
def show_series(slug: str) -> Any:
    """The public parts of a series in their order; one without any is nobody's to see yet."""
    at = now()
    series = queries.series_by_slug(slug)
    count = queries.public_count(series, at) if series else 0
    if series is None or not count:
        return moved_or_404(f"/series/{slug}")
    page = queries.series_page(series, at, window(SIZE))
    return reader_page("blog/lists/series.html", at, series=series, page=page, count=count)
