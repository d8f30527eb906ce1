"""initial prospects

Revision ID: 000000000000
Revises:
Create Date: 2024-09-02 09:14:51.204117
"""
from alembic import op
import sqlalchemy as sa

revision = "000000000000"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "prospects",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospects")),
    )


def downgrade():
    op.drop_table("prospects")
