"""Touches"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "touches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("no_agenda", sa.Boolean(), nullable=False),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("logged_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("person_id != other_id", name=op.f("ck_touches_two_people")),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_touches_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_touches_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index(op.f("ix_touches_other_id"), "touches", ["other_id"])
    pair = ["person_id", "other_id", "happened_at"]
    op.create_index("ix_touches_person_id_other_id_happened_at", "touches", pair)


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("ix_touches_person_id_other_id_happened_at", "touches")
    op.drop_index(op.f("ix_touches_other_id"), "touches")
    op.drop_table("touches")
