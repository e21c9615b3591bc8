"""What one of the two says: yes, not now, no. The second yes makes it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card
from webapp.contacts.queries import meetings_of_pair
from webapp.contacts.remembering import meet, say_where
from webapp.core.actor import NotHere
from webapp.core.outbox import put
from webapp.core.tokens import Sealed
from webapp.core.versions import bump
from webapp.introductions.asked import shown_asks, stand_apart
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.rules import Answer, comes_about, ends_by_mail
from webapp.introductions.verdicts import Answered, AnswerVerdict, Made
from webapp.swaps.granting import fields_to_give, give
from webapp.swaps.queries import names_for
from webapp.web.words import _

MADE = "introduction.made"


def answer(
    session: Session, ask_id: UUID, said: Answer, *, by_mail: bool, person_id: UUID, sealed: Sealed, at: datetime
) -> AnswerVerdict:
    """Keep what this person says; until it is made or over they may say otherwise. The same again changes nothing.

    With the second yes both have each other's cards, in the fields each said yes with. Nothing else is ever told to
    anybody. Raises NotHere for what they are not asked, or not any more.
    """
    ask, introduction = _asked(session, ask_id, person_id, at)
    ask.answer, ask.answered_at, ask.by_mail = said, at, by_mail and said == "yes"
    ask.fields = fields_to_give(session, get_card(session, person_id), None) if said == "yes" else []
    session.flush()
    bump(session, f"person:{person_id}")
    asks = _asks_of(session, introduction)
    if comes_about(introduction.course, _answers(asks), at) and not stand_apart(session, introduction):
        make(session, introduction, asks, sealed=sealed, at=at)
        return Made(introduction.id)
    return Answered(ask.id)


def _asked(session: Session, ask_id: UUID, person_id: UUID, at: datetime) -> tuple[IntroductionAsk, Introduction]:
    """What this person is asked, held until the transaction ends: of two yeses at one moment one is the second."""
    of_ask = select(IntroductionAsk.introduction_id).where(IntroductionAsk.id == ask_id)
    session.scalar(select(Introduction.id).where(Introduction.id == of_ask.scalar_subquery()).with_for_update())
    found = next((row for row in shown_asks(session, person_id, at) if row[0].id == ask_id), None)
    if found is None:
        raise NotHere
    return found


def _asks_of(session: Session, introduction: Introduction) -> dict[UUID, IntroductionAsk]:
    asks = select(IntroductionAsk).where(IntroductionAsk.introduction_id == introduction.id)
    rows = session.scalars(asks.execution_options(populate_existing=True))
    return {row.person_id: row for row in rows}


def _answers(asks: dict[UUID, IntroductionAsk]) -> list[Answer | None]:
    return [one.answer for one in asks.values()]  # type: ignore[misc]  # a column of text; only `answer` writes it


def make(
    session: Session,
    introduction: Introduction,
    asks: dict[UUID, IntroductionAsk],
    *,
    sealed: Sealed,
    at: datetime,
) -> None:
    """Two yeses: the cards go both ways, and each side has the other among its people."""
    introduction.made_at = at
    meeting = meet(session, None, introduction.first_id, introduction.second_id, at=at)
    for person_id, ask in asks.items():
        fields = list(ask.fields)
        give(session, meeting, person_id, operation=introduction.id, how="introduction", at=at, fields=fields)
        place = _("Introduced by %(name)s", name=_connector(session, introduction, person_id))
        say_where(session, meeting, person_id, place, sealed=sealed, at=at)
    bump(session, f"person:{introduction.connector_id}")
    session.flush()
    if ends_by_mail([introduction.by_mail, *(ask.by_mail for ask in asks.values())]):
        put(session, MADE, cause=introduction.id, at=at, introduction_id=str(introduction.id))


def _connector(session: Session, introduction: Introduction, person_id: UUID) -> str:
    """What this one of the two calls whoever brought them together."""
    met = meetings_of_pair(session, person_id, introduction.connector_id)[:1]
    return names_for(session, person_id, met)[met[0].id] if met else str(_("someone you know"))
