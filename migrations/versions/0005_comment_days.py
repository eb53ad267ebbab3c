"""comments close after some days

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-26 09:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('site') as batch:
        batch.add_column(sa.Column('comment_days', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('site') as batch:
        batch.alter_column('comment_days', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('site') as batch:
        batch.drop_column('comment_days')
