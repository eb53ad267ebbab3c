"""Posts and pages: the list and the editor."""

from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_wtf.csrf import generate_csrf

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.conflicts import Conflict
from bluelog.blueprints.admin.copies import asked_copy, form_of, form_with
from bluelog.blueprints.admin.doubts import Checked, check_saved
from bluelog.blueprints.admin.filters import asked_filters
from bluelog.blueprints.admin.forms import PostForm
from bluelog.blueprints.admin.found import note_what_is_there
from bluelog.blueprints.admin.panel import previews_of
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.clock import now
from bluelog.i18n import best_language
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import PUBLIC_STATUSES, Post, PostKind, PostStatus, User, WorkingCopy
from bluelog.queries import frame, pages, people, posts, reads, series, tags
from bluelog.queries.history import others_at, stranded_copies, working_copies
from bluelog.queries.managed import managed_page, writers
from bluelog.text.ids import id_in
from bluelog.web import headers, visitor
from bluelog.web.paging import window
from bluelog.web.visitor import viewer


@dataclass(frozen=True)
class Button:
    """One way to send the editor's form; the ones that lead stay in sight."""

    label: Any
    address: str
    leads: bool = False


@bp.get("/posts")
def manage_posts() -> Any:
    """What the person may edit, last edited first."""
    person: Any = viewer()
    filters = asked_filters(person)
    page = managed_page(person, filters.wish, window("BLUELOG_MANAGE_POST_PER_PAGE"))
    return dashboard_page(
        "admin/posts/list.html",
        page=page,
        stranded=stranded_copies(person),
        parents=pages.parent_titles(card.post for card in page.items),
        reads=reads.totals(card.post.id for card in page.items),
        counts=posts.managed_counts(person),
        filters=filters,
        status=filters.wish.status,
        kind=filters.wish.kind,
        writers=writers() if person.may_edit_everything else [],
        categories=frame.categories(),
    )


@bp.get("/posts/new")
def new_post() -> Any:
    """An empty editor."""
    copy = asked_copy(None)
    if copy is not None:
        return editor_page(form_of(copy, None), None, kind=asked_kind(), copy=copy)
    form = PostForm()
    person: Any = viewer()
    form.source_format.data = posts.last_format_of(person)
    form.authors.data = person.username
    settings = visitor.site()
    form.language.data = best_language(visitor.language()) or (settings and settings.language)
    if parent_id := id_in(request.args.get("parent", "")):
        # It is listed on the page that it is under.
        form.parent.data, form.in_menu.data = parent_id, False
    return editor_page(form, None, kind=asked_kind())


@bp.get("/posts/<id:post_id>/edit")
def edit_post(post_id: int) -> Any:
    """The editor with a post in it."""
    post = editable_post(post_id)
    copy = asked_copy(post_id)
    if copy is not None:
        return editor_page(form_of(copy, post), post, copy=copy)
    return editor_page(form_with(post), post, checked=check_saved(post))


def editor_page(
    form: PostForm,
    post: Post | None,
    *,
    kind: str | None = None,
    conflict: Conflict | None = None,
    copy: WorkingCopy | None = None,
    converted: list[Any] | None = None,
    checked: Checked | None = None,
) -> Any:
    """The editor as the form stands; `conflict` is what somebody else saved meanwhile, `copy` the
    working copy that is in the form.

    `converted` lists what a change of the format could not keep, `checked` what is worth a look.
    """
    person: Any = viewer()
    form.offer(list(frame.categories()), post, pages.possible_parents(post))
    if post:
        note_what_is_there(form, post)
    kind = post.kind if post else kind or PostKind.POST
    return dashboard_page(
        "admin/posts/editor.html",
        form=form,
        post=post,
        kind=kind,
        cover=posts.cover(form.cover_id.data),
        conflict=conflict,
        converted=converted,
        checked=checked,
        copy=copy,
        offers=_offers(person, form, post, kind),
        is_unsaved=form.is_submitted() or copy is not None,
        nonce=headers.allow_editor(),
        csrf_token=generate_csrf(),
        may_upload=person.may_publish,
        **_around(person, post, kind),
        **_known(),
    )


