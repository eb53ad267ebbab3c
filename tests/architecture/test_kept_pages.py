"""Every page of readers is kept or on a list with the reason; what it shows is watched."""

import ast
import re

import pytest
from flask import Flask
from sqlalchemy import inspect

from bluelog.models import Comment, Post, Series, Tag, Upload, User
from bluelog.reactions import revisions
from bluelog.web.pages.offers import is_kept
from tests.architecture.sources import calls, modules, templates

NOT_KEPT = {
    "blog.show_category_by_id": "a redirect",
    "blog.show_post_by_id": "a redirect",
    "blog.show_comment": "a redirect",
    "blog.reply_comment": "a redirect",
    "blog.former_upload": "a redirect",
    "blog.search": "what strangers look for has no bounds, and is to fill no memory",
    "blog.reply": "its form is for one visitor, and it is in no index",
    "blog.show_preview": "its address is a right, which ends",
    "blog.upload": "a file, and its name says what is in it",
    "blog.custom_asset": "a file, and its name says what is in it",
    "blog.change_theme": "it sets the reader's own cookie",
    "blog.change_language": "it sets the reader's own cookie",
}
# Where rows are written past the session, which then cannot see what they change for readers.
PAST_THE_SESSION = {
    "uow.py": "it opens the transaction",
    "operations/importing/comments.py": "a kept count, of comments that the session wrote",
    "queries/rows.py": "it takes nothing but what reads",
    "reactions/authorship.py": "what the dashboard's lists alone go by",
    "reactions/moderation.py": "what the dashboard's lists alone go by",
    "reactions/revisions.py": "what is compared, and never shown",
    "reactions/tagging.py": "what is repeated of posts that the session wrote",
    "services/comments.py": "a kept count and the threads, of comments that the session wrote",
    "services/upload_uses.py": "what the media library alone goes by",
}
UNWATCHED = {"comment.email": "for moderators alone, whose pages are not kept"}
READERS = ("blog/", "macros/posts.html", "macros/people.html")
SHOWN = {
    "post": (Post, revisions._POST_SHOWN),
    "page": (Post, revisions._POST_SHOWN),
    "comment": (Comment, revisions._COMMENT_SHOWN),
    "answers": (Comment, revisions._COMMENT_SHOWN),
    "person": (User, revisions._USER_SHOWN),
    "author": (User, revisions._USER_SHOWN),
    "tag": (Tag, revisions._TAG_SHOWN),
    "series": (Series, revisions._SERIES_SHOWN),
    "upload": (Upload, revisions._UPLOAD_SHOWN),
}


def test_every_address_of_readers_is_kept_or_on_the_list(app: Flask) -> None:
    there = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("blog.") and "GET" in (rule.methods or ())
    }
    kept = {name for name in there if is_kept(app.view_functions[name])}
    assert there - kept == NOT_KEPT.keys()
    assert len(kept) > 4


def test_no_other_address_is_kept(app: Flask) -> None:
    kept = {name for name, view in app.view_functions.items() if is_kept(view)}
    assert {name.partition(".")[0] for name in kept} == {"blog"}


def test_nothing_is_written_where_the_session_does_not_see_it() -> None:
    found = {
        path
        for path, tree in modules()
        for name, call in calls(tree)
        if name.startswith("bulk_") or ast.unparse(call.func).endswith("session.connection")
    }
    assert found == PAST_THE_SESSION.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_every_column_that_pages_show_of_a_row_is_watched(name: str) -> None:
    model, watched = SHOWN[name]
    columns = set(inspect(model).columns.keys()) - {"id"}  # which never changes
    shown = {
        column
        for path, text in templates("blog", "macros")
        if path.startswith(READERS)
        for column in re.findall(rf"\b{name}\.(\w+)", text)
        if column in columns and f"{name}.{column}" not in UNWATCHED
    }
    assert shown - set(watched) == set()
