"""What somebody may pick as a part of a chain."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.chains.kinds import KINDS, Ledger, Node, Shown, is_mine, read_node
from webapp.chains.models import Need, Outcome
from webapp.contacts.queries import meetings_of
from webapp.events.models import Attendee


@dataclass(frozen=True)
class Choices:
    """Things to pick, each list the latest first."""

    people: Sequence[Shown]
    evenings: Sequence[Shown]
    needs: Sequence[Shown]
    outcomes: Sequence[Shown]


def choices_of(ledger: Ledger) -> Choices:
    """Everything of this person's that may have led somewhere."""
    session, me = ledger.session, ledger.person_id
    meetings = meetings_of(session, me)
    there = set(session.scalars(select(Attendee.event_id).where(Attendee.person_id == me)))
    ids = {
        "person": {meeting.other_of(me) for meeting in meetings},
        "event": there | {meeting.event_id for meeting in meetings if meeting.event_id},
        "need": set(session.scalars(select(Need.id).where(Need.person_id == me))),
        "outcome": set(session.scalars(select(Outcome.id).where(Outcome.person_id == me))),
    }
    found = {kind: list(KINDS[kind](ledger, keys).values()) if keys else [] for kind, keys in ids.items()}
    lists = {
        kind: sorted(things, key=lambda one: (one.day is not None, one.day), reverse=True)
        for kind, things in found.items()
    }
    return Choices(lists["person"], lists["event"], lists["need"], lists["outcome"])


def picked(ledger: Ledger, text: str) -> Node | None:
    """What an address or a form names, if it is theirs."""
    node = read_node(text)
    return node if node and is_mine(ledger, node) else None
