"""ensure all prospect columns

Some databases lost columns to a hand-made repair, and two columns came into the models without a revision of their
own. This looks at the database and adds what is missing, so it is right for each of them and does nothing twice.

Revision ID: f4c7a91e0b23
Revises: 38d1f5a6e20b
Create Date: 2025-04-22 18:21:55.806329
"""
from typing import Sequence, Union

from alembic import context, op
from alembic.util import CommandError
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision: str = "f4c7a91e0b23"
down_revision: Union[str, Sequence[str], None] = "38d1f5a6e20b"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def wanted_columns() -> list[sa.Column]:
    return [
        sa.Column("bio_text", sa.Text(), nullable=True),
        sa.Column(
            "external_links",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("follower_count", sa.BigInteger(), nullable=True),
        sa.Column("engagement_rate", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("preferred_language", sa.String(length=8), nullable=True),
        sa.Column("last_enriched_at", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    if context.is_offline_mode():
        raise CommandError(f"revision {revision} inspects the live database and cannot be rendered as SQL")
    present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("prospects")}
    for column in wanted_columns():
        if column.name not in present:
            op.add_column("prospects", column)


def downgrade() -> None:
    # Which columns were missing before is not recorded; the older code ignores the extra ones.
    pass
