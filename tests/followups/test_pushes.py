"""One line in the morning on a phone whose owner asked for it: never at night, no name, nobody else's."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.accounts.front_door import sign_in
from tests.core.push_service import Phone, PushService, decode, push_service
from tests.followups.mornings import next_morning
from tests.swaps.evening import EveningOut
from webapp.accounts import sessions
from webapp.accounts.models import Address, PushSubscription, SignInSession
from webapp.contacts.models import Meeting, Memory
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import ATTEMPTS, OutboxRow, Tools
from webapp.events.models import Event
from webapp.followups.jobs import put_morning_mails
from webapp.followups.morning import morning_after
from webapp.followups.pushes import PUSHED, put_morning_pushes
from webapp.mydata.leaving import erase
from webapp.settings import Settings
from webapp.swaps.blocking import block


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service that takes everything."""
    with push_service() as service:
        yield service


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a server that calls this machine instead of the push services."""
    return replace(settings, push_hosts=("localhost",), push_loopback=True)


@dataclass
class Morning:
    """An evening with Ann and Ben whose morning comes, and the phones they put to use."""

    evening: EveningOut
    service: PushService
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def phone(self, name: str, person_id: UUID | None = None) -> Phone:
        """A phone on which somebody (Ann, unless said otherwise) turned the switch on."""
        phone = Phone(name, self.service.base)
        self.browsers[name] = self.evening.cast.browser(person_id or self.evening.cast.ann.person_id)
        assert self.browsers[name].post("/me/push", data=phone.form).status_code == 303
        return phone

    def comes(self, hours: float = 0.1, *, sweep: bool = True) -> datetime:
        """So many hours after half past eight where the event was: chores run, and the outbox; when that was."""
        at = next_morning(self.evening, hours)
        with self.at(at):
            put_morning_mails(self.tools, at)
            if sweep:
                self.sweep(at)
        return at

    def at(self, when: datetime) -> AbstractContextManager[Any]:
        """The clock stands there."""
        db.session.remove()
        return time_machine.travel(when, tick=False)

    def sweep(self, at: datetime) -> None:
        """The outbox runs what is due."""
        with self.at(at):
            outbox.sweep(self.tools, at=at)
            db.session.remove()

    @property
    def tools(self) -> Tools:
        """What jobs work with."""
        tools: Tools = self.evening.app.extensions["mixwell.tools"]
        return tools


@pytest.fixture
def morning(evening: EveningOut, service: PushService) -> Morning:
    """The same evening, about to be over."""
    return Morning(evening, service)


def rows() -> list[OutboxRow]:
    """What stands in the outbox for phones."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == PUSHED)))


def told() -> list[str]:
    """Endpoints that are told."""
    db.session.rollback()
    return list(db.session.scalars(select(PushSubscription.endpoint)))


# What is said.


def test_it_says_that_something_waits_and_nothing_of_whom(morning: Morning) -> None:
    phone = morning.phone("anns-phone")
    morning.comes()
    [message] = morning.service.received
    said = phone.read(message)
    assert said["web_push"] == 8030
    line = said["notification"]
    assert (line["title"], line["body"]) == ("Mixwell", "Your morning list is ready.")
    assert line["navigate"] == "https://mix.example.org/next"
    assert set(line) == {"title", "body", "icon", "navigate", "tag"}


def test_s_16_neither_a_name_nor_a_note_nor_an_address_is_in_it(morning: Morning) -> None:
    """S-16, S-40: whatever is known of the evening, the line is the same for everybody."""
    ann, ben = morning.phone("anns-phone"), morning.phone("bens-phone", morning.evening.cast.ben.person_id)
    morning.comes()
    [hers], [his] = morning.service.to(ann), morning.service.to(ben)
    assert ann.read(hers) == ben.read(his)
    everything = f"{ann.read(hers)} {hers.headers}"
    known = ("Ann", "Achebe", "Ben", "Adeyemi", "Rye bread", "Bakes", "ann@", "Autumn mixer", "Harbour")
    assert [word for word in known if word in everything] == []
    ids = [str(morning.evening.cast.ann.person_id), str(morning.evening.cast.ben.person_id)]
    assert [one for one in ids if one in everything] == []


# When.


