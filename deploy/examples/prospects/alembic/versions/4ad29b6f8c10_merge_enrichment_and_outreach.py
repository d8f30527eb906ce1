"""merge enrichment and outreach

Revision ID: 4ad29b6f8c10
Revises: 1f6d8a2e94b7, e07b3fa1c654
Create Date: 2025-02-06 09:05:31.155040
"""
from typing import Sequence, Union


revision: str = "4ad29b6f8c10"
down_revision: Union[str, Sequence[str], None] = ("1f6d8a2e94b7", "e07b3fa1c654")
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
