"""Names without a network"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("door_devices", sa.Column("names_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("door_devices", "names_at")
