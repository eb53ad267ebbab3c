"""related posts

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-26 13:45:00.000000
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'post_relation',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('related_id', sa.Integer(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('post_id', 'related_id', name='pk_post_relation'),
        foreign_key('post_relation', 'post_id'),
        foreign_key('post_relation', 'related_id'),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_post_relation_related', 'post_relation', ['related_id'])
    op.create_table(
        'relation_due',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('post_id', name='pk_relation_due'),
        foreign_key('relation_due', 'post_id'),
    )
    fill()
    op.create_index('ix_relation_due_since', 'relation_due', ['since', 'post_id'])


def fill() -> None:
    """Leave it to the worker to find out what is related to the posts there are."""
    now = sa.bindparam('now', datetime.now(UTC), sa.DateTime(timezone=True))
    posts = "SELECT id, :now FROM post WHERE kind = 'post' AND status = 'published'"
    statement = sa.text(f'INSERT INTO relation_due (post_id, since) {posts}').bindparams(now)
    op.get_bind().execute(statement)


def foreign_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_{column}_post'
    return sa.ForeignKeyConstraint([column], ['post.id'], name=name, ondelete='CASCADE')


def downgrade() -> None:
    op.drop_table('relation_due')
    op.drop_table('post_relation')
