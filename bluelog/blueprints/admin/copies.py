"""The editor's form as a working copy keeps it, and back."""

import secrets
from typing import Any

from flask import abort, request
from werkzeug.datastructures import MultiDict

from bluelog.blueprints.admin.forms import PostForm
from bluelog.blueprints.admin.found import note_what_is_there
from bluelog.models import Post, WorkingCopy
from bluelog.queries import history
from bluelog.queries.menus import is_in_main_menu
from bluelog.queries.posts import original_slug, usernames_on
from bluelog.services.working_copies import stamp_of
from bluelog.text.ids import id_in
from bluelog.web.visitor import viewer

# They belong to one editor that was opened, and not to what is written in it. Whether the date or
# the menu was changed there, the content says.
OF_THE_EDITOR = frozenset(
    {"csrf_token", "submission_id", "version", "taken", "appears_was", "in_menu_was"}
)


def fields_of(form: PostForm) -> dict[str, list[str]]:
    """What was sent of the form's fields."""
    names = [name for name in request.form if name in form and name not in OF_THE_EDITOR]
    return {name: request.form.getlist(name) for name in names}


def asked_copy(post_id: int | None) -> WorkingCopy | None:
    """The person's own working copy that `?copy=` names, if it is of that editor."""
    asked = request.args.get("copy")
    if asked is None:
        return None
    person: Any = viewer()
    copy_id = id_in(asked)
    copy = history.working_copy(person, copy_id) if copy_id else None
    if copy is None or copy.post_id != post_id:
        abort(404)
    return copy


def form_with(post: Post) -> PostForm:
    """An editor of its own with the post in it."""
    form = PostForm(obj=post)
    # Else it would be named as the one that the post was made in.
    form.submission_id.data = secrets.token_urlsafe(16)
    form.original.data = original_slug(post)
    form.authors.data = usernames_on(post)
    note_what_is_there(form, post)
    form.series.data, form.tags.data = form.series_was.data, form.tags_were.data
    form.parent.data = post.parent_id or 0
    form.in_menu.data = is_in_main_menu(post)
    return form


def form_of(copy: WorkingCopy, post: Post | None) -> PostForm:
    """An editor of its own that begins with what the copy holds."""
    sent, left = copy.fields["form"], _left_as_found(copy)
    held = [(name, value) for name in sent if name not in left for value in sent[name]]
    form = PostForm(formdata=MultiDict(held))
    if post is not None and "in_menu" in left:
        form.in_menu.data = is_in_main_menu(post)
    form.version.data = copy.version
    form.taken.data = stamp_of(copy)
    return form


def _left_as_found(copy: WorkingCopy) -> set[str]:
    """The fields that nobody changed there and somebody may have changed since.

    As they were they would now be a change, back to what nobody asked for.
    """
    sent, content = copy.fields["form"], copy.fields["content"]
    left = {name for name in ("appears", "in_menu") if content.get(name) is None}
    if "note_was" in sent and sent.get("note") == sent["note_was"]:
        left |= {"note", "note_was"}
    return left
