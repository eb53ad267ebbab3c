"""The tables of a PostgreSQL database: their sums, and how to be rid of them."""

import hashlib
from typing import TYPE_CHECKING, Any

from bluelog.operations.backup.layout import Sum, Sums
from bluelog.operations.progress import Progress

if TYPE_CHECKING:
    from psycopg import Connection

# pg_dump's script empties the path on which names without a schema are looked for; and our own
# times are in UTC.
SETTLED = "SET search_path TO DEFAULT; SET timezone TO 'UTC'"

# Keys by the order of their bytes: two servers may sort letters differently.
_QUERIES = """
SELECT c.relname,
       format('COPY (SELECT * FROM %I.%I ORDER BY %s) TO STDOUT', n.nspname, c.relname,
              string_agg(format('%I::text COLLATE "C"', a.attname), ', ' ORDER BY a.attnum))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND n.nspname = current_schema()
  AND (i.indrelid IS NULL OR a.attnum = ANY (i.indkey))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
GROUP BY n.nspname, c.relname
ORDER BY c.relname
"""
_EMPTYING = """
SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM (
  SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                        WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
         format('%I.%I', n.nspname, c.relname) AS name, c.oid,
         CASE c.relkind WHEN 'S' THEN 2 ELSE 1 END AS turn
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL
  SELECT 'ROUTINE', p.oid::regprocedure::text, p.oid, 3
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = current_schema()
  UNION ALL
  SELECT 'TYPE', format('%I.%I', n.nspname, t.typname), t.oid, 4
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'd')
  UNION ALL
  SELECT 'TEXT SEARCH CONFIGURATION', format('%I.%I', n.nspname, f.cfgname), f.oid, 5
  FROM pg_ts_config f JOIN pg_namespace n ON n.oid = f.cfgnamespace
  WHERE n.nspname = current_schema()
) AS ours
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ours.oid AND d.deptype = 'e')
ORDER BY turn, name
"""


def sums_of(connection: "Connection[Any]", progress: Progress) -> Sums:
    """Every table with its rows, as the transaction that is open sees them."""
    queries = connection.execute(_QUERIES).fetchall()
    sums: Sums = {}
    with progress("Reading", len(queries)) as advance:
        for name, query in queries:
            sums[name] = _sum(connection, query)
            advance(1)
    return sums


def emptying(connection: "Connection[Any]") -> list[str]:
    """The statements that drop everything of ours in the schema, and no extension's; in order."""
    return [statement for (statement,) in connection.execute(_EMPTYING).fetchall()]


def _sum(connection: "Connection[Any]", query: str) -> Sum:
    digest, count = hashlib.sha256(), 0
    with connection.cursor() as cursor, cursor.copy(query.encode()) as rows:
        for data in rows:
            digest.update(data)
            # COPY writes a line break within a value as two characters.
            count += bytes(data).count(b"\n")
    return Sum(count, digest.hexdigest())
