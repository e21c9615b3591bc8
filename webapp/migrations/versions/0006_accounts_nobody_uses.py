"""Accounts nobody uses"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    # Added in place: making the table anew would take its children with it.
    op.add_column("persons", sa.Column("signed_in_at", UTCDateTime(), nullable=True))
    op.add_column("persons", sa.Column("asked_to_stay_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("persons", "asked_to_stay_at")
    op.drop_column("persons", "signed_in_at")
