"""Categories."""

from typing import Any

from flask import abort, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import CategoryForm
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.queries import frame
from bluelog.services import categories
from bluelog.web.forms import carried_out
from bluelog.web.visitor import signed_in

TEMPLATE = "admin/categories/form.html"


@bp.get("/categories")
def manage_categories() -> Any:
    listed = frame.categories()
    counts = frame.post_counts(listed, now())
    return dashboard_page("admin/categories/list.html", categories=listed, counts=counts)


@bp.route("/categories/new", methods=["GET", "POST"])
def new_category() -> Any:
    form = CategoryForm()
    made = carried_out(
        form,
        lambda: categories.create(
            form.name.data,
            slug=form.slug.data or "",
            submission_id=form.submission_id.data,
            by=signed_in(),
            at=now(),
        ),
    )
    if made is None:
        return form_page(TEMPLATE, form, category=None)
    return _done(_("The category is made."))


@bp.route("/categories/<id:category_id>/edit", methods=["GET", "POST"])
def edit_category(category_id: int) -> Any:
    category = frame.category(category_id) or abort(404)
    form = CategoryForm(obj=category)
    changed = carried_out(
        form,
        lambda: categories.change(
            category_id, form.name.data, slug=form.slug.data or "", by=signed_in(), at=now()
        ),
    )
    if changed is None:
        return form_page(TEMPLATE, form, category=frame.category(category_id))
    return _done(_("The category is changed."))


@bp.post("/categories/<id:category_id>/deletion")
def delete_category(category_id: int) -> Response:
    try:
        categories.delete(category_id, by=signed_in(), at=now())
    except RuleBroken as refusal:
        say(str(refusal), refused=True)
        return redirect(url_for("admin.manage_categories"), 303)
    return _done(_("The category is deleted. Its posts are in the default category now."))


def _done(message: str) -> Response:
    say(message)
    return redirect(url_for("admin.manage_categories"), 303)
