"""menus

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-26 14:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

TARGETS = ('post', 'category', 'tag')


def upgrade() -> None:
    op.create_table(
        'menu_item',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('menu', sa.String(10), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(10), nullable=False),
        sa.Column('post_id', sa.Integer()),
        sa.Column('category_id', sa.Integer()),
        sa.Column('tag_id', sa.Integer()),
        sa.Column('url', sa.String(500), nullable=False),
        sa.Column('label', sa.String(60), nullable=False),
        sa.Column('submission_id', sa.String(64)),
        sa.PrimaryKeyConstraint('id', name='pk_menu_item'),
        sa.UniqueConstraint('submission_id', name='uq_menu_item_submission_id'),
        *(foreign_key(target) for target in TARGETS),
    )
    op.create_index('ix_menu_item_place', 'menu_item', ['menu', 'position', 'id'])
    for target in TARGETS:
        op.create_index(f'ix_menu_item_{target}_id', 'menu_item', [f'{target}_id'])
    fill()


def foreign_key(target: str) -> sa.ForeignKeyConstraint:
    name = f'fk_menu_item_{target}_id_{target}'
    return sa.ForeignKeyConstraint([f'{target}_id'], [f'{target}.id'], name=name, ondelete='SET NULL')


def fill() -> None:
    """Put into the main menu what stood there so far: what is not public yet, too, for it was to
    come there by itself.
    """
    pages = sa.text(
        "SELECT id FROM post WHERE kind = 'page' AND parent_id IS NULL AND status != 'trashed'"
        ' ORDER BY id'
    )
    ids = op.get_bind().execute(pages).scalars().all()
    kinds = [('home', None), *(('page', post_id) for post_id in ids), ('links', None), ('search', None)]
    item = sa.table(
        'menu_item', *(sa.column(name) for name in ('menu', 'position', 'kind', 'post_id', 'url', 'label'))
    )
    rows = [
        {'menu': 'main', 'position': place, 'kind': kind, 'post_id': post_id, 'url': '', 'label': ''}
        for place, (kind, post_id) in enumerate(kinds, 1)
    ]
    op.bulk_insert(item, rows)


def downgrade() -> None:
    op.drop_table('menu_item')
