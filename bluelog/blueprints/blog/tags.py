"""What has a tag."""

from typing import Any

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.lists import SIZE
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.queries import tags
from bluelog.web.pages import kept
from bluelog.web.paging import window
from bluelog.web.redirects import moved_or_404


@bp.get("/tag/<slug>")
@kept
def show_tag(slug: str) -> Any:
    """The posts with a tag; an old address leads to where it moved."""
    at = now()
    found = tags.tag_by_slug(slug, at)
    if found is None:
        return moved_or_404(f"/tag/{slug}")
    tag, count = found
    page = tags.tag_page(tag, at, window(SIZE))
    return reader_page("blog/lists/tag.html", at, tag=tag, page=page, count=count)
