"""What a person chooses to share: one card, changed by its owner only, counted by version."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.accounts.models import Card, Person
from webapp.accounts.people import confirmed_address
from webapp.core.versions import bump

CARD_FIELDS = (
    "name",
    "headline",
    "company",
    "email",
    "phone",
    "link",
    "ask_me_about",
    "can_help_with",
    "looking_for",
    "work",
    "work_link",
    "not_about",
)
"""Fields of a card that others may see, in the order they are shown."""

REACHES = {"email": "reach_email", "phone": "reach_phone", "link": "reach_link"}
"""Fields that are ways to be reached → the column that says whether swaps hand them over."""

NOTES = "notes"
"""The way that shows nothing: notes through Mixwell, which hides the address."""

WAYS = (*REACHES, NOTES)

PHOTO = "photo"

COMFORTS = ("text", "voice", "video")
"""How far somebody likes to go with people, each with what stands before it (practices C17)."""


@dataclass(frozen=True)
class CardValues:
    """A whole card as its owner wants it; clean single lines, "" for nothing."""

    name: str
    headline: str
    company: str
    email: str
    phone: str
    link: str
    ask_me_about: str
    ask_on_badge: bool
    can_help_with: str
    looking_for: str
    work: str = ""
    work_link: str = ""
    not_about: str = ""


def get_card(session: Session, person_id: UUID) -> Card:
    """This person's card with the person. Raises NoResultFound when there is none."""
    return session.scalars(select(Card).where(Card.person_id == person_id).options(joinedload(Card.person))).one()


def change_card(session: Session, person_id: UUID, values: CardValues, at: datetime) -> Card:
    """Make the card what its owner wants. Sending the same again changes nothing, so it needs no operation id."""
    card = get_card(session, person_id)
    wanted = asdict(values)
    name = wanted.pop("name")
    if name == card.person.name and all(getattr(card, field) == value for field, value in wanted.items()):
        return card
    card.person.name = name
    for field, value in wanted.items():
        setattr(card, field, value)
    return touch(session, card, at)


def choose_reach(session: Session, person_id: UUID, ways: Collection[str], *, at: datetime) -> Card:
    """How people they swap with may reach this person, some of WAYS, chosen or chosen anew. A ticked e-mail that the
    card lacks is filled from the address they sign in with."""
    card = get_card(session, person_id)
    for way in WAYS:
        setattr(card, f"reach_{way}", way in ways)
    card.reach_chosen_at = at
    if "email" in ways and not card.email:
        card.email = confirmed_address(session, person_id) or ""
    return touch(session, card, at)


def choose_comfort(session: Session, person_id: UUID, comfort: str, *, at: datetime) -> Card:
    """How far this person likes to go with people they swap with, one of COMFORTS; "" says nothing. Safe to repeat."""
    card = get_card(session, person_id)
    if card.comfort == comfort:
        return card
    card.comfort = comfort
    return touch(session, card, at)


def explain_first_scan(session: Session, person_id: UUID, at: datetime) -> None:
    """Note that this person was told what scanning gives away; they are asked once."""
    card = get_card(session, person_id)
    card.first_scan_explained_at = card.first_scan_explained_at or at
    session.flush()


def touch(session: Session, card: Card, at: datetime) -> Card:
    """Count the card up and tell its owner's phone."""
    card.version += 1
    card.updated_at = at
    bump(session, f"person:{card.person_id}")
    session.flush()
    return card


def card_fields(card: Card, person: Person) -> dict[str, str]:
    """Everything on the card that is filled, in the order it is shown."""
    values = {field: person.name if field == "name" else getattr(card, field) for field in CARD_FIELDS}
    return {field: value for field, value in values.items() if value}


def offered_fields(card: Card, person: Person) -> tuple[str, ...]:
    """Names of what a swap hands over now: the filled fields, of the ways to be reached only the chosen ones."""
    filled = card_fields(card, person)
    chosen = [field for field in filled if field not in REACHES or getattr(card, REACHES[field])]
    shown = {PHOTO: card.photo_at is not None, NOTES: card.reach_notes}
    return (*chosen, *(field for field, offered in shown.items() if offered))
