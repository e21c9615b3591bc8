"""An old address book, brought along: looked at first, then kept as people from elsewhere who are at rest.

What was read waits sealed for a day; twice the same file adds nobody, also when somebody was changed in between.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.accounts.people import one_at_a_time
from webapp.contacts.address_books import Book
from webapp.contacts.models import AddressBook
from webapp.contacts.outside import MOST, Outside, TooManyOutside, outside_of, put_outside
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring, Sealed


@dataclass(frozen=True)
class Brought:
    """So many are new among my people, so many were there, so many I left out."""

    added: int
    already: int
    left_out: int


@dataclass(frozen=True)
class Waiting:
    """A book that was read and is looked at."""

    id: UUID
    book: Book
    origin: str


def keep_for_a_look(
    session: Session, book: Book, origin: str, *, owner: UUID, sealed: Sealed, at: datetime
) -> AddressBook:
    """Keep what was read until its owner has looked; an earlier one goes."""
    session.execute(delete(AddressBook).where(AddressBook.person_id == owner))
    said = json.dumps({**book.to_json(), "origin": origin}, ensure_ascii=False)
    row = AddressBook(id=new_id(), person_id=owner, sealed_book=sealed.seal(said, owner=owner), read_at=at)
    session.add(row)
    session.flush()
    return row


def get_waiting(session: Session, book_id: UUID, person_id: UUID, sealed: Sealed) -> Waiting:
    """This book. Raises NotHere when it is not theirs, or no longer there."""
    row = session.get(AddressBook, book_id)
    if row is None or row.person_id != person_id:
        raise NotHere
    said = json.loads(sealed.open(row.sealed_book, owner=person_id))
    return Waiting(row.id, Book.from_json(said), said["origin"])


def places_of_known(book: Book, mine: Sequence[Outside]) -> set[int]:
    """Which entries of the book are among these already, as they were brought or as they are now."""
    keys = {one.key for one in mine} | {one.said.key for one in mine}
    return {place for place, entry in enumerate(book.entries) if entry.key in keys}


def bring(
    session: Session,
    operation: UUID,
    book_id: UUID,
    leave_out: Collection[int],
    *,
    by: Actor,
    at: datetime,
    keyring: Keyring,
) -> Brought | TooManyOutside:
    """Keep everybody in this book but those at these places. Safe to repeat. Raises NotHere when it is not mine."""
    me, sealed = by.someone.id, Sealed(keyring, "notes")

    def act() -> Brought | TooManyOutside:
        one_at_a_time(session, me)
        waiting, mine = get_waiting(session, book_id, me, sealed), outside_of(session, me, sealed)
        already = places_of_known(waiting.book, mine)
        out = set(leave_out) - already
        new = [one for place, one in enumerate(waiting.book.entries) if place not in already | out]
        if len(mine) + len(new) > MOST:
            return TooManyOutside(MOST)
        for entry in new:
            put_outside(session, entry, waiting.origin, me, sealed, at, brought=True)
        drop_book(session, book_id, me)
        return Brought(len(new), len(already), len(out))

    body = {"book": str(book_id), "out": ",".join(map(str, sorted(leave_out)))}
    return once(
        session, Envelope(operation, "bring address book", by.label, body), Brought | TooManyOutside, act, at=at
    )


def drop_book(session: Session, book_id: UUID, person_id: UUID) -> None:
    """Its owner has looked. Repeating changes nothing; other people's are left alone."""
    session.execute(delete(AddressBook).where(AddressBook.id == book_id, AddressBook.person_id == person_id))
    session.flush()
