"""People before and after they prove who they are: made by an import, known by an address, claimed by a proof."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.addresses import address_key, clean_address, key_of_clean
from webapp.accounts.models import Address, AddressChange, Card, JoinedPerson, Person
from webapp.accounts.sessions import open_session
from webapp.core.database import Base
from webapp.core.identifiers import new_id

BACK_WITHIN = timedelta(hours=72)
"""How long the old mailbox can undo a change of address (trust.md S-34)."""


def one_at_a_time(session: Session, person_id: UUID) -> None:
    """Until this transaction ends, whatever else begins so for this person waits: what it counts, it counts rightly."""
    # Rows of others that name this person are made meanwhile.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def make_unclaimed(session: Session, name: str, email: str, at: datetime) -> Person:
    """Someone who has not been here yet, with an empty card; `email` may be "". Raises NotAnAddress."""
    person = Person(id=new_id(), name=name, created_at=at, claimed_at=None)
    person.card = Card(person_id=person.id, updated_at=at)
    session.add(person)
    session.flush()
    if email:
        session.add(_hoped_for(person.id, email, at))
        session.flush()
    return person


def make_all_unclaimed(session: Session, people: Sequence[tuple[str, str]], at: datetime) -> list[UUID]:
    """`make_unclaimed` for thousands, (name, e-mail or "") each: their ids in the same order. Raises NotAnAddress."""
    ids = [new_id() for _ in people]
    rows = list(zip(ids, people, strict=True))
    persons = [dict(id=person_id, name=name, created_at=at, claimed_at=None) for person_id, (name, _) in rows]
    _insert_all(session, Person, persons)
    _insert_all(session, Card, [dict(person_id=person_id, updated_at=at) for person_id in ids])
    _hope_for_all(session, {person_id: email for person_id, (_, email) in rows}, at)
    return ids


def _hope_for_all(session: Session, emails: Mapping[UUID, str], at: datetime) -> None:
    rows = []
    for person_id, email in emails.items():
        if email:
            address = clean_address(email)
            row = dict(id=new_id(), person_id=person_id, address=address, address_key=key_of_clean(address))
            rows.append(row | dict(created_at=at, confirmed_at=None))
    _insert_all(session, Address, rows)


def _insert_all(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def correct_unclaimed(session: Session, people: Mapping[UUID, tuple[str, str]], at: datetime) -> None:
    """Let people nobody has claimed follow the list they stand on: name and hoped-for e-mail ("" takes it away).

    Whoever has claimed keeps what is theirs. Raises NotAnAddress.
    """
    mine = select(Person).where(Person.id.in_(people), Person.claimed_at.is_(None))
    unclaimed = session.scalars(mine).all()
    for person in unclaimed:
        person.name = people[person.id][0]
    session.flush()
    ids = [person.id for person in unclaimed]
    hoped_for = delete(Address).where(Address.person_id.in_(ids), Address.confirmed_at.is_(None))
    session.execute(hoped_for.execution_options(synchronize_session=False))
    _hope_for_all(session, {person_id: people[person_id][1] for person_id in ids}, at)


def _hoped_for(person_id: UUID, email: str, at: datetime) -> Address:
    address = clean_address(email)
    return Address(id=new_id(), person_id=person_id, address=address, address_key=address_key(address), created_at=at)


def known_people(session: Session, key: str) -> Sequence[Person]:
    """Whom a proof of this address lets in: its confirmed owner alone, else unclaimed people hoping for it, oldest
    first.

    A claimed person keeps a door of their own: an address that only an import gave them opens nothing of theirs.
    """
    rows = session.execute(
        select(Person, Address.confirmed_at)
        .join(Address, Address.person_id == Person.id)
        .where(Address.address_key == key, or_(Address.confirmed_at.is_not(None), Person.claimed_at.is_(None)))
        .order_by(Address.created_at, Address.id)
    ).all()
    owner = [person for person, confirmed_at in rows if confirmed_at]
    return owner or [person for person, _ in rows]


def find_or_make_by_address(session: Session, address: str, name: str, at: datetime) -> Person:
    """The person this address belongs to, or a new unclaimed one of this name. Raises NotAnAddress."""
    known = known_people(session, address_key(address))
    return known[0] if known else make_unclaimed(session, name, address, at)


def confirmed_address(session: Session, person_id: UUID) -> str | None:
    """The address that opens this person's door, the one confirmed first; None if they came by badge and slip."""
    mine = (Address.person_id == person_id) & Address.confirmed_at.is_not(None)
    return session.scalar(select(Address.address).where(mine).order_by(Address.confirmed_at).limit(1))