@pytest.mark.parametrize(("hours", "come"), [(-0.1, 0), (0.0, 1), (3.4, 1), (3.5, 0), (6, 0), (11.9, 0), (12.5, 0)])
def test_it_comes_between_half_past_eight_and_noon(morning: Morning, hours: float, come: int) -> None:
    morning.phone("anns-phone")
    morning.comes(hours)
    assert len(morning.service.received) == come


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin"])
def test_it_is_morning_where_the_event_was(morning: Morning, zone: str) -> None:
    with writing() as session:
        event = session.get_one(Event, morning.evening.cast.mixer.id)
        event.zone = zone
        session.commit()
        opens = morning_after(event.ends_at, zone)
    morning.phone("anns-phone")
    for minutes, come in ((-1, 0), (0, 1)):
        at = (opens + timedelta(minutes=minutes)).astimezone(UTC)
        # Who was signed in on the evening still is.
        with morning.at(at):
            put_morning_mails(morning.tools, at)
        morning.sweep(at)
        assert len(morning.service.received) == come
    assert (opens.hour, opens.minute) == (8, 30)


def test_the_push_service_keeps_it_until_noon_and_no_longer(morning: Morning) -> None:
    """A phone that is off until the evening stays silent then."""
    morning.phone("anns-phone")
    at = morning.comes(1.5)
    life = int(morning.service.received[0].headers["ttl"])
    assert at.astimezone(UTC) + timedelta(seconds=life) == next_morning(morning.evening, 3.5)


def test_in_quiet_hours_it_waits_and_after_noon_it_does_not_come(morning: Morning) -> None:
    morning.phone("anns-phone")
    morning.browsers["anns-phone"].post("/me/quiet-hours", data={"from": "22:00", "until": "10:30"})
    at = morning.comes()
    assert (len(rows()), morning.service.received) == (1, [])
    morning.sweep(at + timedelta(hours=1.5))
    assert morning.service.received == []
    morning.sweep(at + timedelta(hours=2.1))
    assert len(morning.service.received) == 1


@pytest.mark.parametrize(("starts", "until"), [("08:00", "13:00"), ("08:15", "07:00")])
def test_quiet_hours_that_take_the_whole_morning_leave_none(morning: Morning, starts: str, until: str) -> None:
    morning.phone("anns-phone")
    morning.browsers["anns-phone"].post("/me/quiet-hours", data={"from": starts, "until": until})
    at = morning.comes()
    morning.sweep(at + timedelta(days=1))
    assert (rows(), morning.service.received) == ([], [])


def test_who_said_not_tonight_is_not_told_of_that_evening(morning: Morning) -> None:
    morning.phone("anns-phone")
    morning.evening.prefer(morning.evening.cast.ann, "not_tonight")
    morning.comes()
    assert morning.service.received == []


def test_two_evenings_make_one_line_and_a_second_look_none(morning: Morning) -> None:
    cast = morning.evening.cast
    other = cast.event(cast.circle, title="After-work chess")
    first, second = sorted([cast.ann.person_id, cast.ben.person_id])
    with writing() as session:
        session.add(Meeting(id=new_id(), event_id=other.id, first_id=first, second_id=second, met_at=now()))
        session.flush()
        copy = session.scalars(select(Meeting).where(Meeting.event_id == other.id)).one()
        session.add(Memory(id=new_id(), meeting_id=copy.id, person_id=cast.ann.person_id, updated_at=now()))
        session.commit()
    morning.phone("anns-phone")
    morning.comes()
    morning.comes(0.5)
    assert len(morning.service.received) == 1


def test_a_switch_turned_off_and_on_again_that_morning_makes_no_second_line(morning: Morning) -> None:
    phone = morning.phone("anns-phone")
    morning.comes()
    browser = morning.browsers["anns-phone"]
    assert browser.post("/me/push/ending").status_code == 303
    assert browser.post("/me/push", data=phone.form).status_code == 303
    at = next_morning(morning.evening, 0.5)
    with writing() as session:  # another evening's morning comes half an hour later
        put_morning_pushes(session, session.get_one(Event, morning.evening.cast.mixer.id), at)
        session.commit()
    morning.sweep(at)
    assert len(morning.service.received) == 1


