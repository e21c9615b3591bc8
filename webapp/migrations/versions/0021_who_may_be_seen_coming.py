"""Who may be seen coming"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("attendees", sa.Column("shows_coming", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("attendees", "shows_coming")
