"""What must still happen outside the database, written in the transaction that made it necessary.

A row is one handler for one recipient, unique on its cause, so a repeated act never mails twice. A runner claims a row
by a conditional UPDATE for a while; if it dies, the sweeper runs the row again. Handlers are therefore safe to repeat.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint, event, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from structlog import get_logger

from webapp.core.database import Base, db, insert_once, writing
from webapp.core.identifiers import new_id
from webapp.core.mail import Mailer
from webapp.core.push import Pusher
from webapp.core.tokens import Keyring

log = get_logger()

LEASE = timedelta(seconds=60)
"""How long a claimed row is left alone; longer than any handler's own time limits without asking for more."""
ATTEMPTS = 8
"""After so many failures a row is given up and shown to whoever keeps the server."""


@dataclass(frozen=True)
class Tools:
    """What handlers work with: they know no request."""

    base_url: str
    data_dir: Path
    keyring: Keyring
    mailer: Mailer
    pusher: Pusher
    render: Callable[..., str]


Handler = Callable[[UUID, dict[str, Any], Tools], None]
"""Gets the row's id (the key of whatever leaves the house), its payload and the tools. Commits what it writes."""

Reactions = Mapping[str, Sequence[Handler]]

Chores = Sequence[Callable[[Tools, datetime], None]]
"""What is looked after once a minute: what expired is removed. Safe to repeat and for several processes at once."""


class Later(Exception):
    """Raised by a handler: not now, the other side wants to be left alone for so long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class OutboxRow(Base):
    """One thing to do for one recipient because of one cause."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("cause", "handler", "recipient"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    handler: Mapped[str]
    cause: Mapped[str]
    recipient: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


@dataclass
class _Wiring:
    """Set once by the application factory; nobody imports upwards."""

    reactions: Reactions
    kick: Callable[[UUID], None]


_wiring = _Wiring({}, lambda row_id: None)


def connect(reactions: Reactions, kick: Callable[[UUID], None]) -> None:
    """Tell the outbox what follows what, and how to wake the runner."""
    _wiring.reactions, _wiring.kick = reactions, kick


def _name(handler: Handler) -> str:
    return f"{handler.__module__.removeprefix('webapp.')}.{handler.__name__}"


def put(
    session: Session,
    kind: str,
    *,
    cause: UUID | str,
    at: datetime,
    recipient: UUID | str = "",
    due_at: datetime | None = None,
    **payload: str,
) -> None:
    """Make everything that follows this kind due, now or at `due_at`, once per cause, handler and recipient."""
    for handler in _wiring.reactions[kind]:
        row = dict(id=new_id(), kind=kind, handler=_name(handler), cause=str(cause), recipient=str(recipient))
        row |= dict(payload=payload, created_at=at, due_at=due_at or at, attempts=0)
        statement = insert_once(session, OutboxRow.__table__).values(row).on_conflict_do_nothing()
        if session.execute(statement.returning(OutboxRow.__table__.c.id)).first():
            session.info.setdefault("outbox", []).append(row["id"])


@event.listens_for(db.session.session_factory, "after_commit")
def _kick_what_was_put(session: Session) -> None:
    for row_id in session.info.pop("outbox", []):
        _wiring.kick(row_id)


@event.listens_for(db.session.session_factory, "after_rollback")
def _forget_what_was_put(session: Session) -> None:
    session.info.pop("outbox", None)


def run(row_id: UUID, tools: Tools, *, at: datetime) -> bool:
    """Claim this row and do it. False if it was not due, done, or another runner has it."""
    claimed = _claim(row_id, at)
    if claimed is None:
        return False
    handler = next(h for h in _wiring.reactions[claimed.kind] if _name(h) == claimed.handler)
    try:
        handler(row_id, dict(claimed.payload), tools)
    except Exception as error:  # noqa: BLE001  # whatever a relay or a renderer raises: the row stays due, later
        log.warning("outbox_failed", row=str(row_id), kind=claimed.kind, error=type(error).__name__)
        _finish(row_id, _retry(claimed, error, at))
        return False
    _finish(row_id, {"done_at": at, "leased_until": None})
    return True


def _claim(row_id: UUID, at: datetime) -> OutboxRow | None:
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < at)
    open_row = (OutboxRow.id == row_id) & OutboxRow.done_at.is_(None) & OutboxRow.gave_up_at.is_(None)
    lease = {"leased_until": at + LEASE, "attempts": OutboxRow.attempts + 1}
    with writing() as session:
        claim = update(OutboxRow).where(open_row, free, OutboxRow.due_at <= at).values(lease)
        row = session.scalar(claim.returning(OutboxRow).execution_options(populate_existing=True))
        if row:
            session.expunge(row)
        session.commit()
    return row


def renew(session: Session, row_id: UUID, *, at: datetime) -> None:
    """Say that a long job still works on this row."""
    session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(leased_until=at + LEASE))


def _retry(row: OutboxRow, error: Exception, at: datetime) -> dict[str, Any]:
    outcome: dict[str, Any] = {"leased_until": None, "last_error": type(error).__name__}
    if row.attempts >= ATTEMPTS:
        return outcome | {"gave_up_at": at}
    wait = timedelta(seconds=5 * 3 ** (row.attempts - 1))
    return outcome | {"due_at": at + (max(wait, error.wait) if isinstance(error, Later) else wait)}


def _finish(row_id: UUID, outcome: dict[str, Any]) -> None:
    db.session.rollback()  # a handler that failed half-way leaves nothing behind
    with writing() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(outcome))
        session.commit()


def due(at: datetime, limit: int = 100) -> Sequence[UUID]:
    """Ids of rows that wait for a runner, oldest first."""
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < at)
    waiting = OutboxRow.done_at.is_(None) & OutboxRow.gave_up_at.is_(None) & (OutboxRow.due_at <= at)
    ids = db.session.scalars(select(OutboxRow.id).where(waiting, free).order_by(OutboxRow.due_at).limit(limit)).all()
    db.session.rollback()
    return ids


def sweep(tools: Tools, *, at: datetime) -> int:
    """Run everything that is due; how many succeeded."""
    return sum(run(row_id, tools, at=at) for row_id in due(at))
