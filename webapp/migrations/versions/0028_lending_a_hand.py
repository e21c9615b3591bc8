"""Lending a hand"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    for column in ("greeters", "table_hosts"):
        op.add_column("events", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    op.add_column("attendees", sa.Column("helps_as", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("attendees", "helps_as")
    op.drop_column("events", "table_hosts")
    op.drop_column("events", "greeters")
