"""comment moderators

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 02:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_comment_moderator_status', ['user_id', 'status', 'comment_id']),
    ('ix_comment_moderator_staff', ['user_id', 'from_staff', 'comment_id', 'status']),
    ('ix_comment_moderator_comment_id', ['comment_id']),
)
# In the order of the key, so that the table grows at its end.
FILLED = """INSERT INTO comment_moderator (user_id, comment_id, status, from_staff)
    SELECT post_author.user_id, comment.id, comment.status, comment.from_staff
    FROM comment JOIN post_author ON post_author.post_id = comment.post_id
    ORDER BY post_author.user_id, comment.id"""


def upgrade() -> None:
    op.create_table(
        'comment_moderator',
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=False),
        sa.Column('status', sa.String(10), nullable=False),
        sa.Column('from_staff', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ['user_id'], ['user.id'], name='fk_comment_moderator_user_id_user', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['comment_id'],
            ['comment.id'],
            name='fk_comment_moderator_comment_id_comment',
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('user_id', 'comment_id', name='pk_comment_moderator'),
        sqlite_with_rowid=False,
    )
    op.execute(FILLED)
    for name, columns in INDEXES:
        op.create_index(name, 'comment_moderator', columns)


def downgrade() -> None:
    op.drop_table('comment_moderator')
