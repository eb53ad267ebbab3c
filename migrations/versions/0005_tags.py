"""tags

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-26 09:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'tag',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(60), nullable=False),
        sa.Column('name_key', sa.String(120), nullable=False),
        sa.Column('slug', sa.String(100), nullable=False),
        sa.Column('post_count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_tag'),
        sa.UniqueConstraint('name_key', name='uq_tag_name_key'),
        sa.UniqueConstraint('slug', name='uq_tag_slug'),
    )
    op.create_index('ix_tag_used', 'tag', ['post_count', 'id'])
    op.create_table(
        'post_tag',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('tag_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('public_at', sa.DateTime(timezone=True)),
        sa.Column('status', sa.String(10), nullable=False),
        sa.Column('edited_at', sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint('post_id', 'tag_id', name='pk_post_tag'),
        sa.ForeignKeyConstraint(
            ['post_id'], ['post.id'], name='fk_post_tag_post_id_post', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['tag_id'], ['tag.id'], name='fk_post_tag_tag_id_tag', ondelete='CASCADE'
        ),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_post_tag_public', 'post_tag', ['tag_id', 'public_at', 'post_id'])
    op.create_index('ix_post_tag_edited', 'post_tag', ['tag_id', 'edited_at', 'post_id'])


def downgrade() -> None:
    op.drop_table('post_tag')
    op.drop_table('tag')
