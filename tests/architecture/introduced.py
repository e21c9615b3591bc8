"""Introductions of the house: one that is written, one that is asked, one that was made, one that is wished for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from tests.cast import Cast, keep
from webapp.accounts.models import Card, Person
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, Sealed
from webapp.introductions.edges import edges_of
from webapp.introductions.links import ask_link
from webapp.introductions.models import (
    Introduction,
    IntroductionAsk,
    IntroductionChoice,
    IntroductionReply,
    TieChoice,
)
from webapp.swaps.models import Grant


def bring_together(app: Flask, cast: Cast, mark: str, me: UUID, other: UUID) -> dict[str, Any]:
    """These two know Ida; the other also knows Jo, whom the first does not. Values for addresses."""
    keyring: Keyring = app.extensions["mixwell.tools"].keyring
    at = now() - timedelta(minutes=6)
    ida, jo = (
        cast.person(name, f"{name[:3].strip().lower()}@{mark}.example.org") for name in ("Ida Third", "Jo Fourth")
    )
    for one, two in ((me, ida.id), (other, ida.id), (other, jo.id)):
        _swap(one, two, at)
    _let_be_seen(jo, mark, (me, other, jo.id), ida.id)
    words = Sealed(keyring, "notes").seal(mark, owner=me)
    written = Introduction(connector_id=me, first_id=other, second_id=ida.id, drafted_at=at)
    _keep(written, (other, None), (ida.id, None))
    asked = Introduction(connector_id=ida.id, first_id=me, second_id=other, drafted_at=at, asked_at=at)
    [mine, _theirs] = _keep(asked, (me, words), (other, None))
    made = Introduction(connector_id=ida.id, first_id=me, second_id=other, drafted_at=at, asked_at=at, made_at=at)
    _keep(made, (me, words), (other, None))
    for person in (me, other):
        reply = IntroductionReply(id=new_id(), introduction_id=made.id, person_id=person, question="met", at=at)
        reply.answer = True
        keep(reply)
    wish = Introduction(connector_id=other, first_id=me, second_id=jo.id, drafted_at=at, wished_at=at)
    _keep(wish, (me, words))
    [edge] = edges_of(db.session(), me, keyring)
    db.session.rollback()
    values: dict[str, Any] = {"introduction_id": written.id, "ask_id": mine.id, "made_id": made.id}
    values |= {"ask_proof": ask_link(keyring, mine).rpartition("/")[2], "wish_id": wish.id, "handle": edge.handle}
    return values | {"said": "no", "question": "met"}


def _swap(one: UUID, two: UUID, at: datetime) -> None:
    first, second = sorted((one, two))
    meeting = Meeting(id=new_id(), event_id=None, first_id=first, second_id=second, met_at=at)
    keep(meeting)
    given: dict[str, Any] = dict(meeting_id=meeting.id, operation_id=new_id(), card_version=1, wording="1", how="scan")
    for giver, receiver in ((one, two), (two, one)):
        keep(Memory(id=new_id(), meeting_id=meeting.id, person_id=giver, updated_at=at))
        keep(Grant(id=new_id(), giver_id=giver, receiver_id=receiver, fields=["ask_me_about"], at=at, **given))


def _let_be_seen(jo: Person, mark: str, people: tuple[UUID, ...], ida: UUID) -> None:
    with writing() as session:
        session.get_one(Card, jo.id).ask_me_about = mark
        session.commit()
    for person in people:
        keep(IntroductionChoice(person_id=person, by_mail=False, seen=True))
    for person, other in ((people[0], people[1]), (people[1], ida)):
        keep(TieChoice(id=new_id(), person_id=person, other_id=other, seen=True))


def _keep(introduction: Introduction, *asks: tuple[UUID, bytes | None]) -> list[IntroductionAsk]:
    introduction.id, introduction.by_mail = new_id(), False
    keep(introduction)
    kept = []
    for person, words in asks:
        ask = IntroductionAsk(id=new_id(), introduction_id=introduction.id, person_id=person, by_mail=False, fields=[])
        ask.sealed_words = words
        ask.answer = "yes" if introduction.made_at or introduction.wished_at else None
        kept.append(keep(ask))
    return kept
