"""Changing the address that opens one's door: both mailboxes say yes, and the old one may take it back.

The row of the address changes in place. So a way back leads from whatever it has become meanwhile: someone who took an
account and moved it on twice is out as surely as one who moved it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from webapp.accounts.addresses import clean_address, key_of_clean
from webapp.accounts.codes import NEW_ADDRESS, OLD_ADDRESS, NoCode, Proven, WrongCode, try_code
from webapp.accounts.models import Address, AddressChange, OneTimeCode
from webapp.accounts.people import BACK_WITHIN, is_kept_for_another
from webapp.accounts.sessions import end_all_sessions
from webapp.core.identifiers import new_id
from webapp.core.outbox import put
from webapp.core.tokens import Keyring, crockford

LIFE = timedelta(minutes=30)
"""How long an unfinished change waits for its two codes."""
BACK_LENGTH = 32
"""160 bits in Crockford letters."""

Side = Literal["old", "new"]
PURPOSES: dict[Side, str] = {"old": OLD_ADDRESS, "new": NEW_ADDRESS}
"""Which mailbox a code was sent to → what the code is for."""


@dataclass(frozen=True)
class OneSideProven:
    """One mailbox has said yes; the other has not yet."""


@dataclass(frozen=True)
class Moved:
    """The new address opens the door, the old one no longer."""


@dataclass(frozen=True)
class OthersAddress:
    """Both mailboxes were proven, and the new one opens somebody else's door: nothing was changed."""


MoveVerdict = OneSideProven | Moved | OthersAddress | WrongCode | NoCode


def own_addresses(session: Session, person_id: UUID) -> Sequence[Address]:
    """The addresses that open this person's door, the one confirmed first before the others."""
    mine = (Address.person_id == person_id) & Address.confirmed_at.is_not(None)
    return session.scalars(select(Address).where(mine).order_by(Address.confirmed_at, Address.id)).all()


def start_change(session: Session, address: Address, wanted: str, at: datetime) -> AddressChange:
    """Note what this address shall give way to; nothing changes yet. What was noted before is dropped.

    The same whoever the wanted address belongs to. Raises NotAnAddress.
    """
    drop_unfinished(session, address.person_id)
    new = clean_address(wanted)
    change = AddressChange(id=new_id(), person_id=address.person_id, address_id=address.id, asked_at=at)
    change.old_address, change.old_key = address.address, address.address_key
    change.new_address, change.new_key = new, key_of_clean(new)
    session.add(change)
    session.flush()
    return change


def drop_unfinished(session: Session, person_id: UUID) -> None:
    """Forget what this person wanted to change and did not finish."""
    unfinished = (AddressChange.person_id == person_id) & AddressChange.done_at.is_(None)
    session.execute(delete(AddressChange).where(unfinished))


def find_unfinished(session: Session, person_id: UUID, at: datetime) -> AddressChange | None:
    """The change that waits for a code."""
    return session.scalar(_unfinished(person_id, at))


def _unfinished(person_id: UUID, at: datetime) -> Select[AddressChange]:
    waiting = (AddressChange.person_id == person_id) & AddressChange.done_at.is_(None)
    return select(AddressChange).where(waiting, AddressChange.asked_at > at - LIFE)


def prove_side(
    session: Session, keyring: Keyring, person_id: UUID, browser: str, side: Side, typed: str, at: datetime
) -> MoveVerdict:
    """A code from one of the two mailboxes was typed. With the second one the address changes."""
    proof = try_code(session, keyring, PURPOSES[side], browser, typed, at)
    if not isinstance(proof, Proven):
        return proof
    # Locked, so that of two codes typed in the same moment the second sees the first.
    locked = _unfinished(person_id, at).with_for_update().execution_options(populate_existing=True)
    change = session.scalar(locked)
    if change is None or proof.address_key != (change.old_key if side == "old" else change.new_key):
        return NoCode()
    if side == "old":
        change.old_proven_at = at
    else:
        change.new_proven_at = at
    session.flush()
    return _move(session, change, at) if change.old_proven_at and change.new_proven_at else OneSideProven()


