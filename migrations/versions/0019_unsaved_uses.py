"""unsaved uses

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-26 13:45:00.000000
"""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

DIGEST = re.compile('/uploads/([0-9a-f]{64})')
BATCH = 500

upload = sa.table('upload', sa.column('id'), sa.column('digest'), sa.column('state'))
working_copy = sa.table('working_copy', sa.column('id'), sa.column('fields'))
former = sa.table('revision', sa.column('id'), sa.column('post_id'), sa.column('fields'))


def upgrade() -> None:
    unsaved_use = op.create_table(
        'upload_unsaved_use',
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('copy_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('upload_id', 'copy_id', name='pk_upload_unsaved_use'),
        foreign_key('upload_unsaved_use', 'upload_id', 'upload'),
        foreign_key('upload_unsaved_use', 'copy_id', 'working_copy'),
    )
    former_use = op.create_table(
        'upload_former_use',
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('revision_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('upload_id', 'post_id', 'revision_id', name='pk_upload_former_use'),
        foreign_key('upload_former_use', 'upload_id', 'upload'),
        foreign_key('upload_former_use', 'revision_id', 'revision'),
    )
    fill(working_copy, unsaved_use, lambda row: {'copy_id': row.id})
    fill(former, former_use, lambda row: {'revision_id': row.id, 'post_id': row.post_id})
    op.create_index('ix_upload_unsaved_use_copy_id', 'upload_unsaved_use', ['copy_id'])
    op.create_index('ix_upload_former_use_revision_id', 'upload_former_use', ['revision_id'])
    op.execute(
        "UPDATE upload SET state = 'used', trashed_at = NULL"
        " WHERE state IN ('unused', 'trashed') AND EXISTS (SELECT 1 FROM upload_unsaved_use"
        ' WHERE upload_unsaved_use.upload_id = upload.id)'
    )


def foreign_key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_{column}_{target}'
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=name, ondelete='CASCADE')


def fill(texts: sa.TableClause, uses: sa.Table, key: Callable[[sa.Row], dict[str, int]]) -> None:
    """Write down which pictures the packed texts show, some hundred texts at a time."""
    connection = op.get_bind()
    for rows in batches(connection, texts):
        shown = [(row, *shown_in(row.fields)) for row in rows]
        digests = sorted(set().union(*(digests for _, digests, _ in shown)))
        covers = sorted({cover_id for *_, cover_id in shown if cover_id})
        known = ids_where(connection, upload.c.digest, digests)
        there = ids_where(connection, upload.c.id, covers)
        found = [
            {'upload_id': upload_id} | key(row)
            for row, digests, cover_id in shown
            for upload_id in sorted(
                {known[digest] for digest in digests if digest in known}
                | ({cover_id} & there.keys())
            )
        ]
        if found:
            connection.execute(sa.insert(uses), found)


def shown_in(packed: bytes) -> tuple[set[str], int | None]:
    fields: dict[str, Any] = json.loads(zlib.decompress(packed))
    content = fields.get('content', fields)
    return set(DIGEST.findall(content.get('source') or '')), content.get('cover_id')


def batches(connection: sa.Connection, texts: sa.TableClause) -> Iterator[list[sa.Row]]:
    last = 0
    while True:
        some = sa.select(texts).where(texts.c.id > last).order_by(texts.c.id).limit(BATCH)
        rows = list(connection.execute(some))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def ids_where(connection: sa.Connection, column: sa.ColumnClause, values: list[Any]) -> dict[Any, int]:
    found = {}
    for start in range(0, len(values), BATCH):
        # One that is going has no files any more.
        there = (column.in_(values[start : start + BATCH]), upload.c.state != 'going')
        rows = connection.execute(sa.select(column.label('value'), upload.c.id).where(*there))
        found.update({row.value: row.id for row in rows})
    return found


def downgrade() -> None:
    op.drop_table('upload_former_use')
    op.drop_table('upload_unsaved_use')
    # What an unsaved text alone shows is unused again.
    op.execute(
        "UPDATE upload SET state = 'unused' WHERE state = 'used' AND NOT EXISTS"
        ' (SELECT 1 FROM upload_use WHERE upload_use.upload_id = upload.id)'
    )
