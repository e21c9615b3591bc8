"""Being told on this phone: one browser of one session, by its owner's tap, for as long as they are signed in there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from webapp.accounts.models import PushSubscription, SignInSession
from webapp.accounts.sessions import alive
from webapp.core.actor import PersonRef
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.push import Receiver

MOST = 5
"""Browsers of one person that are told; one more, and the one that was asked for first is not any longer."""


def subscribe(session: Session, person: PersonRef, receiver: Receiver, *, at: datetime) -> None:
    """Tell this browser from now on. A browser that was somebody else's is theirs no more. Safe to repeat."""
    # Locked: a sign-out in the same moment comes before, and then there is nobody to tell, or after, and ends it.
    mine = select(SignInSession.id).where(SignInSession.id == person.session_id, alive(at))
    if session.scalar(mine.with_for_update()) is None:
        return
    here = PushSubscription.session_id == person.session_id
    session.execute(delete(PushSubscription).where(here, PushSubscription.endpoint != receiver.endpoint))
    # A new id each time: what was on its way for whoever had this browser before finds nobody.
    row = dict(id=new_id(), person_id=person.id, session_id=person.session_id, created_at=at, **vars(receiver))
    insert = insert_once(session, PushSubscription.__table__).values(row)
    session.execute(insert.on_conflict_do_update(index_elements=["endpoint"], set_=row))
    surplus = [one.id for one in subscriptions_of(session, person.id, at)[MOST:]]
    if surplus:
        session.execute(delete(PushSubscription).where(PushSubscription.id.in_(surplus)))


def unsubscribe(session: Session, session_id: UUID) -> None:
    """Tell this browser nothing any more. Safe to repeat."""
    session.execute(delete(PushSubscription).where(PushSubscription.session_id == session_id))


def is_told(session: Session, session_id: UUID) -> bool:
    """Whether the browser of this session is told."""
    return bool(session.scalar(select(exists().where(PushSubscription.session_id == session_id))))


def subscriptions_of(session: Session, person_id: UUID, at: datetime) -> Sequence[PushSubscription]:
    """Where this person is told: browsers in which they are signed in now, newest first."""
    mine = select(PushSubscription).join(SignInSession, SignInSession.id == PushSubscription.session_id)
    mine = mine.where(PushSubscription.person_id == person_id, SignInSession.person_id == person_id, alive(at))
    newest = (PushSubscription.created_at.desc(), PushSubscription.id.desc())
    return session.scalars(mine.order_by(*newest)).all()


def find_subscription(session: Session, subscription_id: UUID, at: datetime) -> PushSubscription | None:
    """This one, if its browser is still signed in."""
    found = session.get(PushSubscription, subscription_id)
    signed_in = found and session.scalar(select(exists().where(SignInSession.id == found.session_id, alive(at))))
    return found if signed_in else None


def forget_subscription(session: Session, subscription_id: UUID) -> None:
    """Its push service says that it is no more."""
    session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))
