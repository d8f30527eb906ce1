"""prospect bio and links

Revision ID: 7be4519c03fa
Revises: d3180f6ea2c9
Create Date: 2025-01-13 10:55:44.719203
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision: str = "7be4519c03fa"
down_revision: Union[str, Sequence[str], None] = "d3180f6ea2c9"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("prospects", sa.Column("bio_text", sa.Text(), nullable=True))
    op.add_column(
        "prospects",
        sa.Column(
            "external_links",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("prospects", "external_links")
    op.drop_column("prospects", "bio_text")
