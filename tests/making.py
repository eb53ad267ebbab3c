"""Rows that tests begin with."""

from datetime import datetime, timedelta
from typing import Any

from bluelog.extensions import db
from bluelog.models import Category, Comment, Post, PostAuthor, PostStatus, User
from bluelog.services import tags
from bluelog.uow import unit_of_work
from tests.conftest import NOW

YESTERDAY = NOW - timedelta(days=1)


def make_post(author: User, title: str = "A post", **values: Any) -> Post:
    """A published post in the default category, unless the values say otherwise."""
    values = {
        "slug": title.lower().replace(" ", "-"),
        "language": "en",
        "status": PostStatus.PUBLISHED,
        "published_at": YESTERDAY,
        "created_at": YESTERDAY,
        "updated_at": YESTERDAY,
        "source": "<p>Once upon a time.</p>",
        "html": "<p>Once upon a time.</p>",
        "plain": "Once upon a time.",
        "summary": "Once upon a time.",
        "version": 1,
        "comment_count": 0,
    } | values
    if values["status"] in (PostStatus.DRAFT, PostStatus.PENDING):
        values["published_at"] = None
    category = db.session.scalars(db.select(Category).where(Category.is_default)).one()
    if values.get("kind", "post") == "post":
        values.setdefault("category_id", category.id)
        category.post_count += values["status"] == PostStatus.PUBLISHED
    post = Post(title=title, **values)
    db.session.add(post)
    db.session.flush()
    db.session.add(PostAuthor(post_id=post.id, user_id=author.id, public_at=post.published_at))
    db.session.commit()
    return post


def tag(post: Post, *names: str) -> Post:
    """The same post with these tags."""
    post_id = post.id
    with unit_of_work():
        tags.put_on(db.session.get_one(Post, post_id), names)
    return db.session.get_one(Post, post_id)


def make_comment(post: Post, body: str = "Well said.", **values: Any) -> Comment:
    """An approved comment of a guest, unless the values say otherwise."""
    values = {
        "status": "approved",
        "name": "Guest",
        "email": "guest@example.org",
        "html": f"<p>{body}</p>",
        "created_at": YESTERDAY,
    } | values
    if values.get("user_id"):
        values["name"] = values["email"] = ""
    comment = Comment(post_id=post.id, body=body, **values)
    db.session.add(comment)
    db.session.flush()
    parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    comment.thread_id = parent.thread_id if parent else comment.id
    post.comment_count += comment.status == "approved"
    db.session.commit()
    return comment


def long_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)