def _move(session: Session, change: AddressChange, at: datetime) -> Moved | OthersAddress:
    locked = select(Address).where(Address.address_key.in_([change.old_key, change.new_key])).order_by(Address.id)
    rows = session.scalars(locked.with_for_update().execution_options(populate_existing=True)).all()
    mine = next((row for row in rows if row.id == change.address_id), None)
    owned = any(row.confirmed_at for row in rows if row.address_key == change.new_key)
    if mine is None or owned or is_kept_for_another(session, change.new_key, change.person_id, at):
        session.delete(change)
        session.flush()
        return OthersAddress()
    _forget_hopes(session, change.person_id, change.new_key)
    mine.address, mine.address_key, mine.confirmed_at = change.new_address, change.new_key, at
    change.done_at = at
    put(session, "address.changed", cause=change.id, at=at, change=str(change.id))
    session.flush()
    return Moved()


def _forget_hopes(session: Session, person_id: UUID, key: str) -> None:
    hoped = (Address.person_id == person_id) & (Address.address_key == key) & Address.confirmed_at.is_(None)
    session.execute(delete(Address).where(hoped))


def way_back(keyring: Keyring, change_id: UUID) -> str:
    """The path of the page that takes this change back: whoever has the mail to the old address has it."""
    return f"/address-reversal/{change_id}/{_proof(keyring, change_id)}"


def _proof(keyring: Keyring, change_id: UUID) -> str:
    return crockford(keyring.mac("address reversal", change_id), BACK_LENGTH)


def _can_go_back(at: datetime) -> ColumnElement[bool]:
    return AddressChange.reversed_at.is_(None) & (AddressChange.done_at > at - BACK_WITHIN)


def find_way_back(
    session: Session, keyring: Keyring, change_id: UUID, proof: str, at: datetime
) -> AddressChange | None:
    """The change this link takes back now; None when it is used, too old or not ours."""
    if proof != _proof(keyring, change_id):
        return None
    return session.scalar(select(AddressChange).where(AddressChange.id == change_id, _can_go_back(at)))


def take_back(session: Session, keyring: Keyring, change_id: UUID, proof: str, at: datetime) -> bool:
    """The old address opens the door again and nothing else that came later does; everybody is signed out. Once.

    Works also when the address was changed again: later ways back, which lie in later mailboxes, are dead from here on.
    """
    if find_way_back(session, keyring, change_id, proof, at) is None:
        return False
    this = update(AddressChange).where(AddressChange.id == change_id, _can_go_back(at)).values(reversed_at=at)
    if session.execute(this.returning(AddressChange.id)).first() is None:
        return False
    change = session.get_one(AddressChange, change_id, populate_existing=True)
    _restore(session, change, at)
    return True


def _restore(session: Session, change: AddressChange, at: datetime) -> None:
    mine = session.get_one(Address, change.address_id, with_for_update=True, populate_existing=True)
    later = (AddressChange.person_id == change.person_id) & (AddressChange.asked_at > change.asked_at)
    session.execute(update(AddressChange).where(later, AddressChange.done_at.is_not(None)).values(reversed_at=at))
    drop_unfinished(session, change.person_id)
    # Whoever sat in the account had a fresh code and could have had more addresses proven: those go as well.
    added = (Address.person_id == change.person_id) & (Address.id != mine.id) & (Address.created_at > change.asked_at)
    session.execute(delete(Address).where(added))
    running = OneTimeCode.address_key.in_([mine.address_key, change.new_key])
    session.execute(delete(OneTimeCode).where(running | (OneTimeCode.person_id == change.person_id)))
    _forget_hopes(session, change.person_id, change.old_key)
    mine.address, mine.address_key, mine.confirmed_at = change.old_address, change.old_key, at
    end_all_sessions(session, change.person_id, at)
    session.flush()


def may_be_taken_back(session: Session, person_ids: Sequence[UUID], at: datetime) -> bool:
    """Whether one of these people changed an address so short ago that their old mailbox may still undo it."""
    recent = AddressChange.person_id.in_(person_ids) & _can_go_back(at)
    return session.scalar(select(AddressChange.id).where(recent).limit(1)) is not None
