"""email verification

Revision ID: 92c0d5e81a3f
Revises: d3180f6ea2c9
Create Date: 2025-01-16 08:20:03.417866
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = "92c0d5e81a3f"
down_revision: Union[str, Sequence[str], None] = "d3180f6ea2c9"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column(
        "prospect_emails",
        sa.Column("verification", sa.String(length=20), server_default="unknown", nullable=False),
    )
    op.add_column("prospect_emails", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_prospect_emails_verification"),
        "prospect_emails",
        "verification IN ('unknown', 'valid', 'bounced')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_prospect_emails_verification"), "prospect_emails", type_="check")
    op.drop_column("prospect_emails", "verified_at")
    op.drop_column("prospect_emails", "verification")
