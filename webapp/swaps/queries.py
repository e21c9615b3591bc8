"""Cards given and held, always through the one who asks. `granted_card` is the only way to another person's card."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from webapp.accounts.cards import NOTES, PHOTO, REACHES, card_fields, offered_fields
from webapp.accounts.models import Card, Person
from webapp.contacts.models import Block, Meeting
from webapp.events.models import Attendee, Event
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.taking_back import UNDO_FOR
from webapp.web.words import _

LIVE = Grant.undone_at.is_(None) & Grant.withdrawn_at.is_(None)
_BY_GIVER = (Block.blocker_id == Grant.giver_id) & (Block.blocked_id == Grant.receiver_id)
_BY_RECEIVER = (Block.blocker_id == Grant.receiver_id) & (Block.blocked_id == Grant.giver_id)
UNBLOCKED = ~Grant.under_block & ~exists().where(_BY_GIVER | _BY_RECEIVER)
"""Neither of the two wants nothing to do with the other, nor did when the card was given: only then is it open."""
_EVENT_WORDS = (
    func.coalesce(Event.title, "").label("title"),
    func.coalesce(Event.place, "").label("place"),
    func.coalesce(Event.zone, "UTC").label("zone"),
)


@dataclass(frozen=True)
class CardView:
    """Another person's card as far as it is open to me: filled fields by name, in the order they are shown."""

    person_id: UUID
    name: str
    fields: dict[str, str]
    meeting_id: UUID
    given_at: datetime
    takes_notes: bool = False
    has_photo: bool = False
    comfort: str = ""

    def may_export(self, at: datetime) -> bool:
        """Whether it may leave this house, to a phone's contacts: not in the minute in which it can be undone."""
        return at - self.given_at > UNDO_FOR

    @property
    def can_be_written_to(self) -> bool:
        """Whether there is any way to reach them."""
        return self.takes_notes or any(field in self.fields for field in REACHES)


@dataclass(frozen=True)
class Given:
    """That somebody has my card: since when, from where, with which fields."""

    grant_id: UUID
    person_id: UUID
    name: str
    event_title: str
    place: str
    zone: str
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True)
class BlockedPerson:
    """Somebody I blocked, as I called them."""

    person_id: UUID
    name: str


@dataclass(frozen=True)
class Waiting:
    """Somebody gave me their card and waits for mine, by name alone (practices D19). `put_off`: I said not now."""

    request_id: UUID
    meeting_id: UUID
    person_id: UUID
    name: str
    event_title: str
    zone: str
    at: datetime
    put_off: bool


def granted_card(session: Session, giver_id: UUID, receiver_id: UUID) -> CardView | None:
    """The giver's card as it is now, in the fields they gave this receiver and still offer; None if none is given."""
    cards = _cards(session, (Grant.giver_id == giver_id) & (Grant.receiver_id == receiver_id))
    return cards[0] if cards else None


def _cards(session: Session, whose: ColumnElement[bool]) -> list[CardView]:
    given = select(Grant, Card).join(Card, Card.person_id == Grant.giver_id).where(LIVE, UNBLOCKED, whose)
    rows = session.execute(given.options(joinedload(Card.person)).order_by(Grant.at.desc(), Grant.id.desc()))
    return [_card_view(grant, card) for grant, card in rows]


def _card_view(grant: Grant, card: Card) -> CardView:
    open_now = {"name", *grant.fields} & set(offered_fields(card, card.person))
    fields = {field: text for field, text in card_fields(card, card.person).items() if field in open_now}
    ways = {"takes_notes": NOTES in open_now, "has_photo": PHOTO in open_now}
    return CardView(grant.giver_id, card.person.name, fields, grant.meeting_id, grant.at, **ways, comfort=card.comfort)


def who_has_my_card(session: Session, person_id: UUID) -> list[Given]:
    """Name, when, where and which fields of everybody who has this person's card, the latest first."""
    query = (
        select(Grant, Meeting, *_EVENT_WORDS)
        .join(Meeting, Meeting.id == Grant.meeting_id)
        .outerjoin(Event, Event.id == Grant.event_id)
        .where(LIVE, Grant.giver_id == person_id)
    )
    rows = session.execute(query.order_by(Grant.at.desc(), Grant.id.desc())).all()
    names = names_for(session, person_id, [row.Meeting for row in rows])
    return [
        Given(
            grant_id=row.Grant.id,
            person_id=row.Grant.receiver_id,
            name=names[row.Meeting.id],
            event_title=row.title,
            place=row.place,
            zone=row.zone,
            at=row.Grant.at,
            fields=tuple(row.Grant.fields),
        )
        for row in rows
    ]


