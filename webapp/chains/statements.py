"""One page about a period, for whoever must answer for the hours (practice B3): what was given, and what came of it.

What it says is frozen and sealed when it is made. Nobody but its author is named, unless they are ticked one by one.
"""

import hmac
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.chains.kinds import KINDS, Ledger
from webapp.chains.models import Statement, Step
from webapp.chains.recording import Written, ledger_of
from webapp.chains.telling import Chain, chains_of
from webapp.contacts.queries import meetings_of
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed, crockford
from webapp.introductions.queries import days_made

LIFE = timedelta(days=30)
"""How long its link works."""
LENGTH = 26
"""Signs of the proof in a link: 130 bits."""
LONGEST = 40
"""Characters of hours or cost: a number and its unit."""


@dataclass(frozen=True)
class Period:
    """From the first of these days to the last, both counted."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether this day is in it."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Counted:
    """An outcome on the page: its kind, how many months it took, and the ticked people on the way."""

    kind: str
    months: int | None
    through: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """What the page says. `attributed` came of something one can name; `pending` is open or too early to tell."""

    author: str
    first: str
    last: str
    hours: str
    cost: str
    contacts: int
    introductions: int
    attributed: tuple[Counted, ...]
    pending: tuple[Counted, ...]
    feeling: int
    unknown: int
    named: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A statement of mine, opened. `over` says that its link opens nothing any more."""

    id: UUID
    page: Page
    made_at: datetime
    expires_at: datetime
    over: bool


def page_of(ledger: Ledger, period: Period, named: Collection[UUID], today: date, *, hours: str, cost: str) -> Page:
    """What can be said of this period; `named` are people of this ledger who were ticked."""
    chains = chains_of(ledger, today)
    came = [chain for chain in chains if period.holds(chain.came.closed_on)]
    pending = [chain for chain in chains if chain.came.state != "closed" and chain.came.began_on <= period.last]
    known = KINDS["person"].resolve(ledger, named) if named else {}
    names = {key: one.title for key, one in known.items()}
    ties = [chain.tie for chain in came]
    return Page(
        author=ledger.session.get_one(Person, ledger.person_id).name,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        hours=clean_line(hours, LONGEST),
        cost=clean_line(cost, LONGEST),
        contacts=len(met_first_in(ledger, period)),
        introductions=sum(period.holds(day) for days in INTRODUCED for day in days(ledger)),
        attributed=tuple(_counted(chain, names) for chain in came if chain.attributed),
        pending=tuple(_counted(chain, names) for chain in pending),
        feeling=ties.count("feeling"),
        unknown=ties.count("unknown"),
        named=tuple(sorted(names.values())),
    )


def _counted(chain: Chain, names: Mapping[UUID, str]) -> Counted:
    there = [stop.shown.node.id for stop in chain.stops if stop.shown.node.kind == "person"]
    return Counted(chain.came.kind, chain.months, tuple(names[key] for key in there if key in names))


def met_first_in(ledger: Ledger, period: Period) -> Sequence[UUID]:
    """Whom this person met for the first time in the period, in that order."""
    firsts: dict[UUID, date] = {}
    for meeting in sorted(meetings_of(ledger.session, ledger.person_id), key=lambda one: one.met_at):
        zone = ZoneInfo(meeting.event.zone if meeting.event else "UTC")
        firsts.setdefault(meeting.other_of(ledger.person_id), meeting.met_at.astimezone(zone).date())
    return [other for other, day in firsts.items() if period.holds(day)]


def _written_down(ledger: Ledger) -> Iterable[date | None]:
    mine = select(Step.day).where(Step.person_id == ledger.person_id, Step.sort == "introduction")
    return ledger.session.scalars(mine)


def _made_here(ledger: Ledger) -> Iterable[date | None]:
    return days_made(ledger.session, ledger.person_id)


INTRODUCED: Sequence[Callable[[Ledger], Iterable[date | None]]] = (_written_down, _made_here)
"""Where introductions are found, by their days: one more line for each further place."""


def hours_out(ledger: Ledger, period: Period) -> float:
    """Hours of the gatherings at which this person met somebody in the period: where the counting may start."""
    events = {one.event for one in meetings_of(ledger.session, ledger.person_id) if one.event}
    there = [event for event in events if period.holds(event.starts_at.astimezone(ZoneInfo(event.zone)).date())]
    return round(sum((event.ends_at - event.starts_at).total_seconds() for event in there) / 3600, 1)


def make_statement(
    session: Session,
    operation: UUID,
    period: Period,
    named: Collection[UUID],
    *,
    hours: str,
    cost: str,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> Written:
    """Freeze the page of this period; its link works for thirty days. Safe to repeat."""
    ledger = ledger_of(session, by, keyring)

    def act() -> Written:
        page = page_of(ledger, period, named, at.date(), hours=hours, cost=cost)
        row = Statement(id=new_id(), person_id=ledger.person_id, made_at=at, expires_at=at + LIFE)
        row.sealed_page = ledger.sealed.seal(json.dumps(asdict(page)), owner=ledger.person_id)
        session.add(row)
        session.flush()
        return Written(row.id)

    asked = repr((period, sorted(named), hours, cost))
    said = {"statement": keyring.mac("statement page", asked).hex()}
    return once(session, Envelope(operation, "statement", by.label, said), Written, act, at=at)


def end_statement(session: Session, statement_id: UUID, *, by: Actor, at: datetime) -> None:
    """Its link opens nothing from now on. Safe to repeat. Raises NotHere for somebody else's."""
    row = session.get(Statement, statement_id)
    if row is None or row.person_id != by.someone.id:
        raise NotHere
    row.ended_at = row.ended_at or at
    session.flush()


def statements_of(ledger: Ledger, at: datetime) -> list[Made]:
    """The statements of this person, the latest first."""
    mine = select(Statement).where(Statement.person_id == ledger.person_id)
    rows = ledger.session.scalars(mine.order_by(Statement.made_at.desc(), Statement.id.desc()))
    return [_made(row, ledger.sealed, at) for row in rows]


def statement_link(keyring: Keyring, statement_id: UUID) -> str:
    """The path of the page that whoever has it may read until it runs out."""
    return f"/statements/{statement_id}/{_proof(keyring, statement_id)}"


def _proof(keyring: Keyring, statement_id: UUID) -> str:
    return crockford(keyring.mac("statement", statement_id), LENGTH)


def read_statement(session: Session, keyring: Keyring, statement_id: UUID, proof: str, *, at: datetime) -> Made:
    """A statement, by its link. Raises NotHere for a link we did not make, one that is over or was ended."""
    if not hmac.compare_digest(proof.encode(), _proof(keyring, statement_id).encode()):
        raise NotHere
    row = session.get(Statement, statement_id)
    made = _made(row, Sealed(keyring, "notes"), at) if row else None
    if made is None or made.over:
        raise NotHere
    return made


def _made(row: Statement, sealed: Sealed, at: datetime) -> Made:
    plain: dict[str, Any] = json.loads(sealed.open(row.sealed_page, owner=row.person_id))
    lists = {name: tuple(_read(one) for one in plain[name]) for name in ("attributed", "pending")}
    page = Page(**{**plain, **lists, "named": tuple(plain["named"])})
    return Made(row.id, page, row.made_at, row.expires_at, row.ended_at is not None or at >= row.expires_at)


def _read(plain: Mapping[str, Any]) -> Counted:
    return Counted(plain["kind"], plain["months"], tuple(plain["through"]))
