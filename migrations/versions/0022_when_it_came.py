"""when it came

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-27 16:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

COLUMNS = (
    ('category', 'created_at'),
    ('comment', 'approved_at'),
    ('post', 'returned_at'),
    ('series', 'created_at'),
    ('tag', 'created_at'),
)


def upgrade() -> None:
    # In place on both databases, as in 0007. Of what is there already nobody knows when it came.
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True)))


def downgrade() -> None:
    for table, name in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
