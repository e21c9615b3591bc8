"""Reminders"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_link", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_reminders_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_reminders_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_other_id"), "reminders", ["other_id"])
    op.create_index("ix_reminders_person_id_other_id", "reminders", ["person_id", "other_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("ix_reminders_person_id_other_id", "reminders")
    op.drop_index(op.f("ix_reminders_other_id"), "reminders")
    op.drop_table("reminders")
