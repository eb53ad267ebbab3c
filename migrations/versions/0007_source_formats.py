"""source formats

What decides how a text is rendered, beside the format that it is written in.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26 09:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

COLUMNS = ('with_contents', 'with_formulas')


def upgrade() -> None:
    # In place on both databases: a table that is rebuilt would take minutes where there is much.
    for name in COLUMNS:
        op.add_column('post', sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('post') as batch:
        for name in COLUMNS:
            batch.drop_column(name)
