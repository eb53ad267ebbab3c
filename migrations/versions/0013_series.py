"""series

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26 10:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'series',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(60), nullable=False),
        sa.Column('name_key', sa.String(120), nullable=False),
        sa.Column('slug', sa.String(100), nullable=False),
        sa.Column('description', sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_series'),
        sa.UniqueConstraint('name_key', name='uq_series_name_key'),
        sa.UniqueConstraint('slug', name='uq_series_slug'),
    )
    add_columns()
    op.create_index('ix_post_series', 'post', ['series_id', 'part', 'id'])


def add_columns() -> None:
    """Add them in place: a table made anew would have its indexes in another order, by which
    SQLite chooses among equals, and be copied whole.
    """
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            'ALTER TABLE post ADD COLUMN series_id INTEGER'
            ' CONSTRAINT fk_post_series_id_series REFERENCES series (id)'
        )
    else:
        op.add_column('post', sa.Column('series_id', sa.Integer()))
        op.create_foreign_key('fk_post_series_id_series', 'post', 'series', ['series_id'], ['id'])
    op.add_column('post', sa.Column('part', sa.Integer()))


def downgrade() -> None:
    op.drop_index('ix_post_series', 'post')
    with op.batch_alter_table('post') as batch:
        batch.drop_column('part')
        batch.drop_column('series_id')
    op.drop_table('series')
