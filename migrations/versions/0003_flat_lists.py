"""flat lists

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-25 22:15:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_post_kind_edited', 'post', ['kind', 'updated_at', 'id']),
    ('ix_post_category_edited', 'post', ['category_id', 'updated_at', 'id']),
    ('ix_post_translation_of', 'post', ['translation_of']),
    ('ix_post_cover_id', 'post', ['cover_id']),
    ('ix_post_author_edited', 'post_author', ['user_id', 'edited_at', 'post_id']),
    ('ix_post_author_status', 'post_author', ['user_id', 'status', 'edited_at', 'post_id']),
    ('ix_comment_staff', 'comment', ['from_staff', 'id']),
    ('ix_comment_user', 'comment', ['user_id', 'id']),
    ('ix_user_role', 'user', ['role', 'status']),
    ('ix_upload_user_id', 'upload', ['user_id']),
)
COPIED = """UPDATE post_author SET
    status = (SELECT post.status FROM post WHERE post.id = post_author.post_id),
    edited_at = (SELECT post.updated_at FROM post WHERE post.id = post_author.post_id)"""


def upgrade() -> None:
    op.add_column(
        'post_author', sa.Column('status', sa.String(10), nullable=False, server_default='draft')
    )
    op.add_column('post_author', sa.Column('edited_at', sa.DateTime(timezone=True)))
    op.execute(COPIED)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.drop_index('ix_comment_user_id', table_name='comment')


def downgrade() -> None:
    op.create_index('ix_comment_user_id', 'comment', ['user_id'])
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    with op.batch_alter_table('post_author') as batch:
        batch.drop_column('edited_at')
        batch.drop_column('status')
