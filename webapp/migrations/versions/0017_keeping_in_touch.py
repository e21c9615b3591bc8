"""Keeping in touch"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("cards", sa.Column("comfort", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "keepings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("ideal_days", sa.Integer(), nullable=True),
        sa.Column("worst_days", sa.Integer(), nullable=True),
        sa.Column("chosen_at", UTCDateTime(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("put_off_until", sa.Date(), nullable=True),
        sa.Column("put_off_at", UTCDateTime(), nullable=True),
        sa.Column("put_offs", sa.Integer(), nullable=False),
        sa.Column("told_for", UTCDateTime(), nullable=True),
        sa.CheckConstraint("person_id != other_id", name=op.f("ck_keepings_two_people")),
        sa.CheckConstraint("(ideal_days IS NULL) = (worst_days IS NULL)", name=op.f("ck_keepings_two_numbers")),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_keepings_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_keepings_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keepings")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_keepings_person_id_other_id")),
    )
    op.create_index(op.f("ix_keepings_other_id"), "keepings", ["other_id"])
    op.create_table(
        "paces",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rest_hours", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_paces_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_paces")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("paces")
    op.drop_index(op.f("ix_keepings_other_id"), "keepings")
    op.drop_table("keepings")
    op.drop_column("cards", "comfort")
