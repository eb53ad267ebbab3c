"""Commenting and replying, with or without an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.forms import CommentForm, comment_form
from bluelog.blueprints.blog.posts import COMMENTS_SIZE, post_page, readable_post
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.errors import LimitReached, NotFound, RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.i18n import lazy_ngettext
from bluelog.models import Comment, Post
from bluelog.queries import comments as queries
from bluelog.queries import posts
from bluelog.queries.redirects import target_of
from bluelog.services import comments
from bluelog.services.comments import Guest, Receipt, Words
from bluelog.web import visitor
from bluelog.web.errors import error_page
from bluelog.web.paging import page_size
from bluelog.web.stamps import is_valid, stamp

_NO_POST = (
    _l("This post is not here"),
    _l(
        "It was moved or taken down, or the address has a mistake in it. "
        "Nothing can be said under it, so your comment was not sent."
    ),
)


@dataclass(frozen=True)
class Refusal:
    """Why a comment was not taken, beside what the form says."""

    status: int = 422
    retry_after: int | None = None

    def on(self, page: Any) -> Any:
        """The page, with everything typed on it, as the answer."""
        page.status_code = self.status
        if self.retry_after:
            page.headers["Retry-After"] = str(self.retry_after)
        page.headers["Cache-Control"] = "private, no-store"
        return page


@bp.post("/post/<slug>")
def submit_comment(slug: str) -> Any:
    """Take a comment; one that breaks a rule comes back with everything typed."""
    at = now()
    post = readable_post(slug, at)
    form = comment_form(post.id, at)
    outcome = _submitted(form, post, None, at)
    if isinstance(outcome, Receipt):
        return _answer(outcome, slug)
    return outcome.on(post_page(readable_post(slug, at), at, form))


@bp.get("/post/<slug>/comments/<id:comment_id>")
def show_comment(slug: str, comment_id: int) -> Any:
    """The permanent address of a comment: its place on the post's page."""
    comment = _public(slug, comment_id, now()) or abort(404)
    place = queries.place_of(comment, page_size(COMMENTS_SIZE))
    anchor = f"comment-{comment.id}"
    return redirect(url_for("blog.show_post", slug=slug, after=place, _anchor=anchor))


@bp.route("/post/<slug>/comments/<id:comment_id>/reply", methods=["GET", "POST"])
def reply(slug: str, comment_id: int) -> Any:
    """A page for one reply, so that replying needs no script."""
    at = now()
    if request.method == "POST":
        return _reply_sent(slug, comment_id, at)
    parent = _public(slug, comment_id, at) or abort(404)
    if not _takes_comments(parent.post, at):
        return redirect(url_for("blog.show_post", slug=slug, notice="comments-closed"), 303)
    return _reply_page(parent.post, parent, comment_form(parent.post_id, at), at)


@bp.errorhandler(NotFound)
def without_post(_error: NotFound) -> Any:
    """Give the words back to who wrote under a post that readers do not find, or send them on."""
    sent_to: dict[str, Any] = request.view_args or {}
    moved = (target_of(f"/post/{sent_to.get('slug')}") or "").removeprefix("/post/")
    if moved and posts.post_readable_by(None, moved, now()):
        return redirect(url_for(str(request.endpoint), **sent_to | {"slug": moved}), 308)
    return error_page(404, said=_NO_POST)


@bp.get("/reply/comment/<id:comment_id>")
def reply_comment(comment_id: int) -> Any:
    """The address where the original began a reply."""
    comment = queries.public_comment(comment_id, now())
    if comment is None:
        abort(404)
    return redirect(url_for("blog.reply", slug=comment.post.slug, comment_id=comment.id), 301)


def _reply_sent(slug: str, comment_id: int, at: datetime) -> Any:
    """Take a reply; one to a comment that is not there may still be said on the post.

    Whether it was held back, removed or never made is nobody's business.
    """
    post = readable_post(slug, at)
    form = comment_form(post.id, at)
    outcome = _answered(form, post, comment_id, at)
    if isinstance(outcome, Receipt):
        return _answer(outcome, slug)
    parent = _public(slug, comment_id, at)
    return outcome.on(_reply_page(readable_post(slug, at), parent, form, at))


def _answered(form: CommentForm, post: Post, parent_id: int, at: datetime) -> Receipt | Refusal:
    if _public(post.slug, parent_id, at):
        return _submitted(form, post, parent_id, at)
    form.form_errors.append(
        _l(
            "The comment you are replying to is not here any more. "
            "Your text is kept: send it as a comment on the post."
        )
    )
    return Refusal(404)


def _reply_page(post: Post, parent: Comment | None, form: CommentForm, at: datetime) -> Any:
    response = reader_page("blog/posts/reply.html", at, post=post, parent=parent, form=form)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _public(slug: str, comment_id: int, at: datetime) -> Comment | None:
    comment = queries.public_comment(comment_id, at)
    return comment if comment and comment.post.slug == slug else None


def _submitted(
    form: CommentForm, post: Post, parent_id: int | None, at: datetime
) -> Receipt | Refusal:
    if not _takes_comments(post, at) or not form.validate():
        return Refusal()
    post_id, words = post.id, str(form.stamp.data)
    if not is_valid(words, post_id, at):
        form.stamp.data = stamp(post_id, at)
        form.form_errors.append(_l("This form is too old. Your text is kept: send it again."))
        return Refusal()
    said = Words(post_id, form.body.data, words, parent_id, visitor.language())
    try:
        return comments.submit(said, by=_author(form), address=request.remote_addr or "", at=at)
    except RuleBroken as error:
        form.pin(error)
        return Refusal()
    except LimitReached as limit:
        form.form_errors.append(_slower(-(-limit.retry_after // 60)))
        return Refusal(429, limit.retry_after)


def _takes_comments(post: Post, at: datetime) -> bool:
    site = visitor.site()
    return site is not None and post.takes_comments_at(at, site.comment_days)


def _slower(minutes: int) -> Any:
    return lazy_ngettext(
        "These were many comments in a short time. Your text is kept: "
        "send it again in %(num)d minute.",
        "These were many comments in a short time. Your text is kept: "
        "send it again in %(num)d minutes.",
        minutes,
    )


def _author(form: Any) -> Any:
    return visitor.viewer() or Guest(form.author.data, form.email.data, form.site.data or "")


def _answer(receipt: Receipt, slug: str) -> Response:
    notice = "comment-published" if receipt.is_shown else "comment-pending"
    return redirect(url_for("blog.show_post", slug=slug, notice=notice, _anchor="comments"), 303)
