"""From the address to a position in a list."""

from collections.abc import Callable

from flask import Response, abort, current_app, redirect, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response as BaseResponse

from bluelog.queries.paging import Order, Window, position_of_page

OLDEST_NUMBERED_PAGE = 50


def window(setting: str | int) -> Window:
    """As many rows as that setting says, from `?before=` or `?after=` on; never both."""
    given = {name: request.args.getlist(name) for name in ("before", "after")}
    if sum(map(len, given.values())) > 1:
        abort(404)
    position = {name: values[0] for name, values in given.items() if values}
    size = setting if isinstance(setting, int) else page_size(setting)
    return Window(size, **position)


def page_size(setting: str) -> int:
    """How many rows that setting says."""
    return int(current_app.config[setting])


def old_numbered_page(
    query: Callable[[], Select[object]], order: Order, size: int, *, anchor: str | None = None
) -> Response | BaseResponse | None:
    """A redirect from `?page=N` of old links to the position where that page began."""
    number = request.args.get("page")
    if number is None:
        return None
    is_number = len(number) < 5 and number.isascii() and number.isdigit()  # noqa: PLR2004
    if not is_number or not 1 <= int(number) <= OLDEST_NUMBERED_PAGE:
        abort(404)
    values = dict(request.view_args or {})
    if int(number) > 1:
        values["after"] = position_of_page(query(), order, int(number), size)
    return redirect(url_for(str(request.endpoint), **values, _anchor=anchor), 301)