def _around(person: User, post: Post | None, kind: str) -> dict[str, Any]:
    """What stands beside the form and follows from the post as it is saved."""
    return {
        "has_subpages": pages.has_subpages(post),
        "previews": previews_of(post),
        "conversion": _conversion(post, kind),
        "others": others_at(post.id, person, now()) if post else [],
        "buttons": _buttons(person, post, kind),
    }


def _known() -> dict[str, Any]:
    """What there is to choose from where anything may be typed."""
    return {
        "writers": people.writers(),
        "known_series": series.newest_names(),
        "known_tags": tags.most_used_names(),
    }


def _offers(person: User, form: PostForm, post: Post | None, kind: str) -> list[WorkingCopy]:
    """What the person typed elsewhere for this post and did not save."""
    taken = (form.taken.data or "").partition(".")[0]
    copies = working_copies(person, post.id if post else None, kind)
    return [
        copy
        for copy in copies
        if copy.submission_id != form.submission_id.data and str(copy.id) != taken
    ]


def editable_post(post_id: int) -> Post:
    """The post, if the person may edit it; 404 otherwise."""
    person: Any = viewer()
    post = posts.post_editable_by(person, post_id)
    if post is None:
        abort(404)
    return post


def asked_kind() -> PostKind:
    """Post or page, by `?kind=`; pages are for those who may edit everything."""
    kind = request.values.get("kind", PostKind.POST)
    person: Any = viewer()
    if kind not in tuple(PostKind) or (kind == PostKind.PAGE and not person.may_edit_everything):
        abort(404)
    return PostKind(kind)


def _conversion(post: Post | None, kind: str) -> str:
    """Where the form is sent to come back in the other format."""
    if post is not None:
        return url_for("admin.convert_post", post_id=post.id)
    new: dict[str, Any] = {"kind": kind} if kind == PostKind.PAGE else {}
    return url_for("admin.convert_new_post", **new)


def _buttons(person: User, post: Post | None, kind: str) -> list[Button]:
    if post is None:
        new: dict[str, Any] = {"kind": kind} if kind == PostKind.PAGE else {}
        buttons = [Button(_l("Save draft"), url_for("admin.create_post", **new), leads=True)]
        return buttons + _ways_on(person, "admin.create_{}", new)
    address: dict[str, Any] = {"post_id": post.id}
    if post.status == PostStatus.TRASHED:
        way_out = url_for("admin.recover_post", **address)
        return [Button(_l("Save and restore"), way_out, leads=True)]
    label = _l("Update") if post.status in PUBLIC_STATUSES else _l("Save")
    buttons = [Button(label, url_for("admin.save_post", **address), leads=True)]
    is_handed_in = post.status == PostStatus.PENDING and not person.may_publish
    if post.status not in PUBLIC_STATUSES and not is_handed_in:
        buttons += _ways_on(person, "admin.{}", address)
    if post.status != PostStatus.DRAFT:
        buttons.append(Button(_l("Back to draft"), url_for("admin.withdraw_post", **address)))
    if person.may_publish and post.status == PostStatus.SCHEDULED:
        buttons.append(Button(_l("Publish now"), url_for("admin.publish_now", **address)))
    if person.may_publish and post.status != PostStatus.PRIVATE:
        buttons.append(Button(_l("Make private"), url_for("admin.hide_post", **address)))
    if person.may_edit_everything and post.status == PostStatus.PENDING:
        buttons.append(Button(_l("Return with the note"), url_for("admin.return_post", **address)))
    return buttons


def _ways_on(person: User, endpoint: str, values: dict[str, Any]) -> list[Button]:
    if person.may_publish:
        label, noun = _l("Publish"), "publication"
    else:
        label, noun = _l("Submit for review"), "submission"
    return [Button(label, url_for(endpoint.format(noun), **values), leads=True)]
