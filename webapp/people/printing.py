"""One evening of mine on paper: gathered as I may see it, drawn in a child while I wait."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.cards import REACHES
from webapp.contacts.queries import NOTHING, OpenedPromise, Remembered, memories_of
from webapp.core import child, qr
from webapp.core.actor import NotHere, PersonRef
from webapp.core.one_by_one import OneByOne
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.people.queries import promised_at, took_back
from webapp.people.sheet import MOST, PAPERS, Paper, PenSheet, SheetContact, SheetWords, payload
from webapp.swaps.queries import CardView, open_to
from webapp.swaps.stories import Evening, Met, State, met_by
from webapp.web.templating import choose_language, clock_time, date_words
from webapp.web.words import _, n_

LIMITS = child.Limits(cpu_seconds=20, memory_bytes=2 << 30, wall_seconds=25)
"""What one sheet may use: the longest takes a fifth of it."""

_DRAWING = "webapp.people.sheet_pdf:sheet_from_payload"

PATIENCE = 3.0
"""Seconds a sheet waits for another one to be finished before its owner is asked to come back."""

# Two hundred guests who tap together must not stop the door: at most so many of its threads are theirs.
_in_line = BoundedSemaphore(6)
_at_once = BoundedSemaphore(2)

_one_for_each = OneByOne()


@dataclass(frozen=True)
class NotPrinted:
    """Nothing came of it: too many at once, or the drawing ended without a file. Asking again is safe."""


@dataclass(frozen=True)
class _Known:
    """What the sheet's owner may see of the people they met, by person, and remembers of the meetings, by meeting."""

    cards: Mapping[UUID, CardView]
    withdrawn: set[UUID]
    memories: Mapping[UUID, Remembered]
    promised: Mapping[UUID, list[OpenedPromise]]
    zone: str
    at: datetime
    base_url: str


def evening_sheet(
    session: Session, me: PersonRef, event_id: UUID, paper: Paper, *, sealed: Sealed, base_url: str, at: datetime
) -> PenSheet:
    """Whom this person met at this event, for their own eyes. Raises NotHere when they met nobody there."""
    evening, event = _evening(met_by(session, me.id), event_id)
    known = _Known(
        cards=open_to(session, me.id, [met.person_id for met in evening.people]),
        withdrawn=took_back(session, me.id),
        memories=memories_of(session, me.id, sealed),
        promised=promised_at(session, me.id, sealed),
        zone=event.zone,
        at=at,
        base_url=base_url,
    )
    contacts = tuple(_contact(met, known) for met in evening.people[:MOST])
    width, height = PAPERS[paper]
    return PenSheet(
        title=_("The people you met"),
        event=event.title,
        when_and_where=", ".join(filter(None, [date_words(event.starts_at, event.zone), event.place])),
        language=choose_language(),
        page_width=width,
        page_height=height,
        words=_words(me, left_out=len(evening.people) - len(contacts)),
        contacts=contacts,
        qr=qr.choose(contacts[0].code_text),
    )


def _evening(evenings: list[Evening], event_id: UUID) -> tuple[Evening, Event]:
    for evening in evenings:
        if evening.event and evening.event.id == event_id:
            return evening, evening.event
    raise NotHere


def _contact(met: Met, known: _Known) -> SheetContact:
    memory = known.memories.get(met.meeting.id, NOTHING)
    card = known.cards.get(met.person_id)
    printed, remark = card_on_paper(card, known.at, withdrawn=met.person_id in known.withdrawn)
    return SheetContact(
        name=met.name,
        headline=printed.get("headline", ""),
        how=_how(met, known.zone, knew_each_other=bool(memory.knew_each_other)),
        ask_me_about=printed.get("ask_me_about", ""),
        ways=_ways(card, printed),
        remark=remark,
        note=memory.note,
        promises=tuple(one.words for one in known.promised.get(met.meeting.id, []) if not one.done_at),
        meeting_id=str(met.meeting.id),
        code_text=f"{known.base_url}/people/{met.person_id}",
        work=" ".join(printed[field].removeprefix("https://") for field in ("work", "work_link") if field in printed),
    )


