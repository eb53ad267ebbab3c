"""Running an import, and looking at what came of it."""

from datetime import datetime

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import Comment, Post
from bluelog.operations.importing.bluelog_import import Wishes, import_bluelog
from bluelog.operations.importing.report import Report
from bluelog.operations.importing.source import opened
from tests.conftest import NOW
from tests.integration.importing.sources import OtherBlog


def bring(blog: OtherBlog | str, *, at: datetime = NOW, **wishes: object) -> Report:
    address = blog if isinstance(blog, str) else blog.address
    with opened(address) as source:
        return import_bluelog(source, Wishes(**wishes), at=at)  # type: ignore[arg-type]


def row_counts() -> dict[str, int]:
    tables = db.metadata.sorted_tables
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
    }


def post_titled(title: str) -> Post:
    return db.session.scalars(select(Post).where(Post.title == title)).one()


def comment_saying(body: str) -> Comment:
    return db.session.scalars(select(Comment).where(Comment.body == body)).one()
