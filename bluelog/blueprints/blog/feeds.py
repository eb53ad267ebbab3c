"""The feed of each list, in three forms. A list gets its own by a function of a few lines."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from bluelog.blueprints.blog import bp
from bluelog.clock import now
from bluelog.models import Category, Series, Tag
from bluelog.queries import feeds, frame, people, posts, series, tags
from bluelog.web import visitor
from bluelog.web.feeds import FORMS, NEWEST, SIZE, Channel, feed_answer, of_comments, of_posts
from bluelog.web.machines import identity, not_set_up, speak_the_blogs_language
from bluelog.web.pages import kept
from bluelog.web.redirects import moved_or_404

View = Callable[..., Any]


def feed(below: str) -> Callable[[View], View]:
    """Answer with the channel that a function makes, at `<below>feed.atom`, `.rss` and `.json`.

    The function is given the time, and what the address names; `form` is for redirects.
    """

    def hang(channel_of: View) -> View:
        @wraps(channel_of)
        def show(form: str, **named: str) -> Any:
            at = now()
            if visitor.site() is None:
                return not_set_up()
            speak_the_blogs_language()
            found = channel_of(at, form, **named)
            return feed_answer(found, form, at) if isinstance(found, Channel) else found

        forms = ",".join(FORMS)
        bp.add_url_rule(f"{below}feed.<any({forms}):form>", view_func=kept(show))
        return show

    return hang


@feed("/")
def site_feed(at: datetime, _form: str) -> Channel:
    """Every post."""
    site: Any = visitor.site()
    entries = of_posts(posts.public_page(at, NEWEST))
    name = identity("site", site.id, site.created_at)
    return Channel(name, site.title, url_for("blog.index"), entries, site.description)


@feed("/category/<slug>/")
def category_feed(at: datetime, form: str, slug: str) -> Any:
    """The posts of a category."""
    category = frame.category_by_slug(slug)
    if category is None:
        return moved_or_404(f"/category/{slug}", below=f"/feed.{form}")
    page = url_for("blog.show_category", slug=slug)
    entries = of_posts(posts.category_page(category, at, NEWEST))
    name = _identity("category", category)
    return Channel(name, _titled(category.name), page, entries)


@feed("/series/<slug>/")
def series_feed(at: datetime, form: str, slug: str) -> Any:
    """The parts of a series, the newest first."""
    found = series.series_by_slug(slug)
    entries = of_posts(series.newest_parts(found, at, SIZE)) if found else []
    if found is None or not entries:
        return moved_or_404(f"/series/{slug}", below=f"/feed.{form}")
    page = url_for("blog.show_series", slug=slug)
    name = _identity("series", found)
    return Channel(name, _titled(found.name), page, entries, found.description)


@feed("/tag/<slug>/")
def tag_feed(at: datetime, form: str, slug: str) -> Any:
    """The posts with a tag."""
    found = tags.tag_by_slug(slug, at)
    if found is None:
        return moved_or_404(f"/tag/{slug}", below=f"/feed.{form}")
    tag, _count = found
    page = url_for("blog.show_tag", slug=slug)
    entries = of_posts(tags.tag_page(tag, at, NEWEST))
    name = _identity("tag", tag)
    return Channel(name, _titled(tag.name), page, entries)


@feed("/author/<username>/")
def author_feed(at: datetime, _form: str, username: str) -> Channel:
    """The posts of an author."""
    author = people.author_by_username(username) or abort(404)
    page = url_for("blog.show_author", username=author.username)
    entries = of_posts(posts.author_page(author, at, NEWEST))
    name = identity("author", author.id, author.created_at)
    return Channel(name, _titled(author.display_name), page, entries, author.bio)


@feed("/comments/")
def comments_feed(at: datetime, _form: str) -> Channel:
    """What was said under any post."""
    said = feeds.newest_comments(at, SIZE)
    since = max((each.published_at for each in said), default=None)
    title, site = _titled(_("Comments")), visitor.site() or abort(404)
    name = identity("comments", site.id, site.created_at)
    return Channel(name, title, url_for("blog.index"), of_comments(said), public_since=since)


@feed("/post/<slug>/")
def post_feed(at: datetime, form: str, slug: str) -> Any:
    """What was said under a post."""
    post = posts.post_readable_by(None, slug, at)
    if post is None:
        return moved_or_404(f"/post/{slug}", below=f"/feed.{form}")
    said = feeds.newest_comments_on(post.id, at, SIZE)
    title = _titled(_("Comments on “%(title)s”", title=post.title))
    page = url_for("blog.show_post", slug=slug, _anchor="comments")
    name = identity("comments on post", post.id, post.created_at)
    return Channel(name, title, page, of_comments(said), public_since=post.published_at)


def _identity(kind: str, row: Category | Series | Tag) -> str:
    site: Any = visitor.site()
    return identity(kind, row.id, row.created_at or site.created_at)


def _titled(name: str) -> str:
    site: Any = visitor.site()
    return f"{name} - {site.title}"