# For whom.


def test_who_did_not_ask_is_not_told(morning: Morning) -> None:
    ann = morning.phone("anns-phone")
    morning.comes()
    assert len(morning.service.received) == len(morning.service.to(ann)) == 1


def test_it_comes_beside_the_mail_and_also_to_who_wants_no_mail(morning: Morning, settings: Settings) -> None:
    morning.phone("anns-phone")
    morning.phone("bens-phone", morning.evening.cast.ben.person_id)
    with writing() as session:
        session.execute(update(Address).where(Address.address_key == "ann@example.org").values(no_news_at=now()))
        session.commit()
    morning.comes()
    assert len(morning.service.received) == 2
    assert len(list((settings.data_dir / "mail").glob("*.eml"))) == 1


def test_who_has_nobody_to_read_of_is_not_told(morning: Morning) -> None:
    ann, ben = morning.evening.cast.ann, morning.evening.cast.ben
    morning.phone("bens-phone", ben.person_id)
    with writing() as session:
        block(session, new_id(), ann.person_id, by=morning.evening.cast.actor(ben.person_id), at=now())
        session.commit()
    morning.comes()
    assert morning.service.received == []


def test_who_left_is_not_told_though_it_was_due(morning: Morning) -> None:
    morning.phone("anns-phone")
    at = morning.comes(sweep=False)
    with writing() as session:
        erase(session, morning.evening.cast.ann.person_id, at=now())
        session.commit()
    morning.sweep(at)
    assert (morning.service.received, told()) == ([], [])


# S-40: two people, one browser.


def in_the_same_browser(morning: Morning, drain: Any, name: str) -> FlaskClient:
    """Ben signs in where Ann is."""
    browser = morning.browsers[name]
    assert sign_in(morning.evening.app, browser, drain, "ben@example.org").status_code == 303
    assert "Ben Adeyemi" in browser.get("/me").text
    return browser


def test_s_40_canary_as_long_as_she_is_signed_in_her_line_comes(morning: Morning) -> None:
    ann = morning.phone("shared")
    morning.comes()
    assert len(morning.service.to(ann)) == 1


