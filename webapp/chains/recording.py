"""Writing down what came of it, how it stands, and what led there."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from webapp.chains.kinds import Ledger, Node, is_mine, written
from webapp.chains.models import Link, Outcome, Step
from webapp.core.actor import Actor, NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed

LONGEST = 300
"""Characters of what one says of an outcome or a step."""


@dataclass(frozen=True)
class NewOutcome:
    """What came, or may come: its kind and state (`models`), own words, the day, and what brought it, if anything."""

    kind: str
    state: str
    words: str
    day: date
    through: Node | None = None
    tie: str = "unknown"


@dataclass(frozen=True)
class NewStep:
    """A step in own words: its sort (`models.SORTS`), its day if it has one, whether it was without an agenda."""

    sort: str
    words: str
    day: date | None = None
    no_agenda: bool = False


@dataclass(frozen=True)
class Written:
    """It stands in the ledger."""

    id: UUID


def write_outcome(
    session: Session, operation: UUID, new: NewOutcome, *, by: Actor, keyring: Keyring, at: datetime
) -> Written:
    """Write down what came of it. Safe to repeat. Raises NotHere when it came through something that is not theirs."""
    ledger = ledger_of(session, by, keyring)

    def act() -> Written:
        row = Outcome(id=new_id(), person_id=ledger.person_id, kind=new.kind, state=new.state, made_at=at)
        row.sealed_words = ledger.sealed.seal(clean_line(new.words, LONGEST), owner=ledger.person_id)
        row.began_on, row.closed_on = new.day, new.day if new.state == "closed" else None
        row.early_on = at.date() if new.state == "too_early" else None
        session.add(row)
        session.flush()
        if new.through:
            draw(ledger, new.through, Node("outcome", row.id), new.tie, at=at)
        return Written(row.id)

    # Keyed: short words could be found again from a plain hash.
    said = {"outcome": keyring.mac("outcome", repr(new)).hex()}
    return once(session, Envelope(operation, "outcome", by.label, said), Written, act, at=at)


def settle_outcome(session: Session, outcome_id: UUID, state: str, day: date, *, by: Actor, at: datetime) -> None:
    """It came on that day, is under way, or it is too early to tell. Safe to repeat. Raises NotHere for others'."""
    row = get_outcome(session, outcome_id, by.someone.id)
    row.state, row.closed_on = state, day if state == "closed" else None
    if state == "too_early":
        row.early_on = row.early_on or at.date()
    session.flush()


def remove_outcome(session: Session, outcome_id: UUID, *, by: Actor) -> None:
    """It was written down by mistake: it goes with its links. Raises NotHere for others', or when it is gone."""
    row = get_outcome(session, outcome_id, by.someone.id)
    session.execute(delete(Link).where(_touches(by.someone.id, row.id)))
    session.execute(delete(Outcome).where(Outcome.id == row.id))


def _touches(person_id: UUID, node_id: UUID) -> ColumnElement[bool]:
    return (Link.person_id == person_id) & or_(Link.from_id == node_id, Link.to_id == node_id)


def get_outcome(session: Session, outcome_id: UUID, person_id: UUID) -> Outcome:
    """This outcome of theirs. Raises NotHere for any other."""
    row = session.get(Outcome, outcome_id)
    if row is None or row.person_id != person_id:
        raise NotHere
    return row


def add_before(
    session: Session,
    operation: UUID,
    to: Node,
    what: Node | NewStep,
    tie: str,
    *,
    beside: bool = False,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> Written:
    """Before this came that: what led to `to` so far now leads to `what`, and `what` to it. Safe to repeat.

    `beside` what led there so far, if it is another way.
    """
    ledger = ledger_of(session, by, keyring)

    def act() -> Written:
        if not is_mine(ledger, to):
            raise NotHere
        node = _step(ledger, what, at) if isinstance(what, NewStep) else what
        if not beside:
            _put_between(ledger, node, to)
        draw(ledger, node, to, tie, at=at)
        return Written(node.id)

    what_is_said = written(what) if isinstance(what, Node) else keyring.mac("step", repr(what)).hex()
    said = {"to": written(to), "what": what_is_said, "tie": tie, "beside": str(beside)}
    return once(session, Envelope(operation, "link", by.label, said), Written, act, at=at)


def _step(ledger: Ledger, new: NewStep, at: datetime) -> Node:
    row = Step(id=new_id(), person_id=ledger.person_id, sort=new.sort, day=new.day, made_at=at)
    row.sealed_words = ledger.sealed.seal(clean_line(new.words, LONGEST), owner=ledger.person_id)
    row.no_agenda = new.no_agenda
    ledger.session.add(row)
    ledger.session.flush()
    return Node("step", row.id)


def _put_between(ledger: Ledger, node: Node, to: Node) -> None:
    """What led to the later of two leads to the new one from now on; a link that is there already stays as it is."""
    session, mine = ledger.session, Link.person_id == ledger.person_id
    known = select(Link.from_id).where(mine, Link.to_id == node.id)
    into = mine & (Link.to_id == to.id) & (Link.from_id != node.id)
    session.execute(delete(Link).where(into, Link.from_id.in_(known)))
    session.execute(update(Link).where(into).values(to_kind=node.kind, to_id=node.id))


def draw(ledger: Ledger, source: Node, to: Node, tie: str, *, at: datetime) -> None:
    """Say that one thing led to another; said again, the later word on how surely holds. Raises NotHere for others'."""
    if source == to or not is_mine(ledger, source):
        raise NotHere
    ends = {"from_kind": source.kind, "from_id": source.id, "to_kind": to.kind, "to_id": to.id}
    row = {"id": new_id(), "person_id": ledger.person_id, **ends, "tie": tie, "made_at": at}
    there = ["person_id", "from_id", "to_id"]
    insert = insert_once(ledger.session, Link.__table__).values(row)
    ledger.session.execute(insert.on_conflict_do_update(index_elements=there, set_={"tie": tie}))


def take_out(session: Session, link_id: UUID, *, by: Actor, at: datetime) -> None:
    """This thing is no part of the story of what it led to: what led to it leads there instead.

    A step that leads nowhere then is gone. Raises NotHere for a link of somebody else's.
    """
    link, me = session.get(Link, link_id), by.someone.id
    if link is None or link.person_id != me:
        raise NotHere
    mine, left = Link.person_id == me, link.from_id
    session.execute(delete(Link).where(Link.id == link_id))
    for before in session.scalars(select(Link).where(mine, Link.to_id == left, Link.from_id != link.to_id)).all():
        ends = {"from_kind": before.from_kind, "from_id": before.from_id, "to_kind": link.to_kind, "to_id": link.to_id}
        row = {"id": new_id(), "person_id": me, **ends, "tie": before.tie, "made_at": at}
        session.execute(insert_once(session, Link.__table__).values(row).on_conflict_do_nothing())
    leads_on = exists().where(mine, Link.from_id == left)
    if link.from_kind == "step" and not session.scalar(select(leads_on)):
        session.execute(delete(Link).where(mine, Link.to_id == left))
        session.execute(delete(Step).where(Step.id == left, Step.person_id == me))


def ledger_of(session: Session, by: Actor, keyring: Keyring) -> Ledger:
    """The ledger of whoever acts."""
    return Ledger(session, by.someone.id, Sealed(keyring, "notes"))
