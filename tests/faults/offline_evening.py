"""An evening of many doors without a network, and a network that loses, cuts, doubles and shuffles what they tell."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.faults.hall import make_badges
from tests.sync.phones import DoorPhone
from webapp.checkin.models import CheckIn, DoorFact
from webapp.checkin.to_settle import cases_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.operations import Operation
from webapp.core.quarantine import QuarantinedOperation
from webapp.core.tokens import lookup_id

AGAIN, LOST, UNANSWERED, CUT = 0.30, 0.15, 0.25, 0.20
"""Shares of what is told once more, never arrives, is done without the phone hearing so, arrives in part."""
MISTAKES = 0.05


@dataclass
class Evening:
    """What `phones` doors did with `scans` badges each: made once, told in many ways."""

    cast: Cast
    phones: int
    scans: int
    doors: list[DoorPhone] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    arrived: list[dict[str, Any]] = field(default_factory=list)

    def play(self) -> None:
        """Let every door let people in: its own order of badges, its own clock, now and then a mistake taken back."""
        chance, room = Random(2026), Room(self.cast)
        # Fewer badges than scans: people go in and out by other doors, and badges are lent.
        self.lookups = [lookup_id(token) for token in make_badges(self.cast, self.phones * self.scans * 3 // 5)]
        for number in range(self.phones):
            phone = DoorPhone(room, name=f"Phone {number}", door=f"Door {number}")
            phone.off = timedelta(milliseconds=chance.randrange(-500_000, 500_000))
            self._work(phone, chance)
            self.doors.append(phone)

    def _work(self, phone: DoorPhone, chance: Random) -> None:
        begun = now() - timedelta(minutes=55)
        for number, lookup in enumerate(chance.sample(self.lookups, self.scans)):
            at = begun + number * timedelta(minutes=50) / self.scans
            done = phone.act("check_in", {"lookup": lookup, "anyway": ""}, at, decided="admitted")
            if chance.random() < MISTAKES:
                phone.take_back(done, at + timedelta(seconds=2))

    def tell(self, seed: int) -> None:
        """Tell all of it over a bad network, until every phone was told of every operation that it is known."""
        chance = Random(seed)
        waiting = {phone.name: chance.sample(phone.queue, len(phone.queue)) for phone in self.doors}
        heard: dict[str, list[dict[str, Any]]] = {phone.name: [] for phone in self.doors}
        while any(waiting.values()):
            phone = chance.choice([phone for phone in self.doors if waiting[phone.name]])
            queue, old = waiting[phone.name], heard[phone.name]
            batch = queue[: chance.randint(1, min(70, self.scans // 4))]
            batch = batch + chance.sample(old, min(len(old), int(len(batch) * AGAIN)))
            for told in self._send(phone, chance.sample(batch, len(batch)), chance):
                done = next((one for one in queue if one["id"] == told["id"]), None)
                if done:
                    queue.remove(done)
                    old.append(done)

    def _send(self, phone: DoorPhone, batch: list[dict[str, Any]], chance: Random) -> Iterator[dict[str, Any]]:
        if chance.random() < LOST:
            return
        if chance.random() < CUT:
            whole = json.dumps(phone.envelope(batch))
            part = phone.browser.post("/sync", data=whole[: len(whole) * 2 // 3], content_type="application/json")
            assert part.status_code == 400
            return
        answer = phone.send(batch)
        assert answer.status_code == 200, answer.text
        self.arrived += batch
        if chance.random() >= UNANSWERED:
            assert answer.json
            yield from answer.json["results"]

    def forget(self) -> None:
        """As if nothing had been told yet."""
        self.arrived.clear()
        with writing() as session:
            for table in (DoorFact, CheckIn, Operation, QuarantinedOperation):
                session.execute(delete(table))
            session.commit()

    # What must have come of it, counted from what was done.

    @property
    def entries(self) -> dict[str, list[dict[str, Any]]]:
        """Badge → what let its guest in and was not taken back."""
        acts = [act for phone in self.doors for act in phone.queue]
        mistakes = {act["body"]["operation"] for act in acts if act["kind"] == "undo_check_in"}
        standing: dict[str, list[dict[str, Any]]] = {}
        for act in acts:
            if act["kind"] == "check_in" and act["id"] not in mistakes:
                standing.setdefault(act["body"]["lookup"], []).append(act)
        return standing

    @property
    def operations(self) -> int:
        """How many there are."""
        return sum(len(phone.queue) for phone in self.doors)


@dataclass(frozen=True)
class State:
    """Everything that the doors' telling came to; nothing in it says when or in which order it was told."""

    facts: list[tuple[Any, ...]]
    inside: list[tuple[UUID, UUID, datetime]]
    cases: list[tuple[UUID, tuple[UUID, ...]]]

    @property
    def digest(self) -> str:
        """The same for the same state, and for no other."""
        return hashlib.sha256(repr((self.facts, self.inside, self.cases)).encode()).hexdigest()


def state_of(cast: Cast) -> State:
    """The state as it is now."""
    db.session.rollback()
    fact = (DoorFact.operation_id, DoorFact.kind, DoorFact.of_operation_id, DoorFact.attendee_id, DoorFact.at)
    facts = db.session.execute(select(*fact, DoorFact.device_id, DoorFact.uncertain_ms).order_by(DoorFact.operation_id))
    # Whose an undo is, is known when it comes after its entry: that alone depends on the order.
    plain = [(*row[:3], row[3] if row.kind == "entry" else None, *row[4:]) for row in facts]
    live = select(CheckIn.attendee_id, CheckIn.operation_id, CheckIn.at).where(CheckIn.undone_at.is_(None))
    inside = [(row[0], row[1], row[2]) for row in db.session.execute(live.order_by(CheckIn.attendee_id))]
    cases = [
        (case.attendee_id, tuple(entry.operation for entry in case.entries))
        for case in cases_of(db.session(), cast.mixer)
    ]
    return State(plain, inside, sorted(cases))


def flags_in_order(arrived: list[dict[str, Any]]) -> str:
    """What most programs do: one flag for each badge, set and cleared as things come; a digest of the flags."""
    inside: dict[str, bool] = {}
    whose = {act["id"]: act["body"].get("lookup", "") for act in arrived}
    for act in arrived:
        named = act["body"].get("operation", act["id"])
        inside[whose.get(named, named)] = act["kind"] == "check_in"
    return hashlib.sha256(repr(sorted(inside.items())).encode()).hexdigest()


def without_limits(app: Flask) -> None:
    """A night's telling in a minute is more than a phone may; what is limited has its own tests."""
    app.extensions["mixwell.settings"] = replace(app.extensions["mixwell.settings"], lift_limits=True)
