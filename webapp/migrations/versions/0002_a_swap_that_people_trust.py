"""A swap that people trust"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("blocker_id != blocked_id", name=op.f("ck_blocks_two_people")),
        sa.ForeignKeyConstraint(["blocked_id"], ["persons.id"], name=op.f("fk_blocks_blocked_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["blocker_id"], ["persons.id"], name=op.f("fk_blocks_blocker_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("blocker_id", "blocked_id", name=op.f("uq_blocks_blocker_id_blocked_id")),
    )
    op.create_index(op.f("ix_blocks_blocked_id"), "blocks", ["blocked_id"])
    # Added in place: making the table anew would take its children with it.
    op.add_column("events", sa.Column("gone_guests", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("events", sa.Column("gone_came", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("addresses", sa.Column("no_news_at", UTCDateTime(), nullable=True))
    op.add_column("persons", sa.Column("erased_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("persons", "erased_at")
    op.drop_column("addresses", "no_news_at")
    op.drop_column("events", "gone_came")
    op.drop_column("events", "gone_guests")
    op.drop_index(op.f("ix_blocks_blocked_id"), "blocks")
    op.drop_table("blocks")
