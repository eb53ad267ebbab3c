"""What is not public yet, for whoever was given a link to it."""

from datetime import datetime
from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from bluelog import mail
from bluelog.blueprints.blog import bp
from bluelog.clock import now
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post
from bluelog.queries import beside, pages, posts, preview_links, tags
from bluelog.services import previews
from bluelog.web.errors import error_page
from bluelog.web.previews import preview_page, unlisted
from bluelog.web.templating import moment, post_url

_DEAD = (
    _l("This preview has ended"),
    _l(
        "Its link has expired or was revoked, or was not copied whole. "
        "Ask who sent it to you for a new one."
    ),
)


@bp.get("/preview/<signed>")
def show_preview(signed: str) -> Any:
    """What is saved of a post, until the link ends; once it is public, its own page."""
    at = now()
    link_id = mail.preview_id_in(signed)
    link = preview_links.live_preview_link(link_id, at) if link_id else None
    post = None
    if link is not None and mail.is_preview(signed, link):
        post = preview_links.post_shown_by(link)
    if link is None or post is None:
        return unlisted(error_page(404, said=_DEAD))
    return _shown(post, link.expires_at, at)


def _shown(post: Post, until: datetime, at: datetime) -> BaseResponse | Response:
    if post.is_public_at(at):
        return unlisted(redirect(post_url(post)))  # type: ignore[arg-type]
    return preview_page(
        previews.as_saved(post, at),
        at,
        authors=posts.authors_of([post.id]).get(post.id, []),
        tags=tags.tags_of(post.id),
        translations=beside.translations_of(post, at),
        subpages=pages.subpages_of(post, at),
        said=_(
            "This is a preview of what is not published yet, for you alone. It ends on %(date)s.",
            date=moment(until),
        ),
    )
