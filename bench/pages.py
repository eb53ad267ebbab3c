"""Every kind of page whose cost may not grow with the blog, on a blog that `bench.fill` made."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from bench.fill import ADA, CONTRIBUTOR, EDITOR, PAGES, Size
from bluelog import clock
from bluelog.extensions import db
from bluelog.models import Comment, CommentStatus, Post, PostAuthor, PostKind, PostStatus, User
from bluelog.services import sessions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of the authors, the one with the fewest posts and who is no editor.
QUIET = 150
# What answers with another address; every other page is shown.
REDIRECTED = "one of its comments"
STATUSES = ("published", "draft", "pending", "scheduled", "private", "trashed")


def readers_pages(size: Size) -> dict[str, str]:
    """Addresses of readers' pages by what they are; call it in an app context."""
    middle, busiest = _post(size.busiest + 1), _post(size.busiest)
    deep = f"{(middle.published_at - _EPOCH) // (clock.now().resolution)}.{middle.id}"
    conversation = f"/post/{busiest.slug}"
    said = f"{conversation}/comments/{_in_the_middle_of(busiest)}"
    return {
        "home": "/",
        "deep archive": f"/?after={deep}",
        "oldest posts": "/?before=end",
        "category": "/category/category-3",
        "category, deep": f"/category/category-3?after={deep}",
        "tag": "/tag/tag-3",
        "series": "/series/series-3",
        "end of a series": "/series/series-3?before=end",
        "feed of a series": "/series/series-3/feed.atom",
        "tag, deep": f"/tag/tag-3?after={deep}",
        "archive": "/archive",
        "year": f"/archive/{middle.published_at:%Y}",
        "month": f"/archive/{middle.published_at:%Y/%m}",
        "end of a year": f"/archive/{middle.published_at:%Y}?before=end",
        # Of the next older one: the middle one may be the last of its month.
        "month, deep": f"/archive/{busiest.published_at:%Y/%m}?after={deep}",
        "author": "/author/person2",
        "author, deep": f"/author/person2?after={deep}",
        "post": f"/post/{middle.slug}",
        "page": _post(1).path,
        "page under another": _post(PAGES).path,
        "links": "/links",
        "long conversation": conversation,
        "its last page": f"{conversation}?before=end",
        REDIRECTED: said,
        "reply": f"{said}/reply",
        "search": "/search?q=lamp+boats",
        "search, rare": f"/search?q=number+{middle.id}",
        "search, category": "/search?q=lamp&category=category-3",
        "search, author": "/search?q=lamp&author=person2",
        "search, titles": "/search?q=number&in=title",
        "search, page 2": "/search?q=lamp&page=2",
        "search, some words": "/search?q=lamp+nowhere",
        "search, nothing": "/search?q=nowhere",
        "feed": "/feed.atom",
        "feed of a category": "/category/category-3/feed.rss",
        "feed of a tag": "/tag/tag-3/feed.atom",
        "feed of an author": "/author/person2/feed.json",
        "feed of comments": "/comments/feed.atom",
        "feed of a conversation": f"{conversation}/feed.atom",
        "robots": "/robots.txt",
        "sitemap": "/sitemap.xml",
        "sitemap of lists": "/sitemap-lists.xml",
        "sitemap of posts": "/sitemap-1.xml",
    }


