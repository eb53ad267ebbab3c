"""Rows that tests begin with."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Category, Comment, Post, PostAuthor, PostStatus, User
from bluelog.queries.people import person_by_username
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
    is_listed = post.status in PUBLIC_STATUSES
    public_at = post.published_at if is_listed else None
    db.session.add(PostAuthor(post_id=post.id, user_id=author.id, public_at=public_at))
    db.session.commit()
    return post


def made_by(site: Flask, who: str, status: str, **values: Any) -> int:
    """The id of a post of that person's."""
    with site.app_context():
        author = person_by_username(who)
        assert author is not None
        return make_post(author, status=status, **values).id


def stored(site: Flask, post_id: int) -> tuple[str, str, str]:
    """Title, words and status of a post as they are in the database."""
    with site.app_context():
        row = db.session.get_one(Post, post_id)
        return row.title, row.plain, row.status


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
