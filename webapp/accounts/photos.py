"""One's own photo, if one likes: so that others can place the face."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card, touch
from webapp.accounts.models import Photo
from webapp.core.pictures import portrait

SIDE = 480
"""Pixels of a kept photo: a card's width on a phone."""


def keep_photo(session: Session, person_id: UUID, sent: bytes, *, at: datetime) -> None:
    """This person's photo from now on. It is on their card, as every other field. Raises NotAPicture."""
    jpeg, card = portrait(sent, SIDE), get_card(session, person_id)
    session.merge(Photo(person_id=person_id, jpeg=jpeg))
    card.photo_at = at
    touch(session, card, at)


def remove_photo(session: Session, person_id: UUID, *, at: datetime) -> None:
    """No photo any more, here and with everybody who has the card. Safe to repeat."""
    card = get_card(session, person_id)
    if card.photo_at is None:
        return
    session.execute(delete(Photo).where(Photo.person_id == person_id))
    card.photo_at = None
    touch(session, card, at)


def photo_of(session: Session, person_id: UUID) -> bytes | None:
    """The JPEG, for whoever may see it: whoever asks has looked at that before."""
    return session.scalar(select(Photo.jpeg).where(Photo.person_id == person_id))
