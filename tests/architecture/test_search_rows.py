"""The search index is kept by what a session writes; whoever sends a statement keeps it too."""

import ast

from tests.architecture.sources import calls, modules

# Statements that write posts or their authors, which the session does not take apart.
BY_STATEMENT = {
    ("operations/importing/posts.py", "insert", "Post"): "indexed at once",
    ("operations/importing/posts.py", "insert", "PostAuthor"): "indexed at once",
    ("operations/importing/comments.py", "update", "Post"): "a count alone",
    ("operations/demo/bulk.py", "update", "Post"): "a count alone",
    ("reactions/authorship.py", "update", "PostAuthor"): "what is repeated of the post alone",
    ("reactions/revisions.py", "update", "Post"): "the revision alone",
    ("services/categories.py", "update", "Post"): "refiled at once",
    ("services/comments.py", "update", "Post"): "a count alone",
    ("services/overdue.py", "delete", "Post"): "forgotten at once",
    ("services/states.py", "update", "PostAuthor"): "the public date alone",
}


def test_no_statement_changes_what_is_found_past_what_keeps_the_index() -> None:
    found = {
        (path, name, table)
        for path, tree in modules()
        for name, call in calls(tree)
        for table in map(ast.unparse, call.args[:1])
        if name in ("insert", "update", "delete") and table in ("Post", "PostAuthor")
    }
    assert found == BY_STATEMENT.keys()
