"""Two entries of one human, and questions to a circle"""

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
    op.create_table(
        "circle_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_circle_asks_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_asks")),
    )
    op.create_index(op.f("ix_circle_asks_person_id"), "circle_asks", ["person_id"])
    op.create_table(
        "circle_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("said_yes", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ask_id"], ["circle_asks.id"], name=op.f("fk_circle_asked_ask_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_circle_asked_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_asked")),
        sa.UniqueConstraint("ask_id", "person_id", name=op.f("uq_circle_asked_ask_id_person_id")),
    )
    op.create_index(op.f("ix_circle_asked_person_id"), "circle_asked", ["person_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index(op.f("ix_circle_asked_person_id"), "circle_asked")
    op.drop_table("circle_asked")
    op.drop_index(op.f("ix_circle_asks_person_id"), "circle_asks")
    op.drop_table("circle_asks")
    for column in ("person_id", "other_id", "other_contact_id"):
        op.drop_index(op.f(f"ix_same_people_{column}"), "same_people")
    op.drop_table("same_people")
