"""site uses

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26 18:00:00.000000
"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

DIGEST = re.compile('/uploads/([0-9a-f]{64})')
TEXTS = {
    'settings': 'SELECT custom_css, custom_js, footer FROM site',
    'menu': 'SELECT url FROM menu_item',
}


def upgrade() -> None:
    site_use = op.create_table(
        'upload_site_use',
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint('upload_id', 'place', name='pk_upload_site_use'),
        sa.ForeignKeyConstraint(
            ['upload_id'],
            ['upload.id'],
            name='fk_upload_site_use_upload_id_upload',
            ondelete='CASCADE',
        ),
    )
    # One that is going has no files any more.
    find = sa.text("SELECT id FROM upload WHERE digest = :digest AND state != 'going'")
    connection = op.get_bind()
    for place, query in TEXTS.items():
        texts = ' '.join(text for row in connection.execute(sa.text(query)) for text in row if text)
        for digest in sorted(set(DIGEST.findall(texts))):
            for upload_id in connection.scalars(find, {'digest': digest}).all():
                row = {'upload_id': upload_id, 'place': place}
                connection.execute(sa.insert(site_use), row)
    op.execute(
        "UPDATE upload SET state = 'used', trashed_at = NULL"
        " WHERE state IN ('unused', 'trashed') AND EXISTS (SELECT 1 FROM upload_site_use"
        ' WHERE upload_site_use.upload_id = upload.id)'
    )


def downgrade() -> None:
    op.drop_table('upload_site_use')
    # What the blog itself alone shows is unused again.
    op.execute(
        "UPDATE upload SET state = 'unused' WHERE state = 'used'"
        ' AND NOT EXISTS (SELECT 1 FROM upload_use WHERE upload_use.upload_id = upload.id)'
        ' AND NOT EXISTS (SELECT 1 FROM upload_unsaved_use'
        ' WHERE upload_unsaved_use.upload_id = upload.id)'
    )
