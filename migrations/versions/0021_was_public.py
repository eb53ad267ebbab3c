"""was public

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-27 05:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place on both databases, as in 0007.
    column = sa.Column('was_public', sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column('post', column)
    # What is public has its date still.
    op.execute(
        "UPDATE post SET was_public = true WHERE status != 'published' AND EXISTS"
        " (SELECT 1 FROM revision WHERE revision.post_id = post.id"
        " AND revision.status = 'published')"
    )


def downgrade() -> None:
    with op.batch_alter_table('post') as batch:
        batch.drop_column('was_public')
