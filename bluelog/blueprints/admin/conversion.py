"""From rich text to Markdown and back: shown in the editor, stored by nobody."""

from typing import Any

from flask import abort

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import FORMATS, PostForm
from bluelog.blueprints.admin.posts import asked_kind, editable_post, editor_page
from bluelog.blueprints.admin.transitions import sent_form
from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post
from bluelog.services.rendering import check_size
from bluelog.text.convert import convert

# What did not come through, in words.
KINDS = {
    "headings": _l("headings"),
    "lists": _l("lists"),
    "tables": _l("tables"),
    "pictures": _l("pictures"),
    "links": _l("links"),
    "code": _l("code"),
    "quotations": _l("quotations"),
    "emphasis": _l("marked words"),
    "words": _l("words"),
}


@bp.post("/posts/new/conversion")
def convert_new_post() -> Any:
    return _converted(None, kind=asked_kind())


@bp.post("/posts/<id:post_id>/conversion")
def convert_post(post_id: int) -> Any:
    return _converted(editable_post(post_id), kind=None)


def _converted(post: Post | None, *, kind: str | None) -> Any:
    """The editor with everything that was typed, its text in the other format."""
    form = sent_form(post)
    if form.source_format.data not in dict(FORMATS):
        abort(400)
    try:
        check_size(form.source.data or "", form.source_format.data)
    except RuleBroken as refusal:
        form.pin(refusal)
        return editor_page(form, post, kind=kind), 422
    differing = _convert(form)
    return editor_page(form, post, kind=kind, converted=[KINDS[name] for name in differing])


def _convert(form: PostForm) -> tuple[str, ...]:
    formulas = bool(form.with_formulas.data)
    made = convert(form.source.data or "", form.source_format.data, formulas=formulas)
    form.source.data, form.source_format.data = made.source, made.source_format
    return made.differing
