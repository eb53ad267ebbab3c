"""reading counts

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26 09:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

TABLES = ('read_log', 'missing_address', 'site_read', 'post_read_total', 'post_read')


def upgrade() -> None:
    create_counts()
    create_missing_addresses()
    op.create_table(
        'read_log',
        sa.Column('fingerprint', sa.String(64), nullable=False),
        sa.Column('position', sa.BigInteger(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('fingerprint', name='pk_read_log'),
    )
    op.create_index('ix_read_log_seen_at', 'read_log', ['seen_at'])
    with op.batch_alter_table('redirect') as batch:
        batch.add_column(sa.Column('hits', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('last_hit_at', sa.DateTime(timezone=True)))
        batch.add_column(sa.Column('submission_id', sa.String(64)))
        batch.create_unique_constraint('uq_redirect_submission_id', ['submission_id'])
        batch.create_index('ix_redirect_target', ['target'])


def create_counts() -> None:
    op.create_table(
        'post_read',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('source', sa.String(100), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('post_id', 'day', 'source', name='pk_post_read'),
        its_post('fk_post_read_post_id_post'),
    )
    op.create_table(
        'post_read_total',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('period', sa.String(7), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('post_id', 'period', name='pk_post_read_total'),
        its_post('fk_post_read_total_post_id_post'),
    )
    op.create_index('ix_post_read_total_most', 'post_read_total', ['period', 'count', 'post_id'])
    op.create_table(
        'site_read',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('source', sa.String(100), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'source', name='pk_site_read'),
    )


def create_missing_addresses() -> None:
    op.create_table(
        'missing_address',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('path', sa.String(500), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('referrer', sa.String(300), nullable=False),
        sa.Column('lead', sa.Integer(), nullable=False),
        sa.Column('is_ignored', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_missing_address'),
        sa.UniqueConstraint('path', name='uq_missing_address_path'),
    )
    op.create_index('ix_missing_address_most', 'missing_address', ['is_ignored', 'count', 'id'])


def its_post(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=name, ondelete='CASCADE')


def downgrade() -> None:
    with op.batch_alter_table('redirect') as batch:
        batch.drop_index('ix_redirect_target')
        batch.drop_constraint('uq_redirect_submission_id', type_='unique')
        for column in ('submission_id', 'last_hit_at', 'hits'):
            batch.drop_column(column)
    for table in TABLES:
        op.drop_table(table)
