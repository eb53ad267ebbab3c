"""Tags."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import MergerForm, TagForm
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.clock import now
from bluelog.models import Tag
from bluelog.queries import tags as queries
from bluelog.services import tags
from bluelog.web.forms import carried_out
from bluelog.web.paging import window
from bluelog.web.visitor import signed_in

SIZE = "BLUELOG_MANAGE_POST_PER_PAGE"


@bp.get("/tags")
def manage_tags() -> Any:
    """The tags, the most used first; `?q=` seeks in their names."""
    sought = request.args.get("q", "").replace("\0", "").strip()[:60]
    page = queries.managed_tags(window(SIZE), sought)
    counts = queries.post_counts(page.items, now())
    return dashboard_page("admin/tags/list.html", page=page, counts=counts, sought=sought)


@bp.route("/tags/<id:tag_id>/edit", methods=["GET", "POST"])
def edit_tag(tag_id: int) -> Any:
    tag = queries.tag(tag_id) or abort(404)
    form = TagForm(obj=tag)
    changed = carried_out(
        form,
        lambda: tags.change(
            tag_id, form.name.data, slug=form.slug.data or "", by=signed_in(), at=now()
        ),
    )
    if changed is None:
        return _tag_page(tag_id, form, MergerForm(formdata=None))
    return _done(_("The tag is changed."))


@bp.post("/tags/<id:tag_id>/merger")
def merge_tag(tag_id: int) -> Any:
    """Put another tag in the place of this one."""
    tag = queries.tag(tag_id) or abort(404)
    form = MergerForm()
    into = carried_out(form, lambda: tags.merge(tag_id, form.into.data, by=signed_in(), at=now()))
    if into is None:
        return _tag_page(tag_id, TagForm(formdata=None, obj=tag), form)
    return _done(_("The tags are merged. All their posts have the tag %(name)s.", name=into.name))


@bp.post("/tags/<id:tag_id>/deletion")
def delete_tag(tag_id: int) -> Response:
    tags.delete(tag_id, by=signed_in(), at=now())
    return _done(_("The tag is deleted. Its posts are all there."))


def _tag_page(tag_id: int, form: TagForm, merger: MergerForm) -> Any:
    tag: Tag = queries.tag(tag_id) or abort(404)
    response = dashboard_page(
        "admin/tags/form.html",
        form=form,
        merger=merger,
        tag=tag,
        count=queries.post_counts([tag], now())[tag.id],
        known_tags=queries.most_used_names(),
    )
    response.status_code = 422 if request.method == "POST" else 200
    return response


def _done(message: str) -> Response:
    say(message)
    return redirect(url_for("admin.manage_tags"), 303)
