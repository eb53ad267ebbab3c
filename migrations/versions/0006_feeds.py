"""feeds

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-26 09:15:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'site', sa.Column('feed_text', sa.String(10), nullable=False, server_default='full')
    )
    op.add_column(
        'site', sa.Column('ai_crawlers', sa.Boolean(), nullable=False, server_default=sa.true())
    )
    # What was said last under a post, in its feed.
    op.create_index('ix_comment_newest', 'comment', ['post_id', 'status', 'id'])


def downgrade() -> None:
    op.drop_index('ix_comment_newest', table_name='comment')
    with op.batch_alter_table('site') as batch:
        batch.drop_column('ai_crawlers')
        batch.drop_column('feed_text')
