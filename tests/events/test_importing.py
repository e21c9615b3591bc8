"""What bringing a list in writes, and what it leaves alone."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.cast import Cast, keep
from tests.events.lists import HEADINGS, MIXER, brought_in, counts, csv_of, guests_by_name, staged, staged_bytes
from tests.steps import LINEAR, growth
from webapp.accounts.models import Address, Card, Person
from webapp.circles.models import Circle
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.versions import version_of
from webapp.events.importing import BroughtIn, LookAgain, NotMapped, fingerprint, rehearse_run
from webapp.events.models import Attendee, ImportChange, ImportRun
from webapp.events.names import box_letter, sort_key
from webapp.events.rehearsal import Choice

ANA = ["Ana Silva", "ana@example.org", "Lantern Works", "T-1"]
BEN = ["Ben O’Hara", "", "Boats & Sons", "T-2"]


def people() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(Person)) or 0


def test_new_guests_are_kept_exactly_as_typed_and_found_like_any_other(cast: Cast) -> None:
    run = staged(cast.mixer, ANA, ["  Müller-Lüdenscheidt, Jürgen ", "J.Mueller@Example.org", "Küche", ""])
    before = version_of(db.session(), f"event:{cast.mixer.id}")
    assert brought_in(cast.mixer, run) == BroughtIn(2, 0, 0)
    guest = guests_by_name(cast.mixer)["Müller-Lüdenscheidt, Jürgen"]
    assert (guest.source, guest.email, guest.email_key) == ("import", "J.Mueller@example.org", "j.mueller@example.org")
    assert (guest.sort_key, guest.box) == (sort_key("Jürgen", "Müller-Lüdenscheidt"), box_letter("Jürgen", "Müller"))
    assert guest.search_key == "muller ludenscheidt jurgen"
    assert version_of(db.session(), f"event:{cast.mixer.id}") == before + 1


def test_every_new_guest_is_an_unclaimed_person_with_an_empty_card(cast: Cast) -> None:
    brought_in(cast.mixer, staged(cast.mixer, ANA, BEN))
    guests = guests_by_name(cast.mixer)
    ana, ben = guests["Ana Silva"], guests["Ben O’Hara"]
    for guest in (ana, ben):
        person, card = db.session.get_one(Person, guest.person_id), db.session.get_one(Card, guest.person_id)
        assert (person.name, person.claimed_at, card.company, card.reach_email) == (guest.name, None, "", False)
    hoped = db.session.scalars(db.select(Address)).all()
    assert [(row.person_id, row.address_key, row.confirmed_at) for row in hoped] == [
        (ana.person_id, "ana@example.org", None)
    ]


def test_the_same_list_again_is_nothing_new_and_nothing_changed(cast: Cast) -> None:
    brought_in(cast.mixer, staged(cast.mixer, ANA, BEN))
    again = staged(cast.mixer, ANA, BEN)
    assert counts(again) == {"same": 2}
    assert brought_in(cast.mixer, again) == BroughtIn(0, 0, 0)
    assert len(guests_by_name(cast.mixer)) == 2


def test_a_changed_row_changes_the_guest_and_remembers_the_old_values(cast: Cast) -> None:
    brought_in(cast.mixer, staged(cast.mixer, ANA))
    ana = guests_by_name(cast.mixer)["Ana Silva"]
    run = staged(cast.mixer, ["Ana Silva", "ana.silva@example.org", "Lantern Works Ltd", "T-1"])
    assert brought_in(cast.mixer, run) == BroughtIn(0, 1, 0)
    changed = guests_by_name(cast.mixer)["Ana Silva"]
    assert (changed.id, changed.email_key, changed.company) == (ana.id, "ana.silva@example.org", "Lantern Works Ltd")
    [change] = db.session.scalars(db.select(ImportChange).where(ImportChange.run_id == run.id))
    assert change.before == {"email": "ana@example.org", "company": "Lantern Works"}
    assert change.after == {"email": "ana.silva@example.org", "company": "Lantern Works Ltd"}


def test_the_hoped_for_address_of_an_unclaimed_guest_follows_a_correction(cast: Cast) -> None:
    brought_in(cast.mixer, staged(cast.mixer, ["Ana Silva", "anna@example.org", "", "T-1"]))
    brought_in(cast.mixer, staged(cast.mixer, ANA))
    assert [row.address_key for row in db.session.scalars(db.select(Address))] == ["ana@example.org"]


def test_a_claimed_person_keeps_name_and_address_whatever_the_list_says(cast: Cast) -> None:
    guest = cast.guest("Ana Silva", email="ana@example.org", claimed=True, external_ref="T-1")
    brought_in(cast.mixer, staged(cast.mixer, ["Ana Silva-Berg", "ana@example.org", "", "T-1"]))
    assert guests_by_name(cast.mixer)["Ana Silva-Berg"].id == guest.id
    assert db.session.get_one(Person, guest.person_id, populate_existing=True).name == "Ana Silva"
    [address] = db.session.scalars(db.select(Address).where(Address.person_id == guest.person_id))
    assert address.confirmed_at


def test_an_undecided_row_is_left_and_a_decided_one_is_done(cast: Cast) -> None:
    cast.guest("Ana Silva", email="ana@example.org")
    rows = ["Ana Maria Silva", "ana@example.org", "", ""]
    assert brought_in(cast.mixer, staged(cast.mixer, rows)) == BroughtIn(0, 0, 1)
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}
    assert brought_in(cast.mixer, staged(cast.mixer, rows), choices={2: Choice.UPDATE}) == BroughtIn(0, 1, 0)
    assert set(guests_by_name(cast.mixer)) == {"Ana Maria Silva"}
    added = staged(cast.mixer, ["Ana", "ana@example.org", "", ""])
    assert brought_in(cast.mixer, added, choices={2: Choice.NEW}) == BroughtIn(1, 0, 0)
    assert set(guests_by_name(cast.mixer)) == {"Ana Maria Silva", "Ana"}


def test_two_people_with_one_address_and_two_of_one_name_are_all_guests(cast: Cast) -> None:
    rows = [["Ana Silva", "home@example.org", "", ""], ["Rui Silva", "home@example.org", "", ""]]
    rows += [["Kim Lee", "kim@example.org", "", ""], ["Kim Lee", "lee@example.org", "", ""]]
    assert brought_in(cast.mixer, staged(cast.mixer, *rows)) == BroughtIn(4, 0, 0)
    assert counts(staged(cast.mixer, *rows)) == {"same": 4}
    assert people() == 4


def test_a_guest_of_an_earlier_event_of_the_circle_is_the_same_person(cast: Cast) -> None:
    last_month = cast.event(cast.circle, starts_at=now() - timedelta(days=30), ends_at=now() - timedelta(days=29))
    unclaimed = cast.guest("Ana Silva", event=last_month, email="ana@example.org")
    claimed = cast.guest("Ben O’Hara", event=last_month, email="ben@example.org", claimed=True)
    rows = [["SILVA, Ana", "Ana@example.org", "", ""], ["Ben O’Hara", "ben@example.org", "", ""]]
    brought_in(cast.mixer, staged(cast.mixer, *rows))
    tonight = guests_by_name(cast.mixer)
    assert tonight["SILVA, Ana"].person_id == unclaimed.person_id
    assert tonight["Ben O’Hara"].person_id == claimed.person_id
    assert people() == 2


@pytest.mark.parametrize("row", [["Ana Silva", "", "", ""], ["Ana Santos", "ana@example.org", "", ""]])
def test_name_alone_or_address_alone_makes_nobody_the_same_person(cast: Cast, row: list[str]) -> None:
    earlier = cast.guest("Ana Silva", event=cast.event(cast.circle), email="ana@example.org")
    brought_in(cast.mixer, staged(cast.mixer, row))
    [guest] = guests_by_name(cast.mixer).values()
    assert guest.person_id != earlier.person_id


def test_people_of_another_circle_are_never_looked_at(cast: Cast) -> None:
    twin = cast.guest("Ana Silva", event=cast.other_mixer, email="ana@example.org", claimed=True)
    brought_in(cast.mixer, staged(cast.mixer, ANA))
    assert guests_by_name(cast.mixer)["Ana Silva"].person_id != twin.person_id


def test_one_person_never_gets_two_places_at_one_event(cast: Cast) -> None:
    earlier = cast.guest("Ana Silva", event=cast.event(cast.circle), email="ana@example.org")
    rows = [["Ana Silva", "ana@example.org", "One", "T-1"], ["Ana Silva", "ana@example.org", "Other", "T-2"]]
    run = staged(cast.mixer, *rows)
    brought_in(cast.mixer, run, choices={3: Choice.NEW})
    places = db.session.scalars(db.select(Attendee.person_id).where(Attendee.event_id == cast.mixer.id)).all()
    assert len({*places, earlier.person_id}) == len(places)


def test_somebody_who_took_anothers_place_is_not_taken_for_them(cast: Cast) -> None:
    place = cast.guest("Ana Silva", event=cast.event(cast.circle), email="ana@example.org")
    mallory = cast.person("Mallory Quint", "mallory@example.org")
    with writing() as session:
        session.get_one(Attendee, place.id).person_id = mallory.id
        session.commit()
    brought_in(cast.mixer, staged(cast.mixer, ANA))
    assert guests_by_name(cast.mixer)["Ana Silva"].person_id != mallory.id


def test_bringing_a_list_in_twice_is_once(cast: Cast) -> None:
    run = staged(cast.mixer, ANA, BEN)
    assert brought_in(cast.mixer, run) == brought_in(cast.mixer, run) == BroughtIn(2, 0, 0)
    assert len(guests_by_name(cast.mixer)) == 2


def test_what_would_be_different_from_what_was_seen_is_not_written(cast: Cast) -> None:
    ana = cast.guest("Ana Silva", email="ana@example.org", external_ref="T-1")
    run = staged(cast.mixer, ANA, BEN)
    seen = fingerprint(rehearse_run(db.session(), run))
    with writing() as session:
        session.get_one(Attendee, ana.id).company = "Edited meanwhile"
        session.commit()
    assert brought_in(cast.mixer, run, seen=seen) == LookAgain()
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}
    assert guests_by_name(cast.mixer)["Ana Silva"].company == "Edited meanwhile"
    seen = fingerprint(rehearse_run(db.session(), run))
    assert brought_in(cast.mixer, run, seen=seen) == BroughtIn(1, 1, 0)


def test_a_walk_in_meanwhile_does_not_hold_a_list_up(cast: Cast) -> None:
    run = staged(cast.mixer, ANA)
    seen = fingerprint(rehearse_run(db.session(), run))
    cast.guest("Wanda Walkin", source="walk_in")
    assert brought_in(cast.mixer, run, seen=seen) == BroughtIn(1, 0, 0)


def test_without_a_name_column_nothing_is_written(cast: Cast) -> None:
    run = staged(cast.mixer, ["1", "2026-11-01"], headings=["Seat", "Booked on"])
    assert brought_in(cast.mixer, run) == NotMapped()
    assert guests_by_name(cast.mixer) == {}


def test_the_list_itself_is_forgotten_once_it_is_in(cast: Cast) -> None:
    run = staged(cast.mixer, ANA, ["", "nobody@example.org", "", ""])
    brought_in(cast.mixer, run)
    kept = db.session.get_one(ImportRun, run.id, populate_existing=True)
    assert kept.table is None
    assert kept.counts == {"new": 1, "changed": 0, "same": 0, "undecided": [], "bad": [3]}


def test_a_cancellation_in_the_list_is_done_when_the_organizer_says_so(cast: Cast) -> None:
    ana = cast.guest("Ana Silva", email="ana@example.org")
    run = staged(cast.mixer, ["Ana Silva", "ana@example.org", "Cancelled"], headings=["Name", "E-mail", "Status"])
    assert brought_in(cast.mixer, run, choices={2: Choice.UPDATE}) == BroughtIn(0, 1, 0)
    assert db.session.get_one(Attendee, ana.id, populate_existing=True).cancelled_at


def test_two_commits_at_once_of_one_run_and_of_two_runs_double_nobody(app: Flask, cast: Cast) -> None:
    one, other = (staged(cast.mixer, *([f"Guest {n}", f"g{n}@example.org", "", ""] for n in range(50))) for _ in "ab")
    start, verdicts = threading.Barrier(4), []

    def commit(run: ImportRun) -> None:
        with app.app_context():
            start.wait()
            verdicts.append(brought_in(cast.mixer, run))
            db.session.remove()

    threads = [threading.Thread(target=commit, args=(run,)) for run in (one, one, other, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(v.new for v in verdicts if isinstance(v, BroughtIn)) == [0, 0, 50, 50]
    assert len(guests_by_name(cast.mixer)) == 50


def many(count: int) -> bytes:
    rows = [[f"Guest{n} Family{n % 700}", f"g{n}@example.org" if n % 4 else "", "Firm", f"T{n}"] for n in range(count)]
    return csv_of(*rows, headings=HEADINGS)


def test_five_thousand_rows_are_in_and_again_nothing_new(cast: Cast) -> None:
    run = staged_bytes(cast.mixer, many(5_000))
    assert brought_in(cast.mixer, run) == BroughtIn(5_000, 0, 0)
    assert counts(staged_bytes(cast.mixer, many(5_000))) == {"same": 5_000}


def test_each_of_five_thousand_rows_is_brought_in_by_no_more_work_than_each_of_a_few(cast: Cast) -> None:
    def bringing_in(count: int) -> Callable[[], object]:
        circle = keep(Circle(id=new_id(), name="Another", hue=0, zone="Europe/London", created_at=now()))
        event = cast.event(circle)
        run = staged_bytes(event, many(count))
        return lambda: brought_in(event, run)

    assert growth(bringing_in, 50, full=5_000) < LINEAR


def test_the_sample_export_brings_in_193_guests_and_names_its_seven_bad_rows(cast: Cast) -> None:
    run = staged_bytes(cast.mixer, MIXER.read_bytes(), MIXER.name)
    assert brought_in(cast.mixer, run) == BroughtIn(193, 0, 7)
    assert counts(staged_bytes(cast.mixer, MIXER.read_bytes(), MIXER.name)) == {"same": 193, "bad": 7}
