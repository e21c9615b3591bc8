"""*Too early to tell* comes back after 3, 6 and 12 months, once each (practice E4)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.chains.kinds import Ledger
from webapp.chains.models import Outcome
from webapp.chains.telling import Chain, chain_of
from webapp.chains.words import months_between
from webapp.contacts.asking import Asked, Wish
from webapp.core.actor import NotHere

KIND = "too early"
AFTER = (3, 6, 12)
"""Months after which one is asked again."""


def wishes_of(session: Session, person_id: UUID, today: date) -> list[Wish]:
    """What this person could be asked about, the longest waiting first; of several due turns the last."""
    early = select(Outcome.id, Outcome.early_on).where(Outcome.state == "too_early", Outcome.person_id == person_id)
    rows = session.execute(early.where(Outcome.early_on.is_not(None)).order_by(Outcome.early_on, Outcome.id))
    turns = [
        (key, max((turn for turn in AFTER if since and months_between(since, today) >= turn), default=0))
        for key, since in rows
    ]
    return [Wish(KIND, key, turn) for key, turn in turns if turn]


def who_waits(session: Session) -> Sequence[UUID]:
    """Everybody who said that it is too early to tell."""
    early = select(Outcome.person_id).where(Outcome.state == "too_early").distinct()
    return session.scalars(early.order_by(Outcome.person_id)).all()


def asked_about(ledger: Ledger, asked: Asked | None, at: datetime) -> tuple[Asked, Chain] | None:
    """The question that stands, if it is one of these, with its chain; None also where its outcome is gone."""
    if asked is None or asked.kind != KIND:
        return None
    try:
        return asked, chain_of(ledger, asked.about_id, at.date())
    except NotHere:
        return None
