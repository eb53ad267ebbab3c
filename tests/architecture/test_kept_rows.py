"""Rows that repeat others are kept by what a session writes; statements have to see to them."""

import ast

from tests.architecture.sources import calls, modules

# Statements that write comments, or authors or tags of posts, which the session does not take
# apart. What is deleted takes its rows along by itself, but for an author who leaves the post.
BY_STATEMENT = {
    ("operations/importing/comments.py", "insert", "Comment"): "their rows are added at once",
    ("operations/importing/comments.py", "update", "Comment"): "their places in threads alone",
    ("services/comments.py", "update", "Comment"): "the thread that a new one begins alone",
    ("services/overdue.py", "update", "Comment"): "those emptied are restated at once",
    ("operations/importing/posts.py", "insert", "PostAuthor"): "nothing was said there yet",
    ("reactions/authorship.py", "update", "PostAuthor"): "what is repeated of the post alone",
    ("services/states.py", "update", "PostAuthor"): "the public date alone",
    ("reactions/tagging.py", "update", "PostTag"): "what is repeated of the post, once counted",
    ("services/tags.py", "update", "PostTag"): "those published are counted at once",
}
_ANY = ("insert", "update", "delete")
WATCHED = {"Comment": ("insert", "update"), "PostAuthor": _ANY, "PostTag": _ANY}


def test_no_statement_writes_comments_or_authors_past_what_keeps_their_rows() -> None:
    found = {
        (path, name, table)
        for path, tree in modules()
        for name, call in calls(tree)
        for table in map(ast.unparse, call.args[:1])
        if name in WATCHED.get(table, ())
    }
    assert found == BY_STATEMENT.keys()
