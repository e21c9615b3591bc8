"""Doors without a network"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from webapp.core.database import UTCDateTime

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this schema."""
    op.create_index("ix_operations_actor_sequence", "operations", ["actor", "sequence"])
    _make_facts()
    _make_leases()
    _make_settled()
    _make_quarantine()
    _state_what_is_known()


def _make_facts() -> None:
    keys = (
        ("event_id", "events", "CASCADE"),
        ("attendee_id", "attendees", "CASCADE"),
        ("device_id", "door_devices", "SET NULL"),
        ("by_person_id", "persons", "SET NULL"),
    )
    op.create_table(
        "door_facts",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=True),
        sa.Column("of_operation_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("uncertain_ms", sa.Integer(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("as_organizer", sa.Boolean(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        *(_key("door_facts", column, table, ondelete) for column, table, ondelete in keys),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_door_facts")),
    )
    op.create_index("ix_door_facts_event_id_kind", "door_facts", ["event_id", "kind"])
    op.create_index(op.f("ix_door_facts_attendee_id"), "door_facts", ["attendee_id"])
    op.create_index(op.f("ix_door_facts_of_operation_id"), "door_facts", ["of_operation_id"])


def _make_leases() -> None:
    op.create_table(
        "door_leases",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        _key("door_leases", "device_id", "door_devices", "CASCADE"),
        _key("door_leases", "event_id", "events", "CASCADE"),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_door_leases")),
    )
    op.create_index(op.f("ix_door_leases_event_id"), "door_leases", ["event_id"])


def _make_settled() -> None:
    op.create_table(
        "settled_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        _key("settled_entries", "event_id", "events", "CASCADE"),
        _key("settled_entries", "attendee_id", "attendees", "CASCADE"),
        _key("settled_entries", "by_person_id", "persons", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled_entries")),
    )
    op.create_index(op.f("ix_settled_entries_event_id"), "settled_entries", ["event_id"])
    op.create_index(op.f("ix_settled_entries_attendee_id"), "settled_entries", ["attendee_id"])


def _make_quarantine() -> None:
    op.create_table(
        "quarantined_operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sealed_raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_operations")),
    )
    for column in ("actor", "event_id", "operation_id"):
        op.create_index(op.f(f"ix_quarantined_operations_{column}"), "quarantined_operations", [column])


def _key(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _state_what_is_known() -> None:
    """Whoever a door let in before and who is in still is a fact as well; who claimed a place was seen by no door."""
    taken = ("operation_id", "event_id", "attendee_id", "how", "at", "device_id", "by_person_id")
    check_ins = sa.table("check_ins", *(sa.column(name) for name in (*taken, "undone_at")))
    new = {"kind": sa.literal("entry"), "uncertain_ms": sa.literal(0), "flags": sa.literal([], sa.JSON())}
    new |= {"as_organizer": sa.false(), "received_at": check_ins.c.at}
    facts = sa.table("door_facts", *(sa.column(name) for name in (*taken, *new)))
    live = sa.select(*(check_ins.c[name] for name in taken), *new.values())
    live = live.where(check_ins.c.undone_at.is_(None), check_ins.c.how != "claim")
    op.execute(facts.insert().from_select([*taken, *new], live))


def downgrade() -> None:
    """Back to the one before."""
    for table in ("quarantined_operations", "settled_entries", "door_leases", "door_facts"):
        op.drop_table(table)
    op.drop_index("ix_operations_actor_sequence", "operations")
