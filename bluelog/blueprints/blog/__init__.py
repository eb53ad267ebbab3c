"""What readers see."""

from flask import Blueprint

bp = Blueprint("blog", __name__)

from bluelog.blueprints.blog import (  # noqa: E402, F401  (the views hang themselves on bp)
    archive,
    comments,
    feeds,
    lists,
    posts,
    preferences,
    previews,
    search,
    series,
    sitemap,
    tags,
    uploads,
)
