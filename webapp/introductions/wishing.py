"""Asking a common friend for an introduction (practices C16). Until it is made, only they know what becomes of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring, Sealed
from webapp.core.versions import bump
from webapp.introductions.drafting import new_ask
from webapp.introductions.edges import Edge, get_edge
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.rules import WISH_WAITS
from webapp.introductions.verdicts import Wished, WishedOften, WishVerdict
from webapp.swaps.granting import fields_to_give

MOST_WISHES = 3
"""How often one may wish for the same one through the same friend; one at a time."""


def wish(
    session: Session,
    operation: UUID,
    handle: str,
    words: str,
    *,
    by_mail: bool,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> WishVerdict:
    """Ask the friend on this edge to introduce this person, in this clean paragraph about themself.

    It is their yes to it, with what their card gives now. Safe to repeat. Raises NotHere for an edge they do not see.
    """
    me = by.someone.id

    def act() -> WishVerdict:
        edge = get_edge(session, me, handle, keyring)
        if _too_often(session, me, edge, at):
            return WishedOften()
        row = Introduction(id=new_id(), connector_id=edge.connector_id, first_id=me, second_id=edge.wanted_id)
        row.by_mail, row.drafted_at, row.wished_at = False, at, at
        session.add(row)
        session.flush()
        mine = new_ask(row.id, me)
        mine.sealed_words = Sealed(keyring, "notes").seal(words, owner=me)
        mine.answer, mine.answered_at, mine.by_mail = "yes", at, by_mail
        mine.fields = fields_to_give(session, get_card(session, me), None)
        session.add(mine)
        bump(session, f"person:{edge.connector_id}")
        session.flush()
        return Wished(row.id)

    said = keyring.mac("wish", words).hex()  # keyed: a short text could be found again from a plain hash
    body = {"edge": handle, "words": said, "by_mail": str(by_mail)}
    return once(session, Envelope(operation, "wish", by.label, body), WishVerdict, act, at=at)


def take_wish_back(session: Session, introduction_id: UUID, person_id: UUID, *, at: datetime) -> None:
    """I would rather not after all: nothing comes of it, and nobody is told. Safe to repeat.

    Raises NotHere for a wish that is not this person's, or that came true.
    """
    found = session.scalar(select(Introduction).where(Introduction.id == introduction_id).with_for_update())
    if found is None or found.wished_at is None or found.first_id != person_id or found.made_at:
        raise NotHere
    mine = select(IntroductionAsk).where(IntroductionAsk.introduction_id == found.id)
    for ask in session.scalars(mine.where(IntroductionAsk.person_id == person_id)):
        ask.answer, ask.answered_at, ask.fields = "not now", at, []
    session.flush()


def _too_often(session: Session, me: UUID, edge: Edge, at: datetime) -> bool:
    """By what this person did alone, and by the calendar: a refusal frees nothing."""
    mine = (Introduction.first_id == me) & Introduction.wished_at.is_not(None)
    same = mine & (Introduction.connector_id == edge.connector_id) & (Introduction.second_id == edge.wanted_id)
    made = select(func.count()).select_from(Introduction).where(same)
    if session.scalar(made.where(Introduction.wished_at > at - WISH_WAITS)):
        return True
    return (session.scalar(made) or 0) >= MOST_WISHES
