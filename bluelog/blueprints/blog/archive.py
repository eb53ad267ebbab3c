"""Posts by year and month, and where the other lists are."""

from typing import Any

from flask import abort

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.lists import SIZE
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.queries import archive, series, tags
from bluelog.text.months import Span, month_span, year_span
from bluelog.web import frame
from bluelog.web.pages import kept
from bluelog.web.paging import window
from bluelog.web.visitor import zone

MOST_TAGS = 60
MOST_SERIES = 60
YEAR = "<int(fixed_digits=4):year>"
MONTH = "<int(fixed_digits=2):month>"


@bp.get("/archive")
@kept
def show_archive() -> Any:
    """The months that have posts, and the ways to find one by what it is about."""
    at = now()
    return reader_page(
        "blog/archive/index.html",
        at,
        months=archive.months(at, zone()),
        tags=tags.most_used(at, MOST_TAGS),
        series=series.newest_public(at, MOST_SERIES),
        authors=archive.authors(at) if frame.current().many_authors else [],
    )


@bp.get(f"/archive/{YEAR}")
@kept
def show_year(year: int) -> Any:
    """The posts of a year."""
    return _span_page(year, None)


@bp.get(f"/archive/{YEAR}/{MONTH}")
@kept
def show_month(year: int, month: int) -> Any:
    """The posts of a month."""
    return _span_page(year, month)


def _span_page(year: int, month: int | None) -> Any:
    at, span = now(), _span(year, month)
    months = archive.months(at, zone())
    page = archive.span_page(span, at, window(SIZE))
    its = [m for m in months if m.year == year and month in (None, m.month)]
    if not its:
        abort(404)
    return reader_page(
        "blog/archive/span.html",
        at,
        start=span.start,
        year=year,
        month=month,
        page=page,
        months=its,
        later=min((m for m in months if m > its[0]), default=None),
        earlier=max((m for m in months if m < its[-1]), default=None),
    )


def _span(year: int, month: int | None) -> Span:
    try:
        return year_span(year, zone()) if month is None else month_span(year, month, zone())
    except ValueError:
        abort(404)
