"""What I want of it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id")
    return sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "intentions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_season", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("met_at", UTCDateTime(), nullable=True),
        _person("intentions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intentions")),
    )
    op.create_index(op.f("ix_intentions_person_id"), "intentions", ["person_id"])
    op.create_table(
        "helps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        _person("helps"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helps")),
    )
    op.create_index(op.f("ix_helps_person_id"), "helps", ["person_id"])
    op.create_table(
        "measures",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("moods_since", UTCDateTime(), nullable=True),
        sa.Column("load_since", UTCDateTime(), nullable=True),
        sa.Column("evenings", sa.Integer(), nullable=True),
        sa.Column("promises", sa.Integer(), nullable=True),
        sa.Column("check_ins", sa.Integer(), nullable=True),
        _person("measures"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_measures")),
    )
    op.create_table(
        "moods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("mood", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        _person("moods"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_moods_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moods")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_moods_person_id_event_id")),
    )
    op.create_index(op.f("ix_moods_event_id"), "moods", ["event_id"])
    op.create_table(
        "enquiries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _person("enquiries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
        sa.UniqueConstraint("person_id", "month", name=op.f("uq_enquiries_person_id_month")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("enquiries")
    op.drop_index(op.f("ix_moods_event_id"), "moods")
    op.drop_table("moods")
    op.drop_table("measures")
    op.drop_index(op.f("ix_helps_person_id"), "helps")
    op.drop_table("helps")
    op.drop_index(op.f("ix_intentions_person_id"), "intentions")
    op.drop_table("intentions")
