"""prospect emails

Revision ID: a41f0c7d92be
Revises: 000000000000
Create Date: 2024-09-11 16:40:08.551902
"""
from alembic import op
import sqlalchemy as sa

revision = "a41f0c7d92be"
down_revision = "000000000000"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "prospect_emails",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("prospect_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"],
            ["prospects.id"],
            name=op.f("fk_prospect_emails_prospect_id_prospects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_emails")),
        sa.UniqueConstraint("prospect_id", "address", name=op.f("uq_prospect_emails_prospect_id_address")),
    )


def downgrade():
    op.drop_table("prospect_emails")
