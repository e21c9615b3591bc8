"""Two entries of one human"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "same_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("other_contact_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(other_id IS NULL) != (other_contact_id IS NULL)", name=op.f("ck_same_people_one_other")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["outside_contacts.id"], name=op.f("fk_same_people_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f("fk_same_people_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["other_contact_id"],
            ["outside_contacts.id"],
            name=op.f("fk_same_people_other_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_same_people_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_people")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_same_people_contact_id")),
    )
    for column in ("person_id", "other_id", "other_contact_id"):
        op.create_index(op.f(f"ix_same_people_{column}"), "same_people", [column])


def downgrade() -> None:
    """Back to the one before."""
    for column in ("person_id", "other_id", "other_contact_id"):
        op.drop_index(op.f(f"ix_same_people_{column}"), "same_people")
    op.drop_table("same_people")