def _ways(card: CardView | None, printed: Mapping[str, str]) -> tuple[str, ...]:
    shown = tuple(printed[field] for field in REACHES if field in printed)
    return (*shown, _("Notes through Mixwell")) if card and printed and card.takes_notes else shown


def _how(met: Met, zone: str, *, knew_each_other: bool) -> str:
    gave: dict[State, str] = {
        "swapped": _("You swapped."),
        "gave": _("You gave yours."),
        "holds": _("They gave theirs."),
        "noted": _("You noted it."),
    }
    said = [f"{clock_time(met.at, zone)}.", gave[met.state]]
    return " ".join([*said, _("You knew each other.")] if knew_each_other else said)


def card_on_paper(card: CardView | None, at: datetime, *, withdrawn: bool) -> tuple[dict[str, str], str]:
    """The fields of a card that may be printed now, and a remark in words where there is no way to reach its owner.

    Paper cannot be taken back: what may not yet go to a phone's contacts may not go there either.
    """
    printed = card.fields if card and card.may_export(at) else {}
    return printed, _remark(card, at, withdrawn=withdrawn)


def _remark(card: CardView | None, at: datetime, *, withdrawn: bool) -> str:
    """Why there is no way to reach them, if there is none and I could wonder."""
    remark = ""
    if card is None:
        remark = _("Their card was withdrawn.") if withdrawn else ""
    elif not card.may_export(at):
        remark = _("For one minute they can still undo. Print again then.")
    elif not card.can_be_written_to:
        remark = _("They chose no way to be written to.")
    return remark


def _words(me: PersonRef, *, left_out: int) -> SheetWords:
    more = n_("And %(num)d more: they are in People.", "And %(num)d more: they are in People.", left_out)
    return SheetWords(
        ask_me_about=_("Ask about"),
        boxes=(_("Write"), _("Call"), _("Meet")),
        code=_("Code that opens their page"),
        not_recorded=_("And whom you did not scan"),
        blanks=(_("Name"), _("How to reach them"), _("What you want to remember")),
        more=str(more) if left_out else "",
        private=_("The sheet of %(name)s. The notes on it are private.", name=me.name),
        page=_("Page"),
        of=_("of"),
    )


def expect_a_tap() -> None:
    """Somebody looks at the button: have the libraries loaded when they tap it."""
    child.stand_by(_DRAWING)


def print_sheet(sheet: PenSheet, whose: UUID) -> bytes | NotPrinted:
    """The sheet as a PDF; `draw` says how."""
    drawn = draw(_DRAWING, payload(sheet), whose, LIMITS)
    expect_a_tap()  # by the next one, who has seen the button already
    return drawn


def draw(function: str, drawing: Mapping[str, object], whose: UUID, limits: child.Limits) -> bytes | NotPrinted:
    """A PDF that `function` makes in a child, one at a time for each person, few at once for all.

    Its file is gone before this returns: notes are private.
    """
    with _one_for_each.alone(whose) as alone, _place(_in_line, 0) as in_line:
        if not (alone and in_line):
            return NotPrinted()
        with _place(_at_once, PATIENCE) as my_turn:
            return _drawn(function, drawing, limits) if my_turn else NotPrinted()


@contextmanager
def _place(places: BoundedSemaphore, patience: float) -> Iterator[bool]:
    """Whether one of the places was free within so many seconds; it is free again afterwards."""
    taken = places.acquire(timeout=patience)
    try:
        yield taken
    finally:
        if taken:
            places.release()


def _drawn(function: str, drawing: Mapping[str, object], limits: child.Limits) -> bytes | NotPrinted:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "drawn.pdf"
        result = child.run(function, drawing, out, limits)
        return out.read_bytes() if result == child.Done() else NotPrinted()
