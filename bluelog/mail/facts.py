"""What a message says, looked up when it is rendered.

Each function raises NotFound when what the message was about is gone: then nobody wants it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.lists import format_list
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.mail import links
from bluelog.models import (
    PUBLIC_STATUSES,
    Comment,
    CommentStatus,
    MailOptOut,
    OutgoingMail,
    Post,
    PostAuthor,
    PostStatus,
    Site,
    Token,
    TokenPurpose,
    User,
)
from bluelog.text.excerpt import excerpt
from bluelog.text.keys import email_key

Facts = dict[str, Any]
Row = TypeVar("Row")

# No others are greeted by name: a stranger could write anything there, to anybody's address.
_TO_ACQUAINTANCES = (TokenPurpose.INVITATION, TokenPurpose.RESET)
_QUOTED = 400  # columns of what the reader wrote, enough to know it again


def facts_of(message: OutgoingMail, locale: str) -> Facts:
    """Look up what the templates of the message show, for a Babel locale. Raises NotFound."""
    site = db.session.scalars(select(Site).limit(1)).first()
    common = {
        "site": site.title if site else "Bluelog",
        "home": links.absolute("/"),
        "zone": ZoneInfo(site.time_zone if site else "UTC"),
        "locale": locale,
        "recipient": message.recipient,
    }
    return common | _FACTS[message.template](common, **message.context)


def _new_comment(_common: Facts, comment_id: int) -> Facts:
    comment = _comment(comment_id, CommentStatus.PENDING, CommentStatus.APPROVED)
    return {
        "name": comment.author_name,
        "title": comment.post.title,
        "text": comment.body,
        "is_waiting": not comment.is_approved,
        "review_link": links.absolute(links.MODERATION),
        "comment_link": links.comment_link(comment),
        "post_link": links.post_link(comment.post),
    }


def _new_reply(common: Facts, comment_id: int) -> Facts:
    reply = _comment(comment_id, CommentStatus.APPROVED)
    recipient: str = common["recipient"]
    parent = _present(reply.parent)
    if db.session.get(MailOptOut, email_key(recipient)) is not None:
        raise NotFound
    return {
        "name": reply.author_name,
        "title": reply.post.title,
        "text": reply.body,
        "own_text": excerpt(parent.body, limit=_QUOTED),
        "comment_link": links.comment_link(reply),
        "unsubscribe_link": links.unsubscribe_link(recipient),
    }


def _token(common: Facts, token_id: int) -> Facts:
    query = select(Token).where(Token.id == token_id).options(joinedload(Token.user))
    token = db.session.scalar(query)
    if token is None or token.used_at is not None:
        raise NotFound
    until = token.expires_at.astimezone(common["zone"])
    return {
        "name": token.user.display_name if token.purpose in _TO_ACQUAINTANCES else "",
        "link": links.link_for(token),
        "day": format_date(until, "long", locale=common["locale"]),
        "time": format_time(until, "short", locale=common["locale"]),
    }


def _post_submitted(common: Facts, post_id: int) -> Facts:
    post = _post(post_id, PostStatus.PENDING)
    return {
        "names": format_list(_authors(post_id), locale=common["locale"]),
        "title": post.title,
        "editor_link": links.editor_link(post),
    }


def _post_returned(_common: Facts, post_id: int, by_id: int) -> Facts:
    post = _post(post_id, PostStatus.DRAFT)
    editor = db.session.get(User, by_id)
    return {
        "name": editor.display_name if editor else "",
        "title": post.title,
        "text": post.review_note,
        "editor_link": links.editor_link(post),
    }


def _backup_failed(common: Facts, made_at: str, error: str) -> Facts:
    local = datetime.fromisoformat(made_at).astimezone(common["zone"])
    return {
        "day": format_date(local, "long", locale=common["locale"]),
        "time": format_time(local, "short", locale=common["locale"]),
        "error": error,
    }


def _test(_common: Facts) -> Facts:
    return {}


def _comment(comment_id: int, *statuses: CommentStatus) -> Comment:
    query = (
        select(Comment)
        .where(Comment.id == comment_id, Comment.status.in_(statuses))
        .join(Comment.post)
        .where(Post.status.in_(PUBLIC_STATUSES))
        .options(joinedload(Comment.post), joinedload(Comment.user), joinedload(Comment.parent))
    )
    return _present(db.session.scalars(query).first())


def _post(post_id: int, status: PostStatus) -> Post:
    query = select(Post).where(Post.id == post_id, Post.status == status)
    return _present(db.session.scalars(query).first())


def _authors(post_id: int) -> list[str]:
    query = select(User).join(PostAuthor, PostAuthor.user_id == User.id)
    mine = query.where(PostAuthor.post_id == post_id).order_by(PostAuthor.position)
    return [person.display_name for person in db.session.scalars(mine)]


def _present(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


_FACTS: dict[str, Callable[..., Facts]] = {
    "new-comment": _new_comment,
    "new-reply": _new_reply,
    "invitation": _token,
    "password-reset": _token,
    "confirmation": _token,
    "email-change": _token,
    "post-submitted": _post_submitted,
    "post-returned": _post_returned,
    "backup-failed": _backup_failed,
    "test": _test,
}
