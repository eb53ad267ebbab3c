"""What can be done to a post: each button of the editor is one of these."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.appearing import with_time
from bluelog.blueprints.admin.conflicts import conflict_of, put_together
from bluelog.blueprints.admin.doubts import Doubtful, ask_once, is_seen
from bluelog.blueprints.admin.forms import PostForm
from bluelog.blueprints.admin.found import series_meant, tags_meant
from bluelog.blueprints.admin.posts import asked_kind, editable_post, editor_page
from bluelog.blueprints.admin.rendering import say
from bluelog.blueprints.admin.uploads import PICTURES_AWAY
from bluelog.clock import now
from bluelog.errors import RuleBroken, VersionConflict
from bluelog.models import Post, PostKind, PostStatus
from bluelog.queries import frame, pages
from bluelog.queries.posts import post_editable_by
from bluelog.services import posts, uploads, working_copies
from bluelog.services.content import Content
from bluelog.services.merging import Overlapping, Saved, Together, save_merged
from bluelog.storage import StorageAway
from bluelog.web.forms import carried_out
from bluelog.web.redirects import go_back
from bluelog.web.templating import post_url
from bluelog.web.visitor import signed_in


@bp.post("/posts/new")
def create_post() -> Any:
    return _made(posts.create, _("The draft is saved."))


@bp.post("/posts/new/publication")
def create_publication() -> Any:
    return _made(posts.create_published, _("It is published."), asks=True)


@bp.post("/posts/new/submission")
def create_submission() -> Any:
    if asked_kind() == PostKind.PAGE:
        abort(404)
    return _made(posts.create_submitted, _("It is handed in for review."))


@bp.post("/posts/<id:post_id>/edit")
def save_post(post_id: int) -> Any:
    return _changed(post_id, posts.save, _("Your changes are saved."), asks=is_seen, notes=True)


@bp.post("/posts/<id:post_id>/publication")
def publication(post_id: int) -> Any:
    return _changed(post_id, posts.publish, _("It is published."), asks=_always)


@bp.post("/posts/<id:post_id>/publication/now")
def publish_now(post_id: int) -> Any:
    """Publish at once what is scheduled, whatever its time."""

    def publish(post_id: int, content: Content, **options: Any) -> Post:
        return posts.publish(post_id, replace(content, appears=""), **options)

    return _changed(post_id, publish, _("It is published."), asks=_always)


@bp.post("/posts/<id:post_id>/submission")
def submission(post_id: int) -> Any:
    return _changed(post_id, posts.submit, _("It is handed in for review."))


@bp.post("/posts/<id:post_id>/withdrawal")
def withdraw_post(post_id: int) -> Any:
    return _changed(post_id, posts.withdraw, _("It is a draft again."), notes=True)


@bp.post("/posts/<id:post_id>/privacy")
def hide_post(post_id: int) -> Any:
    message = _("Only those who may edit it see it now.")
    return _changed(post_id, posts.make_private, message, notes=True)


@bp.post("/posts/<id:post_id>/return")
def return_post(post_id: int) -> Any:
    """Hand a post under review back to its writer, with the note of the form."""
    message = _("It is returned to its writer with your note.")
    return _changed(post_id, posts.give_back, message, notes=True)


@bp.post("/posts/<id:post_id>/trash")
def trash_post(post_id: int) -> Any:
    """Put a post in the trash; the editor sends its whole form, which is saved first."""
    message = _("The post is in the trash. It stays there for 30 days.")
    if "source" in request.form:
        return _changed(post_id, posts.discard, message, notes=True)
    posts.trash(post_id, by=signed_in(), at=now())
    return _binned(message)


@bp.post("/posts/<id:post_id>/restoration")
def restore_post(post_id: int) -> Response:
    posts.restore(post_id, by=signed_in(), at=now())
    say(_("The post is out of the trash."))
    return redirect(url_for("admin.manage_posts"), 303)


@bp.post("/posts/<id:post_id>/recovery")
def recover_post(post_id: int) -> Any:
    """Take a post out of the trash together with what was typed into its editor."""
    message = _("The post is out of the trash.")
    return _changed(post_id, posts.recover, message, asks=is_seen, notes=True)


@bp.post("/posts/<id:post_id>/comments/opening")
def open_comments(post_id: int) -> Response:
    posts.set_comments_open(post_id, open_=True, by=signed_in(), at=now())
    return go_back("admin.manage_posts")


@bp.post("/posts/<id:post_id>/comments/closing")
def close_comments(post_id: int) -> Response:
    posts.set_comments_open(post_id, open_=False, by=signed_in(), at=now())
    return go_back("admin.manage_posts")


def _made(verb: Callable[..., Post], message: str, *, asks: bool = False) -> Any:
    kind = asked_kind()
    options = {"kind": kind} if kind == PostKind.PAGE else {}

    def make() -> Post:
        submission_id, content = str(form.submission_id.data), content_of(form)
        if asks:
            ask_once(content, None, kind)
        return verb(content, submission_id=submission_id, by=signed_in(), at=now(), **options)

    form = sent_form(None)
    try:
        post = carried_out(form, make)
    except VersionConflict as conflict:
        return _made_already(form, conflict.current, kind)
    except Doubtful as doubt:
        return editor_page(form, None, kind=kind, checked=doubt.checked), 422
    if post is None:
        return editor_page(form, None, kind=kind), form.refused_status
    _settle(form, Saved(post, content_of(form)))
    return _on(post, message)


def _made_already(form: PostForm, made: Post, kind: PostKind) -> Any:
    """The post that the form made before, beside what was typed since."""
    if post_editable_by(signed_in(), made.id) is not None:
        return _conflict_page(form, made)
    form.submission_id.data = secrets.token_urlsafe(16)
    form.pin(RuleBroken(None, _("You sent this form before. Send it again to make another post.")))
    return editor_page(form, None, kind=kind), 409


def _changed(
    post_id: int,
    verb: Callable[..., Post],
    message: str,
    *,
    asks: Callable[[Post], bool] | None = None,
    notes: bool = False,
) -> Any:
    """Do what the button says with the whole form; `asks` says of which posts it is asked first
    whether that is meant, `notes` that the verb takes a note to the writer.
    """
    post = editable_post(post_id)
    form = sent_form(post)

    def change() -> Saved:
        options: Any = {"version": form.version.data or 0, "by": signed_in(), "at": now()}
        content = content_of(form, post)
        if notes:
            options["note"] = form.sent_note()
        if asks is not None and asks(post):
            ask_once(content, post, post.kind)
        return save_merged(verb, post_id, content, **options)

    try:
        changed = carried_out(form, change)
    except Overlapping as conflict:
        return _conflict_page(form, conflict.current, conflict.together)
    except Doubtful as doubt:
        return editor_page(form, post, checked=doubt.checked), 422
    if changed is None:
        return editor_page(form, editable_post(post_id)), form.refused_status
    _settle(form, changed)
    if changed.together:
        message = f"{message} {put_together(changed.together, changed.post, signed_in())}"
    return _on(changed.post, message)


def _always(_post: Post) -> bool:
    return True


def _conflict_page(form: PostForm, current: Post, together: Together | None = None) -> Any:
    """Both texts, and a form that saves over the newer version knowingly."""
    post = editable_post(current.id)
    conflict = conflict_of(form, post, together)
    form.version.data = post.version
    form.version.raw_data = None
    return editor_page(form, post, conflict=conflict), 409


def _settle(form: PostForm, saved: Saved) -> None:
    """What was kept of the editor meanwhile has become needless."""
    editor, taken = str(form.submission_id.data), form.taken.data or ""
    working_copies.clear(saved.post, saved.content, editor, taken=taken, by=signed_in())


def _binned(message: str) -> Response:
    say(message, undo=True)
    return redirect(url_for("admin.manage_posts"), 303)


def _on(post: Post, message: str) -> Response:
    if post.status == PostStatus.TRASHED:
        return _binned(message)
    say(with_time(message, post, request.form.get("appears")))
    if post.is_public_at(now()):
        return redirect(post_url(post), 303)
    if post_editable_by(signed_in(), post.id) is None:  # whoever has left it
        return redirect(url_for("admin.manage_posts"), 303)
    return redirect(url_for("admin.edit_post", post_id=post.id), 303)


def sent_form(post: Post | None) -> PostForm:
    """The editor's form as it was sent, with a picture that came along kept at once."""
    form = PostForm()
    form.offer(list(frame.categories()), post, pages.possible_parents(post))
    _take_cover(form)
    return form


