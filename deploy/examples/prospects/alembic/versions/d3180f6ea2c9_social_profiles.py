"""social profiles; longer website titles

Revision ID: d3180f6ea2c9
Revises: 5c9e2b7704d1
Create Date: 2024-10-21 14:27:12.330648
"""
from alembic import op
import sqlalchemy as sa

revision = "d3180f6ea2c9"
down_revision = "5c9e2b7704d1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "social_profiles",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("prospect_id", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.String(length=30), nullable=False),
        sa.Column("handle", sa.String(length=120), nullable=False),
        sa.Column("profile_url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"],
            ["prospects.id"],
            name=op.f("fk_social_profiles_prospect_id_prospects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_profiles")),
        sa.UniqueConstraint("platform", "handle", name=op.f("uq_social_profiles_platform_handle")),
    )
    op.create_index(op.f("ix_social_profiles_prospect_id"), "social_profiles", ["prospect_id"], unique=False)
    op.alter_column("websites", "title", existing_type=sa.String(length=120), type_=sa.String(length=300))


def downgrade():
    op.alter_column("websites", "title", existing_type=sa.String(length=300), type_=sa.String(length=120))
    op.drop_index(op.f("ix_social_profiles_prospect_id"), table_name="social_profiles")
    op.drop_table("social_profiles")
