"""What is wrong with how the database goes about a statement."""

import re

from bench.visits import Statement, nodes, visits
from bluelog.extensions import Base

# Tables that are shown whole or hold one row; none of them grows with posts or readers.
SMALL_TABLES = {
    "site": "one row",
    "content_revision": "one row",
    "category": "few, and all of them are shown",
    "link": "few, and all of them are shown",
    "menu_item": "few, and all of them are shown",
    "counter": "one row for each name",
    "archive_month": "twelve rows a year, and all of them are shown",
}
# Sorts of few rows, by what their statement has in it.
SORTED_ALL_THE_SAME = {
    "ORDER BY post_author.post_id, post_author.position": "the authors of the posts on one page",
    "ORDER BY post_tag.post_id, post_tag.position": "the tags of the posts on one page",
    "ORDER BY coalesce(post.published_at": "the parts of a series, of which each has 200 at most",
    "GROUP BY post_tag.tag_id": "scheduled posts that fell due in this second",
    "FROM category ORDER BY category.name": "every category is shown",
    "FROM link ORDER BY link.name": "every link is shown",
    "ORDER BY anon_1.due_at": "the first message of each of two states",
    "GROUP BY post_read.source": "the sites of one post, bounded for each of some days",
    "GROUP BY site_read.source": "the sites of the blog, bounded for each of some days",
    "GROUP BY post.category_id": "scheduled posts that fell due in this second",
}
# Rows of which there may be more, and that no growth of the blog makes many.
BOUNDED = {
    "GROUP BY post.series_id": "the parts of the series on one page, of which each has 200 at most",
    "FROM series WHERE EXISTS": "2,000 series at most, each until its first public part",
    "SELECT revision.id, revision.saved_at FROM revision": "what the worker thins of one post",
}
# More than these of one table are too many for PostgreSQL, by whatever index it finds them.
MOST_ROWS = 200


def faults(statement: Statement) -> list[str]:
    """Scans and sorts of whole tables, as the query plan tells."""
    if statement.engine.dialect.name == "sqlite":
        return _faults_on_sqlite(statement)
    return _faults_on_postgres(statement)


def _faults_on_sqlite(statement: Statement) -> list[str]:
    steps = [row[3] for row in statement.explained("EXPLAIN QUERY PLAN")]
    sorts = [step for step in steps if "TEMP B-TREE" in step]
    if any(few in statement.line for few in SORTED_ALL_THE_SAME):
        sorts = []
    scanned = [step for step in steps if _grows(_scanned(step))]
    scans = [step for step in scanned if sorts or not _is_walk(_scanned(step), statement.line)]
    return sorts + scans


def _is_walk(table: str, line: str) -> bool:
    """Whether every SELECT from the table has a bound of its own.

    In the order of its index a scan is then a walk that ends when it has enough; how far it goes
    is what the test of the steps is for.
    """
    of_table = re.compile(rf'(?:FROM|JOIN|,) "?{table}"?(?: |,|$)')
    its = [each for each in selects(line) if of_table.search(each)]
    return bool(its) and all(" LIMIT " in each for each in its)


def selects(line: str) -> list[str]:
    """Each SELECT of a statement by itself, without those that are in it."""
    levels, found = [""], []
    for part in re.split("([()])", line):
        if part == "(":
            levels.append("")
        elif part == ")":
            inner = levels.pop()
            if inner.lstrip().startswith(("SELECT", "WITH")):
                found.append(inner)
                inner = "…"
            levels[-1] += f"({inner})"
        else:
            levels[-1] += part
    return [one for each in (*found, *levels) for one in re.split(" UNION (?:ALL )?", each)]


def _scanned(step: str) -> str:
    found = re.match(r"SCAN (\w+?)(_\d+)?( |$)", step)
    return found[1] if found else ""


def _grows(table: str) -> bool:
    return table in Base.metadata.tables and table not in SMALL_TABLES


def _faults_on_postgres(statement: Statement) -> list[str]:
    if any(few in statement.line for few in BOUNDED):
        return []
    found = []
    for node in nodes(statement):
        kind, table = node["Node Type"], node.get("Relation Name", "")
        if "Scan" in kind and _grows(table) and visits(node) > MOST_ROWS:
            found.append(f"{kind} {table}: {visits(node)} rows")
        if "Sort" in kind and visits(node["Plans"][0]) > MOST_ROWS:
            found.append(f"{kind} of {visits(node['Plans'][0])} rows by {node['Sort Key']}")
    return found
