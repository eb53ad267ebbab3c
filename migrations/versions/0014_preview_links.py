"""preview links

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26 10:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEYS = ('post_id', 'user_id', 'expires_at')


def upgrade() -> None:
    op.create_table(
        'preview_link',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('submission_id', sa.String(64), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_preview_link'),
        sa.UniqueConstraint('submission_id', name='uq_preview_link_submission_id'),
        foreign_key('post'),
        foreign_key('user'),
    )
    for key in KEYS:
        op.create_index(f'ix_preview_link_{key}', 'preview_link', [key])


def foreign_key(target: str) -> sa.ForeignKeyConstraint:
    name = f'fk_preview_link_{target}_id_{target}'
    return sa.ForeignKeyConstraint([f'{target}_id'], [f'{target}.id'], name=name, ondelete='CASCADE')


def downgrade() -> None:
    op.drop_table('preview_link')
