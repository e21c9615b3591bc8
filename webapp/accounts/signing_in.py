"""From a proven address to a signed-in person; where several share the address, they say who they are first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.accounts.codes import SIGN_IN, NoCode, Proof, Proven, WrongCode
from webapp.accounts.models import OneTimeCode, Person
from webapp.accounts.people import known_people, sign_in_person
from webapp.core.outbox import put
from webapp.core.tokens import digest


@dataclass(frozen=True)
class SignedIn:
    """`secret` is for the cookie of this browser and nobody else."""

    person_id: UUID
    secret: str


@dataclass(frozen=True)
class WhoAreYou:
    """The address is proven and several people share it."""


SignInVerdict = SignedIn | WhoAreYou | WrongCode | NoCode


def sign_in_by(session: Session, proof: Proof, *, browser: str, at: datetime) -> SignInVerdict:
    """Let in whoever this proof stands for. `browser` is the family shown in their list of sessions."""
    if not isinstance(proof, Proven):
        return proof
    people = choices(session, proof.address_key)
    if not people:
        return NoCode()
    if len(people) > 1:
        return WhoAreYou()
    return _let_in(session, proof.code_id, proof.address_key, people[0], browser, at)


def choices(session: Session, key: str) -> Sequence[Person]:
    """People this address may stand for, one for each name: someone imported twice is still one human."""
    by_name: dict[str, Person] = {}
    for person in known_people(session, key):
        by_name.setdefault(person.name, person)
    return list(by_name.values())


def find_waiting_choice(session: Session, asked_by: str, at: datetime) -> OneTimeCode | None:
    """The proven address for which this browser has not yet said who it is; good as long as the code was."""
    waiting = OneTimeCode.used_at.is_not(None) & OneTimeCode.person_id.is_(None) & (OneTimeCode.expires_at > at)
    mine = (OneTimeCode.browser_digest == digest(asked_by)) & (OneTimeCode.purpose == SIGN_IN)
    newest = OneTimeCode.created_at.desc()
    return session.scalars(select(OneTimeCode).where(mine, waiting).order_by(newest).limit(1)).first()


def choose_person(session: Session, asked_by: str, person_id: UUID, *, browser: str, at: datetime) -> SignInVerdict:
    """One of those who share the proven address says "this is me"; once."""
    code = find_waiting_choice(session, asked_by, at)
    people = choices(session, code.address_key) if code else []
    person = next((person for person in people if person.id == person_id), None)
    if code is None or person is None:
        return NoCode()
    return _let_in(session, code.id, code.address_key, person, browser, at)


def _let_in(session: Session, code_id: UUID, key: str, person: Person, browser: str, at: datetime) -> SignInVerdict:
    # The row says who it let in, by one UPDATE: a choice sent twice opens one session.
    unsaid = (OneTimeCode.id == code_id) & OneTimeCode.person_id.is_(None)
    said = update(OneTimeCode).where(unsaid).values(person_id=person.id).returning(OneTimeCode.id)
    if session.execute(said.execution_options(synchronize_session=False)).first() is None:
        return NoCode()
    secret = sign_in_person(session, person, proven_address=key, browser=browser, at=at, stepped_up=True)
    put(session, "person.signed_in", cause=code_id, at=at, person_id=str(person.id))
    return SignedIn(person.id, secret)
