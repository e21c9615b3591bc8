"""Subjects of versions are kept without dashes"""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.execute("UPDATE versions SET subject = REPLACE(subject, '-', '')")


def downgrade() -> None:
    """Back to the one before: the counters begin anew, and a phone that asks is told what there is."""
    op.execute("DELETE FROM versions")
