"""audience figures

Revision ID: 1f6d8a2e94b7
Revises: 7be4519c03fa
Create Date: 2025-01-29 17:31:20.064571
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = "1f6d8a2e94b7"
down_revision: Union[str, Sequence[str], None] = "7be4519c03fa"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("prospects", sa.Column("follower_count", sa.BigInteger(), nullable=True))
    op.add_column("prospects", sa.Column("engagement_rate", sa.Numeric(precision=7, scale=4), nullable=True))


def downgrade() -> None:
    op.drop_column("prospects", "engagement_rate")
    op.drop_column("prospects", "follower_count")
