"""What the source may not say, and what it may say in one place alone."""

import ast
import re
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy.orm import RelationshipProperty, configure_mappers

from bluelog.extensions import Base
from tests.architecture.sources import PROJECT, calls, modules, templates

# Where text becomes markup that is not escaped, and why that is safe.
TRUSTED_IN_TEMPLATES = {
    ("admin/comments/row.html", "comment.html"): "text.comment.plain_comment() made it",
    ("admin/posts/conflict.html", "conflict.post.html"): "sanitised when it was saved",
    ("admin/posts/preview.html", "post.html"): "sanitised by the rendering just before",
    ("blog/choices.html", "site.footer"): "sanitised when the settings were saved",
    ("blog/comments/comment.html", "comment.html"): "text.comment.plain_comment() made it",
    ("blog/posts/page.html", "post.html"): "sanitised when it was saved",
    ("blog/posts/post.html", "post.html"): "sanitised when it was saved",
}
TRUSTED_IN_MODULES = {
    "text/sanitise.py": "it is the sanitiser",
    "text/comment.py": "literals, and what they are given is escaped",
    "web/sharing.py": "a literal, and JSON in which what could be markup is escaped",
    "web/templating.py": "a literal; the token that fills it is escaped",
}
# In a transaction that is the connection's own, or of which nothing is written.
BEGINS = {
    "cli/setup.py": "`initdb --drop` drops every table before migrating",
    "queries/search/postgresql.py": "a question that the database may give up is a savepoint's",
}


def test_one_place_commits() -> None:
    places = [path for path, tree in modules() for name, _call in calls(tree) if name == "commit"]
    assert places == ["uow.py"]


def test_no_other_transaction_is_opened_by_hand() -> None:
    places = {
        path for path, tree in modules() for name, _call in calls(tree) if name in _TRANSACTIONS
    }
    assert places == set(BEGINS)


_TRANSACTIONS = ("begin", "begin_nested", "begin_transaction", "autocommit")


def test_no_statement_ends_a_transaction_by_its_words() -> None:
    found = [
        (path, node.value)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"\s*(COMMIT|END|RELEASE)\b\s*;?\s*$", node.value)
    ]
    assert found == []


def test_what_templates_do_not_escape_is_on_the_list() -> None:
    found = {
        (name, expression.strip())
        for name, text in templates()
        for expression in re.findall(r"\{\{-?\s*([^{}]*?)\s*\|\s*safe\b", text)
    }
    assert found == set(TRUSTED_IN_TEMPLATES)
    counted = sum(len(re.findall(r"\|\s*safe\b", text)) for _name, text in templates())
    assert counted == len(found)


def test_no_template_stops_escaping_as_a_whole() -> None:
    loud = re.compile(r"\{%-?\s*autoescape|\bMarkup\s*\(|\|\s*mark_safe\b")
    assert [name for name, text in templates() if loud.search(text)] == []


def test_what_modules_take_for_markup_is_on_the_list() -> None:
    markup = {"Markup", "HTMLString", "mark_safe", "__html__"}
    found = {path for path, tree in modules() for name, _call in calls(tree) if name in markup}
    made = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__html__"
    }
    assert found | made == set(TRUSTED_IN_MODULES)


def test_markup_outside_the_sanitiser_is_a_literal() -> None:
    found = [
        (path, ast.unparse(call))
        for path, tree in modules()
        for name, call in calls(tree)
        if name == "Markup" and path != "text/sanitise.py"
        if not all(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert found == []


def test_imports_fall_and_never_climb() -> None:
    command = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", command], check=False, cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def relationships() -> dict[str, RelationshipProperty[Any]]:
    configure_mappers()
    return {
        f"{mapper.class_.__name__}.{relation.key}": relation
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
    }


def test_relationships_lead_from_child_to_parent_alone(
    relationships: dict[str, RelationshipProperty[Any]],
) -> None:
    assert relationships
    both_ways = [
        name
        for name, relation in relationships.items()
        if relation.backref or relation.back_populates or relation.uselist
    ]
    assert both_ways == []


def test_nothing_is_loaded_that_was_not_asked_for(
    relationships: dict[str, RelationshipProperty[Any]],
) -> None:
    assert {relation.lazy for relation in relationships.values()} == {"raise"}
