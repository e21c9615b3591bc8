"""Arriving, whole"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("old_address", sa.String(), nullable=False),
        sa.Column("old_key", sa.String(), nullable=False),
        sa.Column("new_address", sa.String(), nullable=False),
        sa.Column("new_key", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("old_proven_at", UTCDateTime(), nullable=True),
        sa.Column("new_proven_at", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("reversed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_address_changes_address_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_address_changes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    for column in ("address_id", "old_key", "person_id"):
        op.create_index(op.f(f"ix_address_changes_{column}"), "address_changes", [column])
    op.create_table(
        "joined_persons",
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_joined_persons_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gone_id", name=op.f("pk_joined_persons")),
    )
    op.create_index(op.f("ix_joined_persons_person_id"), "joined_persons", ["person_id"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("joined_persons")
    op.drop_table("address_changes")
