"""search index

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 09:20:00.000000
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

# Words are taken apart by the app itself: what is stored otherwise than it asks would not be found.
from bluelog.text.search.entries import Entry, entry

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

PORTION = 500
PUBLIC_STATUSES = ('published', 'scheduled')
ADDED = 'INSERT INTO {} VALUES ({})'
SQLITE = (
    # The tokens are made beforehand: whatever is no space belongs to one.
    "CREATE VIRTUAL TABLE post_search USING fts5(title, tags, body, marks, tokenize='ascii')",
    'CREATE TABLE post_search_place (post_id INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE)',
)
POSTGRESQL = (
    # Walked along for one column: what is long is kept beside it.
    """CREATE TABLE post_search (
        post_id integer CONSTRAINT pk_post_search PRIMARY KEY, place bigint NOT NULL,
        title text NOT NULL, tags text NOT NULL, body text NOT NULL, marks text NOT NULL,
        grams text[] NOT NULL) WITH (toast_tuple_target = 128)""",
)
POSTGRESQL_INDEXES = (
    'CREATE UNIQUE INDEX uq_post_search_place ON post_search (place)',
    'CREATE INDEX ix_post_search_grams ON post_search USING gin (grams)',
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == 'sqlite'
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)
    for some in entries():
        (fill_sqlite if is_sqlite else fill_postgresql)(some)
    for statement in () if is_sqlite else POSTGRESQL_INDEXES:
        op.execute(statement)


def entries() -> Iterator[list[Entry]]:
    """What every post says, some at a time and by id."""
    found = sa.text(
        'SELECT id, title, plain, status, category_id, published_at, created_at FROM post '
        'WHERE id > :after ORDER BY id LIMIT :portion'
    ).columns(published_at=sa.DateTime(timezone=True), created_at=sa.DateTime(timezone=True))
    some = 'WHERE post_id > :after AND post_id <= :last'
    wrote = sa.text(f'SELECT post_id, user_id FROM post_author {some}')
    named = sa.text(
        f'SELECT post_id, name FROM post_tag JOIN tag ON tag.id = tag_id {some} '
        'ORDER BY post_id, tag_id'
    )
    after = 0
    while rows := run(found, after=after, portion=PORTION).mappings().all():
        authors, tags = (by_post(each, after, rows[-1]['id']) for each in (wrote, named))
        yield [
            entry(
                row,
                is_public=row['status'] in PUBLIC_STATUSES,
                author_ids=authors[row['id']],
                tags=tags[row['id']],
            )
            for row in rows
        ]
        after = rows[-1]['id']


def by_post(statement: Any, after: int, last: int) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for post_id, value in run(statement, after=after, last=last):
        found[post_id].append(value)
    return found


def fill_sqlite(some: list[Entry]) -> None:
    places, words = 'post_search_place', 'post_search (rowid, title, tags, body, marks)'
    rows = [each._asdict() for each in some]
    run(sa.text(ADDED.format(places, ':post_id, :place')), rows)
    run(sa.text(ADDED.format(words, ':place, :title, :tags, :body, :marks')), rows)


def fill_postgresql(some: list[Entry]) -> None:
    values = ':post_id, :place, :title, :tags, :body, :marks, :grams'
    adding = sa.text(ADDED.format('post_search', values))
    adding = adding.bindparams(sa.bindparam('grams', type_=sa.ARRAY(sa.Text)))
    run(adding, [{**each._asdict(), 'grams': each.grams()} for each in some])


def run(statement: Any, rows: Any = None, **values: Any) -> Any:
    return op.get_bind().execute(statement, rows or values)


def downgrade() -> None:
    op.execute('DROP TABLE post_search')
    if op.get_context().dialect.name == 'sqlite':
        op.execute('DROP TABLE post_search_place')
