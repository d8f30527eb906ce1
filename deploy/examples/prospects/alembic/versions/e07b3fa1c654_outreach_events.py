"""outreach events

Revision ID: e07b3fa1c654
Revises: 92c0d5e81a3f
Create Date: 2025-02-04 13:48:59.902315
"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = "e07b3fa1c654"
down_revision: Union[str, Sequence[str], None] = "92c0d5e81a3f"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "outreach_events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("prospect_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"],
            ["prospects.id"],
            name=op.f("fk_outreach_events_prospect_id_prospects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_events")),
    )
    op.create_index(op.f("ix_outreach_events_prospect_id"), "outreach_events", ["prospect_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_outreach_events_prospect_id"), table_name="outreach_events")
    op.drop_table("outreach_events")