def _take_cover(form: PostForm) -> None:
    """Keep a picture that was sent at once, so that a form shown again has it still."""
    file = form.cover.data
    if not file or not getattr(file, "filename", ""):
        return
    try:
        limit = current_app.config["BLUELOG_MAX_UPLOAD_BYTES"]
        upload = uploads.store(
            file.read(), file.filename, by=signed_in(), at=now(), max_bytes=limit
        )
    except RuleBroken as error:
        error.field = "cover"
        form.cover_refused = error
        return
    except StorageAway:
        form.cover_refused, form.refused_status = RuleBroken("cover", PICTURES_AWAY), 503
        return
    form.cover_id.data = upload.id


def content_of(form: PostForm, post: Post | None = None) -> Content:
    """What saving the form makes of it."""
    if form.cover_refused:
        raise form.cover_refused
    series, part = series_meant(form)
    return Content(
        title=form.title.data,
        source=form.source.data,
        language=form.language.data,
        slug=form.slug.data or "",
        excerpt=form.excerpt.data or "",
        category_id=form.category_id.data,
        cover_id=None if form.remove_cover.data else form.cover_id.data,
        comments_open=form.comments_open.data,
        tags=tags_meant(form, post),
        original=form.original.data or "",
        source_format=form.source_format.data,
        with_contents=form.with_contents.data,
        with_formulas=form.with_formulas.data,
        # A form without the field says nothing of them.
        authors=form.authors.data or "" if form.authors.raw_data else None,
        series=series,
        part=part,
        appears=form.changed_time(),
        parent=form.parent.data if form.parent.raw_data else None,
        position=form.position.data,
        in_menu=form.changed_menu(),
    )