def dashboard_pages() -> dict[str, str]:
    """Addresses of the dashboard's lists, unfiltered and with each one filter, and of a form."""
    return {
        "dashboard": "/admin/",
        "new post": "/admin/posts/new",
        "new page": "/admin/posts/new?kind=page&parent=1",
        "editor": f"/admin/posts/{PAGES + 1}/edit",
        "revisions": f"/admin/posts/{PAGES + 1}/revisions",
        "oldest revisions": f"/admin/posts/{PAGES + 1}/revisions?before=end",
        "revision": f"/admin/posts/{PAGES + 1}/revisions/2?to=now",
        "posts": "/admin/posts",
        "oldest edited": "/admin/posts?before=end",
        **{f"posts, {status}": f"/admin/posts?status={status}" for status in STATUSES},
        "pages only": "/admin/posts?kind=page",
        "posts only": "/admin/posts?kind=post",
        "posts of a category": "/admin/posts?category=3",
        "posts with a tag": "/admin/posts?tag=3",
        "posts of an author": f"/admin/posts?author={QUIET}",
        "posts of a month": "/admin/posts?month=2026-05",
        "posts found": "/admin/posts?q=harbour",
        "posts not found": "/admin/posts?q=nothing",
        "reads of a post": f"/admin/posts/{PAGES + 1}/reads",
        "reads of a post, a year": f"/admin/posts/{PAGES + 1}/reads?days=365",
        "reads of the blog": "/admin/reads",
        **{f"reads of {days} days": f"/admin/reads?days={days}" for days in (7, 30, 365)},
        "menus": "/admin/menus",
        "new entry of a menu": "/admin/menus/new",
        "redirects": "/admin/redirects",
        "first redirects": "/admin/redirects?before=end",
        "redirects found": "/admin/redirects?q=post-00",
        "redirects not found": "/admin/redirects?q=nothing",
        "new redirect": "/admin/redirects/new?path=/post/post-0000400x",
        "missing addresses": "/admin/redirects/missing",
        "ignored addresses": "/admin/redirects/missing?ignored=1",
        "comments": "/admin/comments",
        **{
            f"comments, {which}": f"/admin/comments?filter={which}"
            for which in ("pending", "approved", "staff", "spam", "trashed")
        },
        "oldest comments": "/admin/comments?before=end",
        "pictures": "/admin/uploads",
        **{
            f"pictures, {which}": f"/admin/uploads?filter={which}"
            for which in ("used", "unused", "mine", "trashed")
        },
        "oldest pictures": "/admin/uploads?before=end",
        "pictures found": "/admin/uploads?q=harbour",
        "pictures not found": "/admin/uploads?q=nothing",
        "picture": "/admin/uploads/1",
        "picture of earlier versions": "/admin/uploads/40",
        "picture of unsaved texts": "/admin/uploads/60",
        "pictures to choose from": "/admin/uploads/choices",
        "people": "/admin/people",
        "oldest people": "/admin/people?before=end",
        "person": f"/admin/people/{QUIET}",
        "categories": "/admin/categories",
        "tags": "/admin/tags",
        "series, managed": "/admin/series",
        "oldest series": "/admin/series?before=end",
        "one series": "/admin/series/3/edit",
        "least used tags": "/admin/tags?before=end",
        "tags found": "/admin/tags?q=tag+1",
        "tags not found": "/admin/tags?q=nothing",
        "a tag, managed": "/admin/tags/3/edit",
        "links, managed": "/admin/links",
        "own comments": "/account/comments",
    }


def forms() -> dict[str, str]:
    """Addresses of pages that have one size on every blog: forms, the settings, the health."""
    return {
        "new post": "/admin/posts/new",
        "new link": "/admin/links/new",
        "new category": "/admin/categories/new",
        "a category, managed": "/admin/categories/3/edit",
        "new redirect": "/admin/redirects/new",
        "invitation": "/admin/people/invitation",
        "settings": "/admin/settings",
        "health": "/admin/health",
        "own account": "/account",
        "own password": "/account/password",
        "own address": "/account/email",
        "signing out": "/auth/logout",
    }


def _in_the_middle_of(post: Post) -> int:
    """The id of an approved comment half-way down the conversation under a post."""
    approved = (Comment.post_id == post.id, Comment.status == CommentStatus.APPROVED)
    middle = db.session.scalar(select(func.avg(Comment.id)).where(*approved))
    first = select(Comment.id).where(*approved, Comment.id >= int(middle or 0))
    return db.session.scalars(first.order_by(Comment.id).limit(1)).one()


def author_of(post_id: int) -> int:
    """Who wrote the post."""
    wrote = select(PostAuthor.user_id).where(PostAuthor.post_id == post_id)
    return int(db.session.scalars(wrote).one())


def session_of(user_id: int) -> str:
    """The key of a new session of that account."""
    user = db.session.get_one(User, user_id)
    return sessions.open_session(user, remember=False, at=clock.now())


def cookie(app: Flask, key: str) -> str:
    """The value of the cookie that holds that session."""
    serializer = app.session_interface.get_signing_serializer(app)
    return str(serializer.dumps({"_user_id": key, "_fresh": True}))


def _post(post_id: int) -> Post:
    """The public post with that id, or the next."""
    public = select(Post).where(Post.id >= post_id, Post.status == PostStatus.PUBLISHED)
    kind = PostKind.PAGE if post_id <= PAGES else PostKind.POST
    first = public.where(Post.kind == kind).order_by(Post.id).limit(1)
    found: Post = db.session.scalars(first).one()
    return found


__all__ = [
    "ADA",
    "CONTRIBUTOR",
    "EDITOR",
    "QUIET",
    "REDIRECTED",
    "STATUSES",
    "author_of",
    "cookie",
    "dashboard_pages",
    "forms",
    "readers_pages",
    "session_of",
]
