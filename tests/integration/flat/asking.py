"""What a page asks of the database, and how the database goes about it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from bluelog.extensions import db
from tests.integration.flat.conftest import Blog

# Tables that are shown whole or hold one row; none of them grows with posts or readers.
SMALL_TABLES = {
    "site": "one row",
    "content_revision": "one row",
    "category": "few, and all of them are shown",
    "link": "few, and all of them are shown",
    "counter": "one row for each name",
}
# Sorts of few rows, by what their statement has in it.
SORTED_ALL_THE_SAME = {
    "ORDER BY post_author.post_id, post_author.position": "the authors of the posts on one page",
    "kind = ? AND post.status IN (?, ?) AND post.published_at <= ? ORDER BY post.id": (
        "every page is in the menu"
    ),
    "FROM category ORDER BY category.name": "every category is shown",
    "FROM link ORDER BY link.name": "every link is shown",
    "ORDER BY anon_1.due_at": "the first message of each of two states",
    "GROUP BY post.category_id": "scheduled posts that fell due in this second",
}
# More than these of one table are too many for PostgreSQL, by whatever index it finds them.
MOST_ROWS = 200


@dataclass(frozen=True)
class Statement:
    """A SELECT as the driver was given it."""

    sql: str
    values: Any

    def explained(self, how: str) -> list[Any]:
        """What the database says of it; needs an app context."""
        with db.engine.connect() as connection:
            if db.engine.dialect.name == "postgresql":
                # Few rows are read faster without an index; here they stand for many.
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            return list(connection.exec_driver_sql(f"{how} {self.sql}", self.values))

    @property
    def line(self) -> str:
        return " ".join(self.sql.split())


@contextmanager
def heard(blog: Blog) -> Iterator[list[Statement]]:
    """The SELECTs that the app sends meanwhile, each once."""
    found: dict[str, Statement] = {}

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            found.setdefault(f"{sql}{values}", Statement(sql, values))

    with blog.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    statements: list[Statement] = []
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        statements += found.values()


def faults(statement: Statement) -> list[str]:
    """Scans and sorts of whole tables, as the query plan tells; needs an app context."""
    if db.engine.dialect.name == "sqlite":
        return _faults_on_sqlite(statement)
    return _faults_on_postgres(statement)


def rows_visited(statement: Statement) -> int:
    """The rows that PostgreSQL looks at for the statement; needs an app context."""
    return sum(_visits(node) for node in _nodes(statement) if "Scan" in node["Node Type"])


def _faults_on_sqlite(statement: Statement) -> list[str]:
    steps = [row[3] for row in statement.explained("EXPLAIN QUERY PLAN")]
    sorts = [step for step in steps if "TEMP B-TREE" in step]
    if any(few in statement.line for few in SORTED_ALL_THE_SAME):
        sorts = []
    # In the order of its index and with a bound, a scan is a walk that ends when it has enough;
    # how far it goes is what the test of the steps is for.
    is_walk = " LIMIT " in statement.line and not sorts
    scans = [] if is_walk else [step for step in steps if _grows(_scanned(step))]
    return sorts + scans


def _scanned(step: str) -> str:
    found = re.match(r"SCAN (\w+?)(_\d+)?( |$)", step)
    return found[1] if found else ""


def _grows(table: str) -> bool:
    return table in db.metadata.tables and table not in SMALL_TABLES


def _faults_on_postgres(statement: Statement) -> list[str]:
    found = []
    for node in _nodes(statement):
        kind, table = node["Node Type"], node.get("Relation Name", "")
        if "Scan" in kind and _grows(table) and _visits(node) > MOST_ROWS:
            found.append(f"{kind} {table}: {_visits(node)} rows")
        if "Sort" in kind and _visits(node["Plans"][0]) > MOST_ROWS:
            found.append(f"{kind} of {_visits(node['Plans'][0])} rows by {node['Sort Key']}")
    return found


def _nodes(statement: Statement) -> list[dict[str, Any]]:
    [[[plan]]] = statement.explained("EXPLAIN (ANALYZE, FORMAT JSON)")
    nodes, left = [], [plan["Plan"]]
    while left:
        nodes.append(left.pop())
        left += nodes[-1].get("Plans", [])
    return nodes


def _visits(node: dict[str, Any]) -> int:
    refused = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + refused) * node["Actual Loops"])