def test_s_40_canary_if_signing_in_ended_nothing_her_line_would_come(
    morning: Morning, drain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = morning.phone("shared")
    monkeypatch.setattr(sessions, "_end", lambda *_: None)
    in_the_same_browser(morning, drain, "shared")
    morning.comes()
    assert len(morning.service.to(ann)) == 1


def test_s_40_after_a_second_sign_in_nothing_of_the_first_comes(morning: Morning, drain: Any) -> None:
    """S-40: he asked for nothing, so this browser is told nothing at all."""
    morning.phone("shared")
    in_the_same_browser(morning, drain, "shared")
    assert told() == []
    morning.comes()
    assert morning.service.received == []


def test_s_40_if_he_asks_too_the_browser_is_his_alone(morning: Morning, drain: Any) -> None:
    shared = morning.phone("shared")
    browser = in_the_same_browser(morning, drain, "shared")
    assert browser.post("/me/push", data=shared.form).status_code == 303
    morning.comes()
    assert len(morning.service.received) == 1
    [owner] = db.session.scalars(select(PushSubscription.person_id))
    assert owner == morning.evening.cast.ben.person_id


def test_s_40_it_moves_even_where_her_session_was_never_ended(morning: Morning) -> None:
    """Her cookie was lost, not signed out: the endpoint alone says that it is the same browser."""
    shared = morning.phone("shared")
    his = morning.evening.cast.browser(morning.evening.cast.ben.person_id)
    assert his.post("/me/push", data=shared.form).status_code == 303
    morning.comes()
    assert len(morning.service.received) == 1
    assert [row.payload["subscription_id"] for row in rows()] == [
        str(one) for one in db.session.scalars(select(PushSubscription.id))
    ]


def test_s_40_what_was_on_its_way_for_her_finds_nobody(morning: Morning) -> None:
    shared = morning.phone("shared")
    at = morning.comes(sweep=False)
    his = morning.evening.cast.browser(morning.evening.cast.ben.person_id)
    assert his.post("/me/push", data=shared.form).status_code == 303
    morning.sweep(at)
    assert (len(rows()), morning.service.received) == (1, [])


@pytest.mark.parametrize("way", ["here", "elsewhere", "everywhere else", "idle", "too many"])
def test_s_40_signing_out_ends_it_however_it_comes(morning: Morning, way: str) -> None:
    morning.phone("anns-phone")
    ann, cast = morning.browsers["anns-phone"], morning.evening.cast
    other = cast.browser(cast.ann.person_id)
    session_id = db.session.scalars(select(PushSubscription.session_id)).one()
    db.session.rollback()
    match way:
        case "here":
            ann.post("/sign-out")
        case "elsewhere":
            other.post(f"/me/sessions/{session_id}/ending")
        case "everywhere else":
            other.post("/me/sessions/others/ending")
        case "idle":
            with writing() as session:
                stale = update(SignInSession).where(SignInSession.id == session_id)
                session.execute(stale.values(seen_at=now() - sessions.IDLE))
                session.commit()
        case "too many":
            for _ in range(sessions.MOST):
                cast.browser(cast.ann.person_id)
    assert way == "idle" or told() == []
    morning.comes()
    assert morning.service.received == []


# Faults (F25).


def test_f_25_a_dead_subscription_is_taken_away_and_not_tried_again(morning: Morning) -> None:
    morning.service.answers += [(410, {}), (404, {})]
    morning.phone("anns-phone")
    morning.phone("anns-tablet")
    at = morning.comes()
    assert (len(morning.service.received), told()) == (2, [])
    assert all(row.done_at for row in rows())
    morning.sweep(at + timedelta(hours=1))
    assert len(morning.service.received) == 2


def test_f_25_a_busy_service_is_left_alone_as_long_as_it_says(morning: Morning) -> None:
    morning.service.answers.append((429, {"Retry-After": "1800"}))
    morning.phone("anns-phone")
    at = morning.comes()
    assert rows()[0].due_at == at + timedelta(minutes=30)
    morning.sweep(at + timedelta(minutes=29))
    assert len(morning.service.received) == 1
    morning.sweep(at + timedelta(minutes=31))
    assert len(morning.service.received) == 2
    assert told() != []


def test_f_25_a_service_that_is_down_is_tried_later_and_later_until_noon(morning: Morning) -> None:
    morning.service.answers += [(503, {})] * 3
    morning.phone("anns-phone")
    at = morning.comes()
    for _ in range(3):
        at = rows()[0].due_at
        morning.sweep(at)
    assert [len(morning.service.received), bool(rows()[0].done_at)] == [4, True]


def test_f_25_after_noon_it_is_not_tried_any_more(morning: Morning) -> None:
    morning.service.answers += [(503, {})] * ATTEMPTS
    morning.phone("anns-phone")
    morning.comes(3.4)
    morning.sweep(next_morning(morning.evening, 3.6))
    assert len(morning.service.received) == 1
    assert rows()[0].done_at


def test_f_25_a_crash_between_sending_and_noting_sends_the_same_topic(morning: Morning) -> None:
    """The push service and the phone put the second in the place of the first."""
    phone = morning.phone("anns-phone")
    at = morning.comes(sweep=False)
    [row] = rows()
    with morning.at(at), pytest.MonkeyPatch.context() as crash:
        crash.setattr(outbox, "_finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            outbox.run(row.id, morning.tools, at=at)
    morning.sweep(at + outbox.LEASE + timedelta(seconds=1))
    first, again = morning.service.to(phone)
    assert first.headers["topic"] == again.headers["topic"]
    assert decode(first.headers["topic"]) == row.id.bytes
    assert phone.read(first)["notification"]["tag"] == phone.read(again)["notification"]["tag"] == "morning"


def test_a_host_taken_off_the_list_is_called_no_more(morning: Morning, app: Flask) -> None:
    morning.phone("anns-phone")
    pusher = replace(morning.tools.pusher, caller=replace(morning.tools.pusher.caller, hosts=()))
    app.extensions["mixwell.tools"] = replace(morning.tools, pusher=pusher)
    morning.comes()
    assert (morning.service.received, [bool(row.done_at) for row in rows()]) == ([], [True])
    assert "mornings only" not in morning.browsers["anns-phone"].get("/me/push").text
