"""Lists of posts, and of other people's sites."""

from functools import partial
from typing import Any

from flask import abort

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.queries import frame, home, people, posts
from bluelog.web.pages import kept
from bluelog.web.paging import old_numbered_page, page_size, window
from bluelog.web.redirects import moved_or_404

SIZE = "BLUELOG_POST_PER_PAGE"


@bp.get("/")
@kept
def index() -> Any:
    """All posts, newest first, and above the first page of them what is pinned."""
    at, size = now(), page_size(SIZE)
    if moved := old_numbered_page(partial(home.unpinned_posts, at), posts.NEWEST_FIRST, size):
        return moved
    shown = home.home_page(at, window(SIZE))
    return reader_page("blog/lists/index.html", at, page=shown.page, pinned=shown.pinned)


@bp.get("/category/<slug>")
@kept
def show_category(slug: str) -> Any:
    """The posts of a category; an old address leads to where it moved."""
    category = frame.category_by_slug(slug)
    if category is None:
        return moved_or_404(f"/category/{slug}")
    at, size = now(), page_size(SIZE)
    listed = partial(posts.posts_in, category, at)
    if moved := old_numbered_page(listed, posts.NEWEST_FIRST, size):
        return moved
    page = posts.category_page(category, at, window(SIZE))
    return reader_page("blog/lists/category.html", at, category=category, page=page)


@bp.get("/category/<id:category_id>")
def show_category_by_id(category_id: int) -> Any:
    """The address that the original gave a category."""
    category = frame.category(category_id)
    native = f"/category/{category.slug}" if category else None
    return moved_or_404(f"/category/{category_id}", native)


@bp.get("/author/<username>")
@kept
def show_author(username: str) -> Any:
    """Who someone is, and what they wrote."""
    author = people.author_by_username(username)
    if author is None:
        abort(404)
    at = now()
    page = posts.author_page(author, at, window(SIZE))
    return reader_page("blog/lists/author.html", at, author=author, page=page)


@bp.get("/links")
@kept
def show_links() -> Any:
    """Other people's sites."""
    return reader_page("blog/lists/links.html", now())
