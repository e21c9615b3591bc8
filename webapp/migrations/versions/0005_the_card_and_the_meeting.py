"""The card and the meeting"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "kind_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("names_writer", sa.Boolean(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("declined_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["persons.id"], name=op.f("fk_kind_lines_about_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["persons.id"], name=op.f("fk_kind_lines_writer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind_lines")),
        sa.UniqueConstraint("about_id", "writer_id", name=op.f("uq_kind_lines_about_id_writer_id")),
    )
    op.create_index(op.f("ix_kind_lines_writer_id"), "kind_lines", ["writer_id"])

    op.create_table(
        "pitch_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("reported_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_pitch_reports_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reported_id"], ["persons.id"], name=op.f("fk_pitch_reports_reported_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["persons.id"], name=op.f("fk_pitch_reports_reporter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_reports")),
    )
    op.create_index(op.f("ix_pitch_reports_event_id"), "pitch_reports", ["event_id"])
    op.create_index(op.f("ix_pitch_reports_reported_id"), "pitch_reports", ["reported_id"])
    op.create_index(op.f("ix_pitch_reports_reporter_id"), "pitch_reports", ["reporter_id"])

    op.create_table(
        "takeaways",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_idea", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_tip", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_takeaways_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_takeaways_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeaways")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_takeaways_person_id_event_id")),
    )
    op.create_index(op.f("ix_takeaways_event_id"), "takeaways", ["event_id"])

    op.add_column("cards", sa.Column("not_about", sa.String(), nullable=False, server_default=""))
    op.add_column("cards", sa.Column("work", sa.String(), nullable=False, server_default=""))
    op.add_column("cards", sa.Column("work_link", sa.String(), nullable=False, server_default=""))

    op.add_column("memories", sa.Column("sealed_reason", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("memories", "sealed_reason")

    op.drop_column("cards", "work_link")
    op.drop_column("cards", "work")
    op.drop_column("cards", "not_about")

    op.drop_index(op.f("ix_takeaways_event_id"), "takeaways")

    op.drop_table("takeaways")
    op.drop_index(op.f("ix_pitch_reports_reporter_id"), "pitch_reports")
    op.drop_index(op.f("ix_pitch_reports_reported_id"), "pitch_reports")
    op.drop_index(op.f("ix_pitch_reports_event_id"), "pitch_reports")

    op.drop_table("pitch_reports")
    op.drop_index(op.f("ix_kind_lines_writer_id"), "kind_lines")

    op.drop_table("kind_lines")
