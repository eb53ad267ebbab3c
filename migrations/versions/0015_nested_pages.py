"""nested pages

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-26 14:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_parent()
    op.add_column('post', sa.Column('parent_slug', sa.String(100)))
    op.add_column('post', sa.Column('position', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_post_parent', 'post', ['parent_id', 'position', 'id'])


def add_parent() -> None:
    """Add it in place, for a table made anew would be copied whole, as 0013 says."""
    name = 'fk_post_parent_id_post'
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f'ALTER TABLE post ADD COLUMN parent_id INTEGER CONSTRAINT {name} REFERENCES post (id)'
        )
    else:
        op.add_column('post', sa.Column('parent_id', sa.Integer()))
        op.create_foreign_key(name, 'post', 'post', ['parent_id'], ['id'])


def downgrade() -> None:
    add_redirects()
    op.drop_index('ix_post_parent', 'post')
    with op.batch_alter_table('post') as batch:
        batch.drop_column('position')
        batch.drop_column('parent_slug')
        batch.drop_column('parent_id')


def add_redirects() -> None:
    """Have the addresses of nested pages lead to where the pages are without what they are under."""
    former = "'/' || parent_slug || '/' || slug"
    op.execute(
        "DELETE FROM redirect"
        " WHERE path IN (SELECT '/' || slug FROM post WHERE parent_id IS NOT NULL)"
    )
    op.execute(
        "UPDATE redirect SET target = (SELECT '/' || post.slug FROM post"
        f" WHERE post.parent_id IS NOT NULL AND {former} = redirect.target)"
        f" WHERE target IN (SELECT {former} FROM post WHERE parent_id IS NOT NULL)"
    )
    op.execute(
        "INSERT INTO redirect (path, target, created_at, hits)"
        f" SELECT {former}, '/' || slug, CURRENT_TIMESTAMP, 0 FROM post"
        " WHERE parent_id IS NOT NULL AND published_at IS NOT NULL"
        f" AND {former} NOT IN (SELECT path FROM redirect)"
    )
