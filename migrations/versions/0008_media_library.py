"""media library

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-26 09:20:00.000000
"""

import re
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_upload_formats_at', ['formats_at']),
    ('ix_upload_trashed_at', ['trashed_at']),
    ('ix_upload_state', ['state', 'id']),
    ('ix_upload_user', ['user_id', 'id']),
    ('ix_upload_user_state', ['user_id', 'state', 'id']),
)
USE_INDEXES = (
    ('ix_upload_use_post_id', ['post_id']),
    ('ix_upload_use_dated', ['is_dated', 'upload_id']),
)
# As services.pictures.further_formats() chooses. A WebP is left as it is: no row says whether it
# moves or loses nothing.
FORMATS = """UPDATE upload SET formats = CASE
        WHEN extension = 'jpg' OR size > width * height THEN 'avif,webp' ELSE 'webp' END
    WHERE extension IN ('jpg', 'png') AND size >= 8192
    AND 1.0 * height * (CASE WHEN width < 1920 THEN width ELSE 1920 END) / width <= 16383
    AND 1.0 * height * (CASE WHEN width < 1920 THEN width ELSE 1920 END) / width
        * (CASE WHEN width < 1920 THEN width ELSE 1920 END) <= 12000000"""
DIGEST = re.compile('/uploads/([0-9a-f]{64})')
BATCH = 500

post = sa.table('post', sa.column('id'), sa.column('html'), sa.column('cover_id'))
upload = sa.table('upload', sa.column('id'), sa.column('digest'))
use = sa.table(
    'upload_use',
    *map(sa.column, ('upload_id', 'post_id', 'in_text', 'as_cover', 'is_dated')),
)


def upgrade() -> None:
    for column in columns():
        op.add_column('upload', column)
    op.execute('UPDATE upload SET search_text = lower(original_name)')
    op.execute(FORMATS)
    op.execute("UPDATE upload SET formats_at = created_at WHERE formats = ''")
    op.drop_index('ix_upload_user_id', table_name='upload')
    for name, keys in INDEXES:
        op.create_index(name, 'upload', keys)
    op.create_table(
        'upload_use',
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('in_text', sa.Boolean(), nullable=False),
        sa.Column('as_cover', sa.Boolean(), nullable=False),
        sa.Column('is_dated', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('upload_id', 'post_id', name='pk_upload_use'),
        foreign_key('upload'),
        foreign_key('post'),
    )
    fill()
    for name, keys in USE_INDEXES:
        op.create_index(name, 'upload_use', keys)
    op.execute(
        "UPDATE upload SET state = 'used'"
        ' WHERE EXISTS (SELECT 1 FROM upload_use WHERE upload_use.upload_id = upload.id)'
    )
    # What has no further formats needs no other text.
    op.execute(
        'UPDATE upload_use SET is_dated = false'
        " WHERE upload_id IN (SELECT id FROM upload WHERE formats = '')"
    )


def columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column('alt', sa.String(500), nullable=False, server_default=''),
        sa.Column('caption', sa.String(500), nullable=False, server_default=''),
        sa.Column('search_text', sa.Text(), nullable=False, server_default=''),
        sa.Column('formats', sa.String(20), nullable=False, server_default=''),
        sa.Column('formats_at', sa.DateTime(timezone=True)),
        sa.Column('state', sa.String(10), nullable=False, server_default='unused'),
        sa.Column('trashed_at', sa.DateTime(timezone=True)),
    )


def foreign_key(target: str) -> sa.ForeignKeyConstraint:
    name = f'fk_upload_use_{target}_id_{target}'
    return sa.ForeignKeyConstraint([f'{target}_id'], [f'{target}.id'], name=name, ondelete='CASCADE')


def fill() -> None:
    """Write down which posts show which pictures, some hundred posts at a time."""
    connection = op.get_bind()
    for posts in batches(connection):
        shown = {row.id: set(DIGEST.findall(row.html)) for row in posts}
        digests = sorted(set().union(*shown.values()))
        known = ids_of(connection, digests)
        rows = [
            {
                'upload_id': upload_id,
                'post_id': row.id,
                'in_text': upload_id in in_text,
                'as_cover': upload_id == row.cover_id,
                'is_dated': upload_id in in_text,
            }
            for row in posts
            for in_text in [{known[digest] for digest in shown[row.id] if digest in known}]
            for upload_id in sorted(in_text | {row.cover_id} - {None})
        ]
        if rows:
            connection.execute(sa.insert(use), rows)


def batches(connection: sa.Connection) -> Iterator[list[sa.Row]]:
    shows = sa.or_(post.c.html.like('%/uploads/%'), post.c.cover_id.is_not(None))
    last = 0
    while True:
        some = sa.select(post).where(post.c.id > last, shows).order_by(post.c.id).limit(BATCH)
        rows = list(connection.execute(some))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def ids_of(connection: sa.Connection, digests: list[str]) -> dict[str, int]:
    found = {}
    for start in range(0, len(digests), BATCH):
        some = digests[start : start + BATCH]
        rows = connection.execute(
            sa.select(upload.c.digest, upload.c.id).where(upload.c.digest.in_(some))
        )
        found.update({row.digest: row.id for row in rows})
    return found


def downgrade() -> None:
    op.drop_table('upload_use')
    for name, _keys in INDEXES:
        op.drop_index(name, table_name='upload')
    op.create_index('ix_upload_user_id', 'upload', ['user_id'])
    with op.batch_alter_table('upload') as batch:
        for column in columns():
            batch.drop_column(column.name)
