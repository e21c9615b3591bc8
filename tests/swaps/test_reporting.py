"""An unwanted pitch: gone for me at once, one row for the organizers, and nothing anybody else could tell by."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import keep
from tests.people.pages import words
from tests.swaps.evening import EveningOut
from tests.swaps.test_blocking import pages_of
from tests.web.pages import visit
from webapp.circles.models import CircleRole
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.mydata.jobs import MINUTE, forget_what_is_due
from webapp.mydata.leaving import erase
from webapp.swaps.models import PitchReport
from webapp.web.limits import LIMITS

SAID = "Sold me an insurance <b>twice</b>"


def report(evening: EveningOut, me: Attendee, other: Attendee, **form: str) -> FlaskClient:
    """My phone, once they are reported."""
    phone = evening.cast.browser(me.person_id)
    sent = phone.post(f"/people/{other.person_id}/report", data={"operation_id": str(new_id())} | form)
    assert (sent.status_code, sent.location) == (303, "/people")
    return phone


def desk(evening: EveningOut) -> str:
    """What the organizer's page of the event says."""
    page = visit(evening.cast.browser(evening.cast.dora.id), f"/events/{evening.cast.mixer.id}")
    assert page.faults == []
    return words(page.text)


def rows() -> list[PitchReport]:
    db.session.rollback()
    return list(db.session.scalars(select(PitchReport)))


def test_c1_reporting_one_pitch_hides_the_sender_from_me_at_once(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ben, ann)
    assert "Ben Adeyemi" in evening.cast.browser(ann.person_id).get("/people").text
    phone = report(evening, ann, ben)
    for path in ("/people", "/next", "/scan", "/pulse", "/people/table.csv"):
        assert "Ben Adeyemi" not in phone.get(path).text, path
    assert phone.get(f"/people/{ben.person_id}").status_code == 404


def test_c1_the_organizers_read_who_and_when_and_my_words_only_if_i_tick_that(evening: EveningOut) -> None:
    ann, ben, cleo = evening.cast.ann, evening.cast.ben, evening.come("Cleo Third")
    assert "Unwanted pitches" not in desk(evening)
    for reporter in (ann, cleo):
        evening.meet(ben, reporter)
    report(evening, ann, ben, words=SAID)
    said = desk(evening)
    assert "Ben Adeyemi" in said
    assert "insurance" not in said
    assert [row.words for row in rows()] == [""]
    report(evening, cleo, ben, words=SAID, tell="on")
    said = desk(evening)
    assert said.count("Ben Adeyemi") == 2
    assert "Sold me an insurance &lt;b&gt;twice&lt;/b&gt;" in said
    assert "Ann" not in said
    assert "Cleo" not in said


def test_c1_s_15_the_reported_see_exactly_what_no_answer_shows(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ben, ann)
    theirs = evening.cast.browser(ben.person_id)
    unanswered = pages_of(theirs, ann)
    report(evening, ann, ben, words=SAID, tell="on")
    assert pages_of(theirs, ann) == unanswered
    assert "insurance" not in theirs.get("/me/data.zip").data.decode("latin-1")


def test_an_organizer_reads_nothing_about_themself(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    keep(CircleRole(id=new_id(), circle_id=evening.cast.circle.id, person_id=ben.person_id, given_at=now()))
    evening.meet(ben, ann)
    report(evening, ann, ben)
    own = evening.cast.browser(ben.person_id).get(f"/events/{evening.cast.mixer.id}")
    assert own.status_code == 200
    assert "Unwanted pitches" not in own.text
    assert "Unwanted pitches" in desk(evening)


def test_the_same_report_sent_twice_is_one_row(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ben, ann)
    operation = str(new_id())
    report(evening, ann, ben, operation_id=operation)
    report(evening, ann, ben, operation_id=operation)
    assert len(rows()) == 1


def test_whom_i_never_met_i_do_not_report(evening: EveningOut) -> None:
    phone = evening.cast.browser(evening.cast.ann.person_id)
    assert phone.post(f"/people/{evening.cast.ben.person_id}/report").status_code == 404
    assert rows() == []


def test_evidence_is_kept_ninety_days_and_no_longer(evening: EveningOut) -> None:
    evening.meet(evening.cast.ben, evening.cast.ann)
    report(evening, evening.cast.ann, evening.cast.ben)
    for days, left in ((89, 1), (91, 0)):
        at = (now() + timedelta(days=days)).replace(minute=MINUTE)
        db.session.rollback()
        forget_what_is_due(evening.app.extensions["mixwell.tools"], at)
        assert len(rows()) == left


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_a_report_leaves_with_either_of_the_two(evening: EveningOut, who: str) -> None:
    evening.meet(evening.cast.ben, evening.cast.ann)
    report(evening, evening.cast.ann, evening.cast.ben)
    with writing() as session:
        erase(session, getattr(evening.cast, who).person_id, at=now())
        session.commit()
    assert rows() == []


def test_ten_reports_a_day_and_not_eleven(evening: EveningOut) -> None:
    assert LIMITS["pitch report"] == "10 per day"
    evening.meet(evening.cast.ben, evening.cast.ann)
    phone, path = evening.cast.browser(evening.cast.ann.person_id), f"/people/{evening.cast.ben.person_id}/report"
    form = {"operation_id": str(new_id())}
    assert [phone.post(path, data=form).status_code for _time in range(11)] == [303] * 10 + [429]


# No message to many.


def test_c1_twenty_contacts_offer_no_message_to_all(evening: EveningOut) -> None:
    ann = evening.cast.ann
    for number in range(20):
        other = evening.come(f"Guest {number}", email=f"g{number}@example.org", reach_email=True, reach_chosen_at=now())
        evening.prefer(other, "swap")
        evening.meet(ann, other)
    phone = evening.cast.browser(ann.person_id)
    people = re.findall(r'href="(/people/[0-9a-f-]{36})"', phone.get("/people").text)
    assert len(people) == 20
    for path in ("/people", "/people?state=swapped", "/people/taking-along", "/next", "/me", people[0]):
        page = phone.get(path).text
        assert 'type="checkbox" name="person' not in page
        assert not re.search(r"(?i)(message|write to|mail) (all|everyone|everybody|them all)", words(page)), path
        recipients = [address.partition("?")[0] for address in re.findall(r'href="mailto:([^"]*)"', page)]
        assert not any("," in address or ";" in address or "%2C" in address for address in recipients), path
    assert "mailto:g" in phone.get(people[0]).text, "one by one"


def test_c1_no_route_writes_to_more_than_one_person(evening: EveningOut) -> None:
    """What is sent to many comes from an organizer's invitation run, or is an answer to cards that already came."""
    to_many = {"swaps.answer_all", "invitations.create", "invitations.create_resend"}
    names = {rule.endpoint for rule in evening.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert to_many <= names
    many = re.compile("(?:[.]|_)(all|bulk|broadcast|everybody|everyone)(?:_|$)")
    assert [name for name in names - to_many if many.search(name)] == []