def written_address(session: Session, person_id: UUID, key: str) -> str | None:
    """The address of this key as this person, or the list they stand on, wrote it."""
    mine = (Address.person_id == person_id) & (Address.address_key == key)
    return session.scalar(select(Address.address).where(mine).order_by(Address.created_at).limit(1))


def hope_for_address(session: Session, person_id: UUID, address: str, at: datetime) -> str:
    """Note an address this person says is theirs; it opens nothing before it is proven. Returns its key.

    Raises NotAnAddress.
    """
    key = address_key(address)
    if written_address(session, person_id, key) is None:
        session.add(_hoped_for(person_id, address, at))
        session.flush()
    return key


def confirm_address(session: Session, person: Person, address: str, at: datetime) -> bool:
    """Make a proven address this person's own; False, and nothing changed, if someone else owns it by now."""
    key = address_key(address)
    # Locked, so that of two who share an address and choose in the same moment one is first.
    found = select(Address).where(Address.address_key == key).order_by(Address.id).with_for_update()
    rows = session.scalars(found.execution_options(populate_existing=True)).all()
    owner = next((row.person_id for row in rows if row.confirmed_at), None)
    if owner:
        return owner == person.id
    if is_kept_for_another(session, key, person.id, at):
        return False
    mine = next((row for row in rows if row.person_id == person.id), None) or _hoped_for(person.id, address, at)
    mine.confirmed_at = at
    session.add(mine)
    session.flush()
    return True


def find_joined(session: Session, gone_id: UUID) -> UUID | None:
    """Who a person that was joined into another is now."""
    return session.scalar(select(JoinedPerson.person_id).where(JoinedPerson.gone_id == gone_id))


def is_kept_for_another(session: Session, key: str, person_id: UUID, at: datetime) -> bool:
    """Whether somebody else gave this address up so short ago that they may still take it back."""
    back = AddressChange.reversed_at.is_(None) & (AddressChange.done_at > at - BACK_WITHIN)
    theirs = (AddressChange.old_key == key) & (AddressChange.person_id != person_id)
    return session.scalar(select(AddressChange.id).where(theirs, back).limit(1)) is not None


def may_open(session: Session, person: Person, proven_address: str | None) -> bool:
    """Whether a proof of this address, or of a place alone, may sign in as this person.

    Once someone has claimed, only their own confirmed address opens their door: a slip or a mail that an organizer can
    have made for a place opens nobody's account.
    """
    if person.claimed_at is None:
        return True
    if not proven_address:
        return False
    own = (Address.person_id == person.id) & Address.confirmed_at.is_not(None)
    return session.scalar(select(Address.id).where(own, Address.address_key == address_key(proven_address))) is not None


def claim_person(session: Session, person: Person, *, proven_address: str | None, at: datetime) -> None:
    """This person is here themselves. An address proven on the way becomes theirs unless someone else owns it."""
    if proven_address:
        confirm_address(session, person, proven_address, at)
    person.claimed_at = person.claimed_at or at
    session.flush()


def sign_in_person(
    session: Session,
    person: Person,
    *,
    proven_address: str | None,
    browser: str,
    at: datetime,
    stepped_up: bool = False,
) -> str:
    """Claim and open a session in one; returns the secret for the cookie. `browser` is a family, not a user agent."""
    claim_person(session, person, proven_address=proven_address, at=at)
    return open_session(session, person, browser=browser, at=at, stepped_up=stepped_up)
