"""history

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-26 09:15:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_revision_saved_at', 'revision', ['saved_at']),
    ('ix_revision_user_id', 'revision', ['user_id']),
    ('ix_working_copy_offered', 'working_copy', ['user_id', 'post_id', 'saved_at']),
    ('ix_working_copy_post_id', 'working_copy', ['post_id']),
    ('ix_working_copy_saved_at', 'working_copy', ['saved_at']),
    ('ix_presence_post', 'presence', ['post_id', 'seen_at']),
    ('ix_presence_seen_at', 'presence', ['seen_at']),
    ('ix_presence_user_id', 'presence', ['user_id']),
)


# No post gets a revision here, which would read and pack every text there is: the first change of
# a post keeps what it was before.
def upgrade() -> None:
    op.create_table(
        'revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer()),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('status', sa.String(10), nullable=False),
        sa.Column('title', sa.String(200), nullable=False),
        sa.Column('words', sa.Integer(), nullable=False),
        sa.Column('restored', sa.Integer()),
        sa.Column('fields', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_revision'),
        sa.UniqueConstraint('post_id', 'number', name='uq_revision_post_number'),
        key('revision', 'post_id', 'post', 'CASCADE'),
        key('revision', 'user_id', 'user', 'SET NULL'),
    )
    op.create_table(
        'working_copy',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('submission_id', sa.String(64), nullable=False),
        sa.Column('post_id', sa.Integer()),
        sa.Column('kind', sa.String(10), nullable=False),
        sa.Column('version', sa.Integer()),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('title', sa.String(200), nullable=False),
        sa.Column('fields', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_working_copy'),
        sa.UniqueConstraint('user_id', 'submission_id', name='uq_working_copy_submission'),
        key('working_copy', 'user_id', 'user', 'CASCADE'),
        key('working_copy', 'post_id', 'post', 'SET NULL'),
    )
    op.create_table(
        'presence',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('post_id', 'user_id', name='pk_presence'),
        key('presence', 'post_id', 'post', 'CASCADE'),
        key('presence', 'user_id', 'user', 'CASCADE'),
    )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def key(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_{column}_{target}'
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=name, ondelete=ondelete)


def downgrade() -> None:
    for table in ('presence', 'working_copy', 'revision'):
        op.drop_table(table)
