"""content revisions

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-25 21:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        'content_revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('content', sa.BigInteger(), nullable=False),
        sa.Column('frame', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_content_revision')),
    )
    op.bulk_insert(table, [{'id': 1, 'content': 0, 'frame': 0}])
    op.add_column('post', sa.Column('revision', sa.BigInteger(), nullable=False, server_default='0'))
    op.create_index('ix_post_due', 'post', ['status', 'published_at'])


def downgrade() -> None:
    op.drop_index('ix_post_due', table_name='post')
    with op.batch_alter_table('post') as batch:
        batch.drop_column('revision')
    op.drop_table('content_revision')
