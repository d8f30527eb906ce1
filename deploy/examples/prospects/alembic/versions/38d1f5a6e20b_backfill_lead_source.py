"""backfill lead source

Revision ID: 38d1f5a6e20b
Revises: c85e17f3d06a
Create Date: 2025-04-02 07:59:18.270655
"""
from typing import Sequence, Union

from alembic import op


revision: str = "38d1f5a6e20b"
down_revision: Union[str, Sequence[str], None] = "c85e17f3d06a"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.execute("UPDATE prospects SET source = 'import' WHERE source IS NULL")


def downgrade() -> None:
    # Which rows had no source before is not recorded anywhere.
    pass
