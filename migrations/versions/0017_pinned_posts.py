"""pinned posts

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-26 13:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

PINNED = sa.text('pinned_at IS NOT NULL')


def upgrade() -> None:
    op.add_column('post', sa.Column('pinned_at', sa.DateTime(timezone=True)))
    op.create_index(
        'ix_post_pinned', 'post', ['pinned_at'], sqlite_where=PINNED, postgresql_where=PINNED
    )


def downgrade() -> None:
    op.drop_index('ix_post_pinned', 'post')
    with op.batch_alter_table('post') as batch:
        batch.drop_column('pinned_at')
