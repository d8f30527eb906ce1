"""lead status, score and source

Revision ID: b6032fd9e741
Revises: 4ad29b6f8c10
Create Date: 2025-03-18 15:12:46.628094
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = "b6032fd9e741"
down_revision: Union[str, Sequence[str], None] = "4ad29b6f8c10"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("prospects", sa.Column("source", sa.String(length=60), nullable=True))
    op.add_column("prospects", sa.Column("status", sa.String(length=20), server_default="new", nullable=False))
    op.add_column("prospects", sa.Column("lead_score", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_prospects_status"), "prospects", "status IN ('new', 'contacted', 'qualified', 'lost')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_prospects_status"), "prospects", type_="check")
    op.drop_column("prospects", "lead_score")
    op.drop_column("prospects", "status")
    op.drop_column("prospects", "source")
