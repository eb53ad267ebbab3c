"""Addresses that mail carries: whole, and signed where having one is a right."""

import os
from urllib.parse import quote, urlsplit

from flask import current_app, has_request_context, request
from itsdangerous import BadSignature, URLSafeSerializer

from bluelog.models import Comment, Post, PreviewLink, Token, TokenPurpose
from bluelog.text.keys import email_key

MODERATION = "/admin/comments?filter=pending"

_PREVIEW = "preview"
_UNSUBSCRIBE = "unsubscribe"
# Where the last part of an address is signed, and having it is a right.
_PATHS = {
    TokenPurpose.INVITATION: "/auth/invitation",
    TokenPurpose.RESET: "/auth/reset",
    TokenPurpose.CONFIRMATION: "/auth/confirm",
    TokenPurpose.EMAIL_CHANGE: "/auth/email",
}
SIGNED_PATHS = (*_PATHS.values(), f"/{_PREVIEW}", f"/{_UNSUBSCRIBE}")


def absolute(path: str) -> str:
    """The whole address of a path, by BLUELOG_URL; only development has another way to know."""
    return (current_app.config["BLUELOG_URL"] or _at_home()) + path


def _at_home() -> str:
    if has_request_context():
        return request.host_url.rstrip("/")
    host = os.environ.get("FLASK_RUN_HOST", "localhost")
    return f"http://{host}:{os.environ.get('FLASK_RUN_PORT', '5000')}"


def host() -> str:
    """The host name of the blog."""
    return urlsplit(absolute("/")).hostname or ""


def post_link(post: Post) -> str:
    return absolute(quote(post.path))


def comment_link(comment: Comment) -> str:
    return absolute(f"/post/{quote(comment.post.slug)}/comments/{comment.id}")


def editor_link(post: Post) -> str:
    return absolute(f"/admin/posts/{post.id}/edit")


def link_for(token: Token) -> str:
    """The address that stands for the token, signed here and kept nowhere."""
    purpose = TokenPurpose(token.purpose)
    return absolute(f"{_PATHS[purpose]}/{_signer(purpose).dumps(_marks(token))}")


def token_id_in(signed: str, purpose: TokenPurpose) -> int | None:
    """The token's id in a signed part of an address, or None when the signature is not ours."""
    return _id_in(_opened(signed, purpose))


def is_for(signed: str, token: Token) -> bool:
    """Whether it was signed for this token, and not for a former one of the same id."""
    return _opened(signed, token.purpose) == _marks(token)


def preview_address(link: PreviewLink) -> str:
    """The address by which outsiders read what is not public, signed here and kept nowhere."""
    return absolute(f"/{_PREVIEW}/{_signer(_PREVIEW).dumps(_marks(link))}")


def preview_id_in(signed: str) -> int | None:
    """The id of the preview link in a signed part of an address, or None."""
    return _id_in(_opened(signed, _PREVIEW))


def is_preview(signed: str, link: PreviewLink) -> bool:
    """Whether it was signed for this link, and not for a former one of the same id."""
    return _opened(signed, _PREVIEW) == _marks(link)


def _id_in(opened: object) -> int | None:
    match opened:
        case [int(row_id), int()]:
            return row_id
    return None


def _marks(token: Token | PreviewLink) -> list[int]:
    """What tells the token from all others: SQLite gives an id that was purged to a new row."""
    return [token.id, round(token.created_at.timestamp() * 1_000_000)]


def unsubscribe_link(email: str) -> str:
    """The address that ends mail about replies to `email`; it never expires."""
    return absolute(f"/{_UNSUBSCRIBE}/{_signer(_UNSUBSCRIBE).dumps(email_key(email))}")


def email_in(signed: str) -> str | None:
    """The key of the e-mail address in a signed part of an address, or None."""
    found = _opened(signed, _UNSUBSCRIBE)
    return found if isinstance(found, str) else None


def _opened(signed: str, purpose: str) -> object:
    try:
        return _signer(purpose).loads(signed)
    except BadSignature:
        return None


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)
