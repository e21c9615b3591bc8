"""Introductions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["persons.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _introduction(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_introduction_id")
    return sa.ForeignKeyConstraint(["introduction_id"], ["introductions.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "introductions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connector_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("drafted_at", UTCDateTime(), nullable=False),
        sa.Column("wished_at", UTCDateTime(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("put_aside_at", UTCDateTime(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=True),
        _person("introductions", "connector_id"),
        _person("introductions", "first_id"),
        _person("introductions", "second_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    for column in ("connector_id", "first_id", "second_id"):
        op.create_index(op.f(f"ix_introductions_{column}"), "introductions", [column])

    op.create_table(
        "introduction_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("said_hello_at", UTCDateTime(), nullable=True),
        sa.Column("thanked_at", UTCDateTime(), nullable=True),
        _introduction("introduction_asks"),
        _person("introduction_asks", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_asks")),
        sa.UniqueConstraint(
            "introduction_id", "person_id", name=op.f("uq_introduction_asks_introduction_id_person_id")
        ),
    )
    op.create_index(op.f("ix_introduction_asks_person_id"), "introduction_asks", ["person_id"])

    op.create_table(
        "introduction_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        _introduction("introduction_replies"),
        _person("introduction_replies", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_replies")),
        sa.UniqueConstraint(
            "introduction_id",
            "person_id",
            "question",
            name=op.f("uq_introduction_replies_introduction_id_person_id_question"),
        ),
    )
    op.create_index(op.f("ix_introduction_replies_person_id"), "introduction_replies", ["person_id"])

    op.create_table(
        "introduction_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        _person("introduction_choices", "person_id"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_introduction_choices")),
    )

    op.create_table(
        "tie_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        _person("tie_choices", "person_id"),
        _person("tie_choices", "other_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_choices")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_tie_choices_person_id_other_id")),
    )
    op.create_index(op.f("ix_tie_choices_other_id"), "tie_choices", ["other_id"])


def downgrade() -> None:
    """Back to the one before."""
    for table in ("tie_choices", "introduction_choices", "introduction_replies", "introduction_asks", "introductions"):
        op.drop_table(table)
