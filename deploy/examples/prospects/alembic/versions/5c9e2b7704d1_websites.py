"""websites

Revision ID: 5c9e2b7704d1
Revises: a41f0c7d92be
Create Date: 2024-09-26 11:02:37.980436
"""
from alembic import op
import sqlalchemy as sa

revision = "5c9e2b7704d1"
down_revision = "a41f0c7d92be"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "websites",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("prospect_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=True),
        sa.Column("last_crawled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_websites_prospect_id_prospects"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_websites")),
    )
    op.create_index(op.f("ix_websites_prospect_id"), "websites", ["prospect_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_websites_prospect_id"), table_name="websites")
    op.drop_table("websites")