def waiting_for_me(session: Session, person_id: UUID, *, also_put_off: bool = False) -> list[Waiting]:
    """Whose card came to this person and has no answer yet, the latest first; one entry a person."""
    mine = aliased(Grant)
    answered = select(mine.id).where(mine.giver_id == person_id, mine.receiver_id == CardRequest.asker_id)
    answered = answered.where(mine.undone_at.is_(None), mine.withdrawn_at.is_(None), ~mine.under_block)
    unanswered = CardRequest.answered_at.is_(None)
    query = (
        select(CardRequest, *_EVENT_WORDS)
        .join(Grant, (Grant.giver_id == CardRequest.asker_id) & (Grant.receiver_id == CardRequest.asked_id) & LIVE)
        .outerjoin(Event, Event.id == CardRequest.event_id)
        .where(CardRequest.asked_id == person_id, CardRequest.undone_at.is_(None), ~answered.exists(), UNBLOCKED)
        .where(unanswered | (CardRequest.answer == "not now") if also_put_off else unanswered)
        .order_by(CardRequest.at.desc(), CardRequest.id.desc())
    )
    latest = {row.CardRequest.asker_id: row for row in reversed(session.execute(query).all())}
    cards = {card.person_id: card for card in _cards(session, Grant.receiver_id == person_id)}
    rows = sorted(latest.values(), key=lambda row: row.CardRequest.at, reverse=True)
    return [_waiting(row, cards[row.CardRequest.asker_id]) for row in rows]


def just_given_to_all(session: Session, person_id: UUID, at: datetime) -> tuple[UUID, int] | None:
    """The operation by which this person said yes to several within the last minute, and to how many."""
    mine = (Grant.giver_id == person_id) & (Grant.how == "answer") & (Grant.at >= at - UNDO_FOR)
    people = func.count()
    given = select(Grant.operation_id, people).where(LIVE, mine).group_by(Grant.operation_id).having(people > 1)
    row = session.execute(given.order_by(func.max(Grant.at).desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def _waiting(row: Row[CardRequest, str, str, str], card: CardView) -> Waiting:
    request: CardRequest = row.CardRequest
    return Waiting(
        request_id=request.id,
        meeting_id=request.meeting_id,
        person_id=request.asker_id,
        name=card.name,
        event_title=row.title,
        zone=row.zone,
        at=request.at,
        put_off=request.answered_at is not None,
    )


def blocked_by_me(session: Session, person_id: UUID) -> list[BlockedPerson]:
    """Whom this person blocked, the latest first, by the name their badge or first meeting gave them."""
    met = or_(
        and_(Meeting.first_id == person_id, Meeting.second_id == Block.blocked_id),
        and_(Meeting.second_id == person_id, Meeting.first_id == Block.blocked_id),
    )
    blocks = select(Block, Meeting).join(Meeting, met).where(Block.blocker_id == person_id)
    rows = session.execute(blocks.order_by(Block.at.desc(), Meeting.met_at)).all()
    names = names_for(session, person_id, [row.Meeting for row in rows])
    called = {row.Block.blocked_id: names[row.Meeting.id] for row in rows}
    return [BlockedPerson(person, name) for person, name in called.items()]


def open_to(session: Session, person_id: UUID, others: Iterable[UUID]) -> dict[UUID, CardView]:
    """The cards of these people that are open to this person, by person."""
    cards = _cards(session, (Grant.receiver_id == person_id) & Grant.giver_id.in_(list(others)))
    return {card.person_id: card for card in cards}


def names_for(session: Session, person_id: UUID, meetings: Sequence[Meeting]) -> dict[UUID, str]:
    """What this person may call the other of each meeting, by meeting id.

    Their own name once their card is open; until then what their badge says, and no more (S-13).
    """
    if not meetings:
        return {}
    others = {meeting.other_of(person_id) for meeting in meetings}
    return names_beside(session, person_id, meetings, open_to(session, person_id, others))


def names_beside(
    session: Session, person_id: UUID, meetings: Sequence[Meeting], cards: Mapping[UUID, CardView]
) -> dict[UUID, str]:
    """`names_for` for whoever has already asked which cards are open to this person: a thousand are read once."""
    others = {meeting.id: meeting.other_of(person_id) for meeting in meetings}
    printed = printed_places(session, meetings, others.values())
    unprinted = _own_names(session, set(others.values()) - printed.keys())
    return {
        meeting_id: cards[other].name if other in cards else _printed_name(printed, unprinted, other)
        for meeting_id, other in others.items()
    }


def _own_names(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """By person; most have a badge that says theirs, so that there is nobody to ask for."""
    if not people:
        return {}
    known = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name or str(_("Someone who left")) for row in known}


def _printed_name(printed: dict[UUID, Attendee], unprinted: dict[UUID, str], other: UUID) -> str:
    return printed[other].name if other in printed else unprinted[other]


def printed_places(session: Session, meetings: Iterable[Meeting], people: Iterable[UUID]) -> dict[UUID, Attendee]:
    """The places these people had where they were met, by person: what their badges say."""
    events = {meeting.event_id for meeting in meetings if meeting.event_id}
    query = select(Attendee).where(Attendee.event_id.in_(events), Attendee.person_id.in_(set(people)))
    places = session.scalars(query.order_by(Attendee.cancelled_at.is_(None), Attendee.created_at))
    return {place.person_id: place for place in places}
