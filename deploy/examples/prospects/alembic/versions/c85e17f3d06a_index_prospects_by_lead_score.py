"""index prospects by lead score

Revision ID: c85e17f3d06a
Revises: b6032fd9e741
Create Date: 2025-03-25 11:37:09.443712
"""
from typing import Sequence, Union

from alembic import op


revision: str = "c85e17f3d06a"
down_revision: Union[str, Sequence[str], None] = "b6032fd9e741"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

INDEX = "ix_prospects_status_lead_score"


def upgrade() -> None:
    # CONCURRENTLY does not block writers, and cannot run in a transaction. A build that failed leaves an INVALID
    # index behind, which IF NOT EXISTS would keep for ever: hence drop first.
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(INDEX, "prospects", ["status", "lead_score"], unique=False, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
