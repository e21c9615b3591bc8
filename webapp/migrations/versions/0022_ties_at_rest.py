"""Ties at rest"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "rests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("over_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("person_id != other_id", name=op.f("ck_rests_two_people")),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_rests_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_rests_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rests")),
    )
    op.create_index(op.f("ix_rests_other_id"), "rests", ["other_id"])
    op.create_index("ix_rests_person_id_other_id", "rests", ["person_id", "other_id"])
    op.create_table(
        "wishes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tend_for_one", sa.Integer(), nullable=True),
        sa.Column("tending_since", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_wishes_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wishes")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("wishes")
    op.drop_index("ix_rests_person_id_other_id", "rests")
    op.drop_index(op.f("ix_rests_other_id"), "rests")
    op.drop_table("rests")
