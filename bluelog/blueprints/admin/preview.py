"""A text as readers will see it, before it is saved."""

from types import SimpleNamespace
from typing import Any

from flask import render_template

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import FORMATS, PostForm
from bluelog.errors import RuleBroken
from bluelog.services.posts import Content
from bluelog.services.rendering import Rendering, render_post
from bluelog.text.render import HTML


@bp.post("/posts/preview")
def preview_post() -> Any:
    """The words alone, by the renderer that saves and the stylesheets of readers."""
    content = _content(PostForm())
    try:
        rendering, refusal = render_post(content), None
    except RuleBroken as error:
        rendering, refusal = Rendering("", "", 0, ""), error.message
    post = SimpleNamespace(title=content.title, language=content.language, html=rendering.html)
    page = render_template("admin/posts/preview.html", post=post, refusal=refusal)
    return page, 422 if refusal else 200


def _content(form: PostForm) -> Content:
    """What is typed so far, however little: a preview refuses nothing that saving may."""
    source_format = form.source_format.data
    return Content(
        title=form.title.data or "",
        source=form.source.data or "",
        language=form.language.data or "en",
        source_format=source_format if source_format in dict(FORMATS) else HTML,
        with_contents=bool(form.with_contents.data),
        with_formulas=bool(form.with_formulas.data),
    )
