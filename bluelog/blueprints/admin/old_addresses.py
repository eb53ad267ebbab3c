"""Where the dashboard's pages were in the original."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp

_MOVED = {
    "/post/manage": "admin.manage_posts",
    "/post/new": "admin.new_post",
    "/post/<id:post_id>/edit": "admin.edit_post",
    "/comment/manage": "admin.manage_comments",
    "/category/manage": "admin.manage_categories",
    "/category/new": "admin.new_category",
    "/category/<id:category_id>/edit": "admin.edit_category",
    "/link/manage": "admin.manage_links",
    "/link/new": "admin.new_link",
    "/link/<id:link_id>/edit": "admin.edit_link",
}


def _forward(endpoint: str) -> Any:
    def moved(**values: Any) -> Response:
        if chosen := request.args.get("filter"):
            values["filter"] = chosen
        return redirect(url_for(endpoint, **values), 301)

    return moved


for rule, target in _MOVED.items():
    name = target.replace("admin.", "old_")
    bp.add_url_rule(rule, name, _forward(target))
