"""tags and archive

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-26 09:20:00.000000
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

POST = sa.table(
    'post',
    sa.column('kind', sa.String),
    sa.column('status', sa.String),
    sa.column('published_at', sa.DateTime(timezone=True)),
)
AT, PUBLISHED = POST.c.published_at, POST.c.status == 'published'
MONTHS = sa.table(
    'archive_month',
    sa.column('year', sa.Integer),
    sa.column('month', sa.Integer),
    sa.column('post_count', sa.Integer),
)


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
    op.create_table(
        'archive_month',
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('month', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('post_count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year', 'month', name='pk_archive_month'),
        sqlite_with_rowid=False,
    )
    fill_months()


def fill_months() -> None:
    """Count the published posts of each month of the site's zone along an index."""
    bind = op.get_bind()
    zone = ZoneInfo(bind.scalar(sa.text('SELECT time_zone FROM site')) or 'UTC')
    first, last = bind.execute(sa.select(sa.func.min(AT), sa.func.max(AT)).where(PUBLISHED)).one()
    if first is None:
        return
    year, month = local(first, zone)
    while (year, month) <= local(last, zone):
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        span = (AT >= start(year, month, zone), AT < start(*following, zone))
        due = sa.select(sa.func.count()).select_from(POST).where(PUBLISHED, *span)
        count = bind.scalar(due) - bind.scalar(due.where(POST.c.kind == 'page'))
        if count:
            row = {'year': year, 'month': month, 'post_count': count}
            bind.execute(sa.insert(MONTHS).values(row))
        year, month = following


def local(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Year and month; SQLite keeps UTC without saying so."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    there = aware.astimezone(zone)
    return there.year, there.month


def start(year: int, month: int, zone: ZoneInfo) -> datetime:
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)


def downgrade() -> None:
    op.drop_table('archive_month')
    op.drop_table('post_tag')
    op.drop_table('tag')
