"""What to look at before publishing, asked for by the writer; nothing is saved by it."""

from typing import Any

from bluelog.blueprints.admin import bp, doubts
from bluelog.blueprints.admin.posts import asked_kind, editable_post, editor_page
from bluelog.blueprints.admin.preview import typed_so_far
from bluelog.blueprints.admin.transitions import sent_form
from bluelog.errors import RuleBroken
from bluelog.models import Post


@bp.post("/posts/new/check")
def check_new_post() -> Any:
    return _checked(None, asked_kind())


@bp.post("/posts/<id:post_id>/check")
def check_post(post_id: int) -> Any:
    post = editable_post(post_id)
    return _checked(post, post.kind)


def _checked(post: Post | None, kind: str) -> Any:
    """The editor with everything that was typed, and what was found in it."""
    form = sent_form(post)
    try:
        checked = doubts.check(typed_so_far(form), post, kind)
    except RuleBroken as refusal:
        form.pin(refusal)
        return editor_page(form, post, kind=kind), 422
    return editor_page(form, post, kind=kind, checked=checked)
