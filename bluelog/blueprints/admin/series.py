"""Series: renamed, arranged and deleted here, made in the editor of a post."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import SeriesForm
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Series
from bluelog.queries import series as queries
from bluelog.services import series
from bluelog.web.forms import carried_out
from bluelog.web.paging import window
from bluelog.web.visitor import signed_in


@bp.get("/series")
def manage_series() -> Any:
    page = queries.managed_page(window("BLUELOG_MANAGE_POST_PER_PAGE"))
    counts = queries.part_counts(page.items)
    return dashboard_page("admin/series/list.html", page=page, counts=counts)


@bp.route("/series/<id:series_id>/edit", methods=["GET", "POST"])
def edit_series(series_id: int) -> Any:
    """The names of a series, and the numbers that its parts are ordered by."""
    found = queries.series_by_id(series_id) or abort(404)
    form, typed = SeriesForm(obj=found), _typed(found)

    def change() -> Series:
        options: dict[str, Any] = {"slug": form.slug.data or "", "order": _order(typed)}
        options["description"] = form.description.data or ""
        return series.change(series_id, form.name.data, **options, by=signed_in(), at=now())

    if carried_out(form, change) is not None:
        return _done(_("The series is changed."))
    here: Series = queries.series_by_id(series_id) or abort(404)
    parts = queries.all_parts(here)
    page = dashboard_page(
        "admin/series/form.html", form=form, series=here, parts=parts, typed=typed
    )
    page.status_code = 422 if request.method == "POST" else 200
    return page


@bp.post("/series/<id:series_id>/deletion")
def delete_series(series_id: int) -> Response:
    series.delete(series_id, by=signed_in(), at=now())
    return _done(_("The series is deleted. Its posts are all there."))


def _typed(found: Series) -> dict[int, str]:
    """The number of each part as it was sent, else as it is."""
    kept = {part.id: str(part.part) for part in queries.all_parts(found)}
    return {key: request.form.get(f"part-{key}", number).strip() for key, number in kept.items()}


def _order(typed: dict[int, str]) -> list[int]:
    for number in typed.values():
        if not (number.isascii() and number.isdigit() and len(number) < 6):  # noqa: PLR2004
            raise RuleBroken(None, _l("The places of parts are whole numbers, such as 1, 2 and 3."))
    return sorted(typed, key=lambda key: int(typed[key]))


def _done(message: str) -> Response:
    say(message)
    return redirect(url_for("admin.manage_series"), 303)
