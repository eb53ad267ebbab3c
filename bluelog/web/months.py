"""Months and years as the visitor's language writes them."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from flask import Flask
from flask_babel import get_locale

from bluelog.web import visitor


def init_app(app: Flask) -> None:
    """Give the app's templates these filters."""
    app.jinja_env.filters.update(
        month_name=month_name, month_and_year=month_and_year, year_alone=year_alone
    )


def month_name(number: int) -> str:
    """A month by its name alone."""
    return _month_name(number, get_locale())


def month_and_year(month: Any) -> str:
    """A month of a year, of a moment in the site's zone or of what has both."""
    return _skeleton("yMMMM", *_of(month), get_locale())


def year_alone(moment: datetime) -> str:
    """The year of a moment in the site's zone."""
    return _skeleton("y", *_of(moment), get_locale())


def _of(month: Any) -> tuple[int, int]:
    if isinstance(month, datetime):
        month = month.astimezone(visitor.zone())
    return month.year, month.month


@lru_cache(maxsize=64)
def _month_name(number: int, locale: Locale) -> str:
    return format_date(date(2000, number, 1), "LLLL", locale=locale)


@lru_cache(maxsize=1024)
def _skeleton(skeleton: str, year: int, month: int, locale: Locale) -> str:
    return format_skeleton(skeleton, date(year, month, 1), locale=locale)
