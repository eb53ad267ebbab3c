"""Commenting and replying, with or without an account."""

from datetime import datetime
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.forms import CommentForm, comment_form
from bluelog.blueprints.blog.posts import COMMENTS_SIZE, post_page, readable_post
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Comment, Post
from bluelog.queries import comments as queries
from bluelog.services import comments
from bluelog.services.comments import Guest, Words
from bluelog.web import visitor
from bluelog.web.paging import page_size
from bluelog.web.stamps import is_valid, stamp


@bp.post("/post/<slug>")
def submit_comment(slug: str) -> Any:
    """Take a comment; one that breaks a rule comes back with everything typed."""
    at = now()
    post = readable_post(slug, at)
    form = comment_form(post.id, at)
    if comment := _submitted(form, post, None, at):
        return _answer(comment, post)
    response = post_page(post, at, form)
    response.status_code = 422
    return response


@bp.get("/post/<slug>/comments/<id:comment_id>")
def show_comment(slug: str, comment_id: int) -> Any:
    """The permanent address of a comment: its place on the post's page."""
    comment = _found(slug, comment_id, now())
    place = queries.place_of(comment, page_size(COMMENTS_SIZE))
    anchor = f"comment-{comment.id}"
    return redirect(url_for("blog.show_post", slug=slug, after=place, _anchor=anchor))


@bp.route("/post/<slug>/comments/<id:comment_id>/reply", methods=["GET", "POST"])
def reply(slug: str, comment_id: int) -> Any:
    """A page for one reply, so that replying needs no script."""
    at = now()
    parent = _found(slug, comment_id, at)
    post = parent.post
    if not post.comments_open:
        return redirect(url_for("blog.show_post", slug=slug, notice="comments-closed"), 303)
    form = comment_form(post.id, at)
    if form.is_submitted() and (comment := _submitted(form, post, parent.id, at)):
        return _answer(comment, post)
    response = reader_page("blog/posts/reply.html", at, post=post, parent=parent, form=form)
    response.status_code = 422 if form.is_submitted() else response.status_code
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/reply/comment/<id:comment_id>")
def reply_comment(comment_id: int) -> Any:
    """The address where the original began a reply."""
    comment = queries.public_comment(comment_id, now())
    if comment is None:
        abort(404)
    return redirect(url_for("blog.reply", slug=comment.post.slug, comment_id=comment.id), 301)


def _found(slug: str, comment_id: int, at: datetime) -> Comment:
    comment = queries.public_comment(comment_id, at)
    if comment is None or comment.post.slug != slug:
        abort(404)
    return comment


def _submitted(
    form: CommentForm, post: Post, parent_id: int | None, at: datetime
) -> Comment | None:
    if not form.validate():
        return None
    post_id, words = post.id, str(form.stamp.data)
    if not is_valid(words, post_id, at):
        form.stamp.data = stamp(post_id, at)
        form.form_errors.append(_l("This form is too old. Your text is kept: send it again."))
        return None
    said = Words(post_id, form.body.data, words, parent_id, visitor.language())
    try:
        return comments.submit(said, by=_author(form), address=request.remote_addr or "", at=at)
    except RuleBroken as error:
        form.pin(error)
        return None


def _author(form: Any) -> Any:
    return visitor.viewer() or Guest(form.author.data, form.email.data, form.site.data or "")


def _answer(comment: Comment, post: Post) -> Response:
    notice = "comment-published" if comment.is_approved else "comment-pending"
    return redirect(
        url_for("blog.show_post", slug=post.slug, notice=notice, _anchor="comments"), 303
    )
