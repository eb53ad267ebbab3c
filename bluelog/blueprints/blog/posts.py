"""A post or page, with its conversation."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.forms import comment_form
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.errors import NotFound
from bluelog.models import Post
from bluelog.queries import beside, comments, conversations, pages, posts, series, tags
from bluelog.text.needs import Needs, needs_of
from bluelog.web import headers, visitor
from bluelog.web.errors import error_page, http_error
from bluelog.web.pages import kept
from bluelog.web.paging import old_numbered_page, page_size, window
from bluelog.web.redirects import moved_or_404
from bluelog.web.stamps import stamp

COMMENTS_SIZE = "BLUELOG_COMMENT_PER_PAGE"


@bp.get("/post/<slug>")
@kept
def show_post(slug: str) -> Any:
    """A post, to those who may read it."""
    at = now()
    post = posts.post_readable_by(visitor.viewer(), slug, at)
    if post is None:
        return moved_or_404(f"/post/{slug}")
    # A stranger's form is the same on every page, but for its stamp.
    form = comment_form(post.id, at) if visitor.viewer() else None
    return post_page(post, at, form)


@bp.route("/post/<id:post_id>", methods=["GET", "POST"])
def show_post_by_id(post_id: int) -> Any:
    """The address that the original gave a post; a comment sent there is sent on."""
    post = posts.public_post_by_id(post_id, now())
    native = f"/post/{post.slug}" if post else None
    return moved_or_404(f"/post/{post_id}", native)


@bp.get("/<slug>")
@kept
def show_page(slug: str) -> Any:
    """A page such as About."""
    return _page_at(f"/{slug}", slug)


@bp.get("/<page:parent>/<slug>")
@kept
def show_subpage(parent: str, slug: str) -> Any:
    """A page under another one."""
    return _page_at(f"/{parent}/{slug}", slug, parent=parent)


@bp.app_errorhandler(MethodNotAllowed)
def refuse_method(error: MethodNotAllowed) -> Any:
    """A page takes no form; an address that could be a page's but is none is simply not there."""
    adapter: Any = current_app.create_url_adapter(request)
    endpoint, values = adapter.match(method="GET") if adapter.test(method="GET") else ("", {})
    is_page = endpoint in ("blog.show_page", "blog.show_subpage")
    if is_page and posts.page_readable_by(visitor.viewer(), **values, now=now()) is None:
        return error_page(404)
    return http_error(error)


def post_page(post: Post, at: datetime, form: Any) -> Any:
    """The whole page of a post, with the comment form as it stands."""
    size = page_size(COMMENTS_SIZE)
    listed = partial(comments.public_comments, post.id)
    if request.method == "GET" and (
        moved := old_numbered_page(listed, comments.BY_THREAD, size, anchor="comments")
    ):
        return moved
    conversation = conversations.public_page(post.id, window(COMMENTS_SIZE))
    person, may_edit = visitor.viewer(), _may_edit(post)
    older, newer = beside.neighbours(post, at) if post.is_public_at(at) else (None, None)
    place = series.place_of(post, at) if post.is_public_at(at) else None
    translations, related = beside.translations_and_related(post, at)
    linked = [older, newer, *((place.former, place.following) if place else ())]
    return reader_page(
        "blog/posts/post.html",
        at,
        post=post,
        needs=_provided(post),
        authors=posts.authors_of([post.id]).get(post.id, []),
        tags=tags.tags_of(post.id),
        translations=translations,
        related=beside.without(related, linked),
        page=conversation,
        older=older,
        newer=newer,
        place=place,
        form=form,
        stamp=stamp(post.id, at),
        may_edit=may_edit,
        may_moderate=may_edit and person is not None and person.may_publish,
    )


def _page_at(path: str, slug: str, *, parent: str | None = None) -> Any:
    at = now()
    page = posts.page_readable_by(visitor.viewer(), slug, at, parent=parent)
    if page is None:
        return moved_or_404(path)
    return reader_page(
        "blog/posts/page.html",
        at,
        post=page,
        needs=_provided(page),
        parent=pages.parent_of(page, at),
        subpages=pages.subpages_of(page, at),
        translations=beside.translations_of(page, at),
        may_edit=_may_edit(page),
    )


def readable_post(slug: str, at: datetime) -> Post:
    """The public post with that address. Raises NotFound."""
    post = posts.post_readable_by(None, slug, at)
    if post is None:
        raise NotFound
    return post


def _provided(post: Post) -> Needs:
    """What the text needs of its page; frames of others are let in for this answer alone."""
    needs = needs_of(post.html)
    headers.allow_frames(needs.players)
    return needs


def _may_edit(post: Post) -> bool:
    person = visitor.viewer()
    return person is not None and posts.post_editable_by(person, post.id) is not None
