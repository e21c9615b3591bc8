"""A kind sentence about somebody whose card I hold. It stands on their card after their own yes, and nowhere before.

Work is made seen by others, not by praising oneself (practices D18). Whoever puts a line aside says so to nobody: its
writer sees it wait, and writing it anew does not ask again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.contacts.models import Block, Meeting
from webapp.core.actor import Actor, NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.versions import bump
from webapp.events.names import split_name
from webapp.swaps.models import Grant, KindLine
from webapp.swaps.queries import LIVE, UNBLOCKED, granted_card, names_for

LONGEST_LINE = 140
"""Characters of a kind line."""

_HOLDS = and_(Grant.giver_id == KindLine.about_id, Grant.receiver_id == KindLine.writer_id, LIVE, UNBLOCKED)
"""Its writer still holds the card it is about, and neither has blocked the other."""


@dataclass(frozen=True)
class ShownLine:
    """A line on somebody's card; `by` is its writer's first name if they agreed to that, else ""."""

    line: str
    by: str


@dataclass(frozen=True)
class LineAboutMe:
    """A line that waits for my yes, or has it, and who wrote it, as I may call them."""

    id: UUID
    writer_id: UUID
    name: str
    line: str
    names_writer: bool
    approved: bool


@dataclass(frozen=True)
class MyLine:
    """What I wrote about somebody. `stands`: on their card; a line put aside looks like one that waits."""

    line: str = ""
    names_writer: bool = False
    stands: bool = False


NO_LINE = MyLine()


def write_line(session: Session, about_id: UUID, line: str, *, names_writer: bool, by: Actor, at: datetime) -> None:
    """Offer this clean line, or another wording of it, to whom it is about. The same again changes nothing.

    Raises NotHere for somebody whose card this person does not hold.
    """
    me = by.someone.id
    if granted_card(session, about_id, me) is None:
        raise NotHere
    row = {"id": new_id(), "about_id": about_id, "writer_id": me, "written_at": at}
    wanted = {"line": line, "names_writer": names_writer}
    session.execute(insert_once(session, KindLine.__table__).values(row | wanted).on_conflict_do_nothing())
    kept = session.scalars(_written(about_id, me).with_for_update()).one()
    if kept.line != line or (names_writer and not kept.names_writer):
        kept.approved_at, kept.written_at = None, at  # they said yes to other words, or to a line without a name
    kept.line, kept.names_writer = line, names_writer
    bump(session, f"person:{about_id}")


def take_line_back(session: Session, about_id: UUID, *, by: Actor) -> None:
    """What this person wrote about that one is gone, from the card too. Safe to repeat."""
    session.execute(delete(KindLine).where(KindLine.about_id == about_id, KindLine.writer_id == by.someone.id))


def answer_line(session: Session, line_id: UUID, *, yes: bool, by: Actor, at: datetime) -> None:
    """Put a line about me on my card, or aside, or off again. Its writer is not told. Raises NotHere if not mine."""
    mine = _about(by.someone.id).where(KindLine.id == line_id)
    line = session.scalar(mine.with_for_update(of=KindLine))
    if line is None:
        raise NotHere
    line.approved_at, line.declined_at = (line.approved_at or at, None) if yes else (None, at)


def lines_on(session: Session, about_id: UUID, seen_by: UUID) -> list[ShownLine]:
    """What stands on this person's card for that one who holds it; nothing by somebody that one blocked."""
    blocked = exists().where(Block.blocker_id == seen_by, Block.blocked_id == KindLine.writer_id)
    writer = select(Person.name).where(Person.id == KindLine.writer_id).scalar_subquery()
    there = _about(about_id).where(KindLine.approved_at.is_not(None), ~blocked).order_by(KindLine.approved_at)
    rows = session.execute(there.add_columns(writer.label("name"))).all()
    return [ShownLine(row.KindLine.line, _first_name(row.name) if row.KindLine.names_writer else "") for row in rows]


def lines_about(session: Session, person_id: UUID) -> list[LineAboutMe]:
    """What others wrote about this person, for their own eyes: what waits first, then what stands on their card."""
    rows = session.execute(_about(person_id).join(Meeting, Meeting.id == Grant.meeting_id).add_columns(Meeting)).all()
    names = names_for(session, person_id, [row.Meeting for row in rows]) if rows else {}
    there = [
        LineAboutMe(
            id=row.KindLine.id,
            writer_id=row.KindLine.writer_id,
            name=names[row.Meeting.id],
            line=row.KindLine.line,
            names_writer=row.KindLine.names_writer,
            approved=row.KindLine.approved_at is not None,
        )
        for row in rows
        if row.KindLine.declined_at is None
    ]
    return sorted(there, key=lambda line: line.approved)


def my_line(session: Session, about_id: UUID, person_id: UUID) -> MyLine:
    """What this person wrote about that one."""
    kept: Sequence[KindLine] = session.scalars(_written(about_id, person_id)).all()
    return next((MyLine(row.line, row.names_writer, row.approved_at is not None) for row in kept), NO_LINE)


def _written(about_id: UUID, writer_id: UUID) -> Select[KindLine]:
    pair: ColumnElement[bool] = (KindLine.about_id == about_id) & (KindLine.writer_id == writer_id)
    return select(KindLine).where(pair)


def _about(person_id: UUID) -> Select[KindLine]:
    lines = select(KindLine).select_from(KindLine).join(Grant, _HOLDS).where(KindLine.about_id == person_id)
    return lines.order_by(KindLine.written_at, KindLine.id)


def _first_name(name: str) -> str:
    given, family = split_name(name)
    return given or family
