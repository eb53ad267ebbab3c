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
    with op.batch_alter_table('post') as batch:
        batch.add_column(sa.Column('series_id', sa.Integer()))
        batch.add_column(sa.Column('part', sa.Integer()))
        batch.create_foreign_key('fk_post_series_id_series', 'series', ['series_id'], ['id'])
    op.create_index('ix_post_series', 'post', ['series_id', 'part', 'id'])


def downgrade() -> None:
    op.drop_index('ix_post_series', 'post')
    with op.batch_alter_table('post') as batch:
        batch.drop_constraint('fk_post_series_id_series', type_='foreignkey')
        batch.drop_column('part')
        batch.drop_column('series_id')
    op.drop_table('series')
