"""A card for each evening.

Revision ID: 0007
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    # Added in place: making the table anew would take its children with it.
    op.add_column("cards", sa.Column("reach_notes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attendees", sa.Column("gives", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("attendees", "gives")
    op.drop_column("cards", "reach_notes")
