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

TABLE = 'comment_moderator'
FOREIGN_KEYS = (
    ('fk_comment_moderator_user_id_user', 'user_id', 'user'),
    ('fk_comment_moderator_comment_id_comment', 'comment_id', 'comment'),
)
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
    is_sqlite = op.get_context().dialect.name == 'sqlite'
    op.create_table(
        TABLE,
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=False),
        sa.Column('status', sa.String(10), nullable=False),
        sa.Column('from_staff', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('user_id', 'comment_id', name='pk_comment_moderator'),
        *([foreign_key(*key) for key in FOREIGN_KEYS] if is_sqlite else []),
        sqlite_with_rowid=False,
    )
    op.execute(FILLED)
    # PostgreSQL looks keys up one by one while rows come in, and all at once afterwards. SQLite
    # takes them only when it makes the table, and checks them at the end of the migration.
    for name, column, target in [] if is_sqlite else FOREIGN_KEYS:
        op.create_foreign_key(name, TABLE, target, [column], ['id'], ondelete='CASCADE')
    for name, columns in INDEXES:
        op.create_index(name, TABLE, columns)


def foreign_key(name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=name, ondelete='CASCADE')


def downgrade() -> None:
    op.drop_table(TABLE)
