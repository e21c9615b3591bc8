"""One id, one answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, Operation, OperationReused, once


@dataclass(frozen=True)
class Welcomed:
    """Somebody was let in."""

    guest_id: UUID
    at: datetime
    door: str | None


@dataclass(frozen=True)
class TurnedAway:
    """Somebody was not."""

    reason: str


Verdict = Welcomed | TurnedAway


def envelope(**body: str) -> Envelope:
    return Envelope(id=new_id(), kind="check_in", actor="device:1", body=body)


def ask(asked: Envelope, verdict: Verdict) -> Verdict:
    with writing() as session:
        given: Verdict = once(session, asked, Verdict, lambda: verdict, at=now())
        session.commit()
    return given


def test_the_same_operation_sent_a_thousand_times_is_one_row_and_one_answer(app: Flask) -> None:
    asked, first = envelope(code="ABC"), Welcomed(new_id(), now(), None)
    ask(asked, first)
    answers = {ask(asked, TurnedAway("a later state of the world")) for _ in range(1000)}
    assert answers == {first}
    assert db.session.scalar(select(func.count()).select_from(Operation)) == 1


def test_an_id_cannot_be_used_again_for_something_else(app: Flask) -> None:
    asked = envelope(code="ABC")
    ask(asked, TurnedAway("unknown"))
    other = Envelope(id=asked.id, kind="check_in", actor="device:1", body={"code": "XYZ"})
    with pytest.raises(OperationReused):
        ask(other, TurnedAway("unknown"))


def test_what_was_asked_is_not_stored_readably(app: Flask) -> None:
    asked = envelope(note="she breeds alpacas")
    ask(asked, TurnedAway("kept"))
    row = db.session.execute(select(Operation.__table__)).one()
    assert "alpacas" not in repr(row)
