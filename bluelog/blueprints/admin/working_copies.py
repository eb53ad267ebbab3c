"""What the editor sends by itself: the text as it stands, and that somebody is there."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.copies import fields_of
from bluelog.blueprints.admin.forms import LONGEST_SOURCE, PostForm
from bluelog.blueprints.admin.posts import asked_kind, editable_post
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.blueprints.admin.transitions import content_of
from bluelog.clock import now
from bluelog.models import Post, WorkingCopy
from bluelog.queries.history import others_at, working_copy
from bluelog.queries.posts import post_editable_by
from bluelog.services import working_copies
from bluelog.services.working_copies import Typed
from bluelog.text.ids import LARGEST_ID, id_in
from bluelog.web.templating import time_of_day
from bluelog.web.typed import read_in, words_of
from bluelog.web.visitor import viewer

_MOST_BESIDE_THE_TEXT = 20_000
_A_YEAR_SECONDS = 31_536_000


@bp.post("/working-copies")
def keep_working_copy() -> Response:
    """Keep the form as it is now, whole or not; nothing of it is published."""
    person: Any = viewer()
    form, post = PostForm(), _post()
    form.validate_submission_id(form.submission_id)
    fields = fields_of(form)
    if sum(len(v) for values in fields.values() for v in values) > _longest():
        abort(413)
    typed = Typed(
        submission_id=str(form.submission_id.data),
        fields=fields,
        content=content_of(form, post),
        post_id=post.id if post else None,
        kind=post.kind if post else asked_kind(),
        version=_version(form),
    )
    copy = working_copies.keep(typed, by=person, at=now(), age=_age())
    return jsonify(kept=copy is not None, offer=_offer(copy), **_standing(post, typed.version))


@bp.get("/working-copies/<id:copy_id>")
def show_working_copy(copy_id: int) -> Any:
    """What the person typed, to be read and copied where no editor opens with it any more."""
    person: Any = viewer()
    copy = working_copy(person, copy_id)
    if copy is None:
        abort(404)
    return dashboard_page(
        "admin/posts/copy.html", copy=copy, words=words_of(copy), read=read_in(copy)
    )


@bp.post("/working-copies/<id:copy_id>/removal")
def drop_working_copy(copy_id: int) -> BaseResponse:
    """Forget what was typed, at the person's word."""
    person: Any = viewer()
    copy = working_copies.drop(copy_id, by=person)
    say(_("What was not saved is dropped."))
    if copy.post_id is not None and post_editable_by(person, copy.post_id) is not None:
        return redirect(url_for("admin.edit_post", post_id=copy.post_id), 303)
    kind = copy.kind if copy.kind != "post" else None
    if copy.post_id is not None or (kind and not person.may_edit_everything):
        return redirect(url_for("admin.manage_posts"), 303)
    return redirect(url_for("admin.new_post", kind=kind), 303)


@bp.post("/posts/<id:post_id>/presence")
def be_present(post_id: int) -> Response:
    """Note that the person has this post before them; who else has."""
    person: Any = viewer()
    post = editable_post(post_id)
    working_copies.see(post_id, by=person, at=now())
    return jsonify(_standing(post, request.form.get("version", type=int)))


@bp.get("/session")
def session_state() -> Response:
    """Who is signed in, and the token for what that person sends."""
    person: Any = viewer()
    return jsonify(user=person.id, csrf_token=generate_csrf())


def _others(post_id: int) -> list[dict[str, str]]:
    """The others who have the post in the editor, with a sentence about each."""
    person: Any = viewer()
    return [
        {"name": name.display_name, "text": _present(name.display_name, seen)}
        for name, seen in others_at(post_id, person, now())
    ]


def _present(name: str, seen: datetime) -> str:
    sentence = _("%(name)s is editing this as well (seen %(time)s).")
    return str(sentence % {"name": name, "time": time_of_day(seen)})


def _post() -> Post | None:
    asked = request.form.get("post_id")
    return editable_post(id_in(asked) or abort(404)) if asked else None


def _version(form: PostForm) -> int | None:
    version = form.version.data
    return version if version is not None and 0 <= version <= LARGEST_ID else None


def _age() -> timedelta:
    """How long ago it was typed, by the browser's word."""
    seconds = request.form.get("age", default=0, type=int)
    return min(timedelta(seconds=max(0, min(seconds, _A_YEAR_SECONDS))), working_copies.KEPT_FOR)


def _longest() -> int:
    return LONGEST_SOURCE + _MOST_BESIDE_THE_TEXT


def _standing(post: Post | None, version: int | None) -> dict[str, Any]:
    """How the post stands beside what is edited."""
    if post is None:
        return {"others": [], "newer": ""}
    newer = ""
    if version is not None and post.version > version:
        newer = _(
            "This was saved by somebody else at %(time)s. When you save, both texts are put "
            "together.",
            time=time_of_day(post.updated_at),
        )
    return {"others": _others(post.id), "newer": newer}


def _offer(copy: WorkingCopy | None) -> dict[str, Any] | None:
    if copy is None:
        return None
    if copy.post_id is not None:
        take = url_for("admin.edit_post", post_id=copy.post_id, copy=copy.id)
    else:
        kind = copy.kind if copy.kind != "post" else None
        take = url_for("admin.new_post", kind=kind, copy=copy.id)
    drop = url_for("admin.drop_working_copy", copy_id=copy.id)
    return {"take": take, "drop": drop, "title": copy.title}
