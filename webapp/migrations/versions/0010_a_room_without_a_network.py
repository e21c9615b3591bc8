"""A room without a network"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("memories", sa.Column("sealed_place", sa.LargeBinary(), nullable=True))
    op.create_table(
        "loose_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_loose_notes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loose_notes")),
    )
    op.create_index(op.f("ix_loose_notes_person_id"), "loose_notes", ["person_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index(op.f("ix_loose_notes_person_id"), "loose_notes")
    op.drop_table("loose_notes")
    op.drop_column("memories", "sealed_place")
