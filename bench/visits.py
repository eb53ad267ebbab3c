"""How much a database does for a page: the statements it is sent, the rows it looks at for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

_PROGRESS_STEPS = 10


@dataclass(frozen=True)
class Statement:
    """A SELECT as the driver was given it."""

    engine: Engine
    sql: str
    values: Any

    def explained(self, how: str) -> list[Any]:
        """What the database says of it."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                # Few rows are read faster without an index; here they stand for many.
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            return list(connection.exec_driver_sql(f"{how} {self.sql}", self.values))

    @property
    def line(self) -> str:
        return " ".join(self.sql.split())


@contextmanager
def heard(engine: Engine) -> Iterator[list[Statement]]:
    """The SELECTs that are sent meanwhile, each once; the list is filled at the end."""
    found: dict[str, Statement] = {}

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            found.setdefault(f"{sql}{values}", Statement(engine, sql, values))

    event.listen(engine, "before_cursor_execute", note)
    statements: list[Statement] = []
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        statements += found.values()


@contextmanager
def stepped(engine: Engine) -> Iterator[list[int]]:
    """The steps that SQLite's machine takes meanwhile, in tens; some ten of them go to a row."""
    taken = [0]

    def count() -> int:
        taken[0] += _PROGRESS_STEPS
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(count, _PROGRESS_STEPS)

    event.listen(engine, "checkout", watch)
    try:
        yield taken
    finally:
        event.remove(engine, "checkout", watch)
        with engine.connect() as connection:
            connection.connection.driver_connection.set_progress_handler(None, 0)


def nodes(statement: Statement) -> list[dict[str, Any]]:
    """Every step of PostgreSQL's plan, carried out."""
    [[[plan]]] = statement.explained("EXPLAIN (ANALYZE, FORMAT JSON)")
    found, left = [], [plan["Plan"]]
    while left:
        found.append(left.pop())
        left += found[-1].get("Plans", [])
    return found


def visits(node: dict[str, Any]) -> int:
    """The rows that a step looked at, those that it refused as well."""
    refused = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + refused) * node["Actual Loops"])


def rows_visited(statement: Statement) -> int:
    """The rows that PostgreSQL looks at for the statement."""
    return sum(visits(node) for node in nodes(statement) if "Scan" in node["Node Type"])
