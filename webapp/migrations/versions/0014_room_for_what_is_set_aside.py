"""Room for what is set aside"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_index("ix_quarantined_operations_actor_sequence", "quarantined_operations", ["actor", "sequence"])
    op.add_column("door_devices", sa.Column("unkept", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("door_devices", sa.Column("unkept_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("door_devices", "unkept_at")
    op.drop_column("door_devices", "unkept")
    op.drop_index("ix_quarantined_operations_actor_sequence", "quarantined_operations")
