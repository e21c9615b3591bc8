"""A card for each evening"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    # Added in place: making the table anew would take its children with it.
    op.add_column("cards", sa.Column("reach_notes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cards", sa.Column("photo_at", UTCDateTime(), nullable=True))
    op.create_table(
        "photos",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_photos_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_photos")),
    )
    op.add_column("attendees", sa.Column("gives", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_word", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_roles_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_roles_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_other_id"), "roles", ["other_id"])
    op.create_index("ix_roles_person_id_other_id", "roles", ["person_id", "other_id"])
    op.create_table(
        "slide_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_slide_codes_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_slide_codes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slide_codes")),
    )
    op.create_index(op.f("ix_slide_codes_event_id"), "slide_codes", ["event_id"])
    op.create_index(op.f("ix_slide_codes_person_id"), "slide_codes", ["person_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index(op.f("ix_slide_codes_person_id"), "slide_codes")
    op.drop_index(op.f("ix_slide_codes_event_id"), "slide_codes")
    op.drop_table("slide_codes")
    op.drop_index("ix_roles_person_id_other_id", "roles")
    op.drop_index(op.f("ix_roles_other_id"), "roles")
    op.drop_table("roles")
    op.drop_column("attendees", "gives")
    op.drop_table("photos")
    op.drop_column("cards", "photo_at")
    op.drop_column("cards", "reach_notes")
