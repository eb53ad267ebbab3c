"""A text as readers will see it, before it is saved."""

from types import SimpleNamespace
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import FORMATS, PostForm
from bluelog.blueprints.admin.posts import asked_kind, editable_post
from bluelog.blueprints.admin.transitions import sent_form
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.models import Post
from bluelog.queries import beside, pages
from bluelog.queries.tags import tags_of
from bluelog.services import authors, previews
from bluelog.services.content import Content
from bluelog.services.rendering import Rendering, render_post
from bluelog.text.render import HTML
from bluelog.text.slug import slugify
from bluelog.text.tags import tags_in
from bluelog.web import visitor
from bluelog.web.previews import preview_page
from bluelog.web.visitor import signed_in


@bp.post("/posts/preview")
def preview_post() -> Any:
    """The words alone, by the renderer that saves and the stylesheets of readers."""
    content = typed_so_far(PostForm())
    try:
        rendering, refusal = render_post(content), None
    except RuleBroken as error:
        rendering, refusal = Rendering("", "", 0, ""), error.message
    post = SimpleNamespace(title=content.title, language=content.language, html=rendering.html)
    page = render_template("admin/posts/preview.html", post=post, refusal=refusal)
    return page, 422 if refusal else 200


@bp.post("/posts/new/preview")
def preview_new_page() -> Any:
    return _whole_page(None, asked_kind())


@bp.post("/posts/<id:post_id>/preview")
def preview_page_of(post_id: int) -> Any:
    post = editable_post(post_id)
    return _whole_page(post, post.kind)


def typed_so_far(form: PostForm) -> Content:
    """What is typed so far, however little: a preview refuses nothing that saving may."""
    source_format = form.source_format.data
    return Content(
        title=form.title.data or "",
        source=form.source.data or "",
        language=form.language.data or "en",
        slug=form.slug.data or "",
        excerpt=form.excerpt.data or "",
        category_id=form.category_id.data,
        cover_id=None if form.remove_cover.data else form.cover_id.data,
        source_format=source_format if source_format in dict(FORMATS) else HTML,
        with_contents=bool(form.with_contents.data),
        with_formulas=bool(form.with_formulas.data),
        parent=form.parent.data if form.parent.raw_data else None,
        appears=form.changed_time(),
    )


def _whole_page(post: Post | None, kind: str) -> Any:
    """The reader's page of what is typed, in a tab of its own."""
    form, at = sent_form(post), now()
    content = typed_so_far(form)
    said: Any = _("This is a preview of what you typed. Nothing is saved by it.")
    status = 200
    try:
        shown = previews.as_typed(content, post, kind, at)
    except RuleBroken as error:
        shown, said, status = previews.without_text(content, kind, at), error.message, 422
    named = authors.would_be(post, form.authors.data, by=signed_in())
    around: dict[str, Any] = {"authors": named, "tags": _tags(form, post)}
    around["translations"] = beside.translations_of(post, at) if post else []
    around["subpages"] = pages.subpages_of(post, at) if post else []
    return preview_page(shown, at, said=said, **around), status


def _tags(form: PostForm, post: Post | None) -> list[Any]:
    """Those that are typed; a form without the field says nothing of them."""
    if not form.tags.raw_data:
        return list(tags_of(post.id)) if post else []
    settings = visitor.site()
    style: Any = settings.slug_style if settings else "pinyin"
    names = tags_in(form.tags.data or "")
    return [SimpleNamespace(name=name, slug=slugify(name, style=style) or "tag") for name in names]
