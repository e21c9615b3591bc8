"""A weekly mail"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("paces", sa.Column("weekly_at", UTCDateTime(), nullable=True))
    op.add_column("paces", sa.Column("asked_at", UTCDateTime(), nullable=True))
    op.add_column("paces", sa.Column("ignored", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("paces", sa.Column("left_alone_until", UTCDateTime(), nullable=True))
    op.add_column("paces", sa.Column("feed_turn", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("paces", sa.Column("feed_on", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back to the one before."""
    for column in ("feed_on", "feed_turn", "left_alone_until", "ignored", "asked_at", "weekly_at"):
        op.drop_column("paces", column)
