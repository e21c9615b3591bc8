"""Two claims of one human become one person: nothing is lost, nobody else sees more than one person instead of two."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Column, LargeBinary, Table, func, select, update

from tests.accounts.front_door import digits, letters, words
from tests.architecture.house import House, open_house
from tests.cast import Cast, keep
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address, AddressChange, Card, JoinedPerson, Person
from webapp.accounts.people import find_joined, known_people
from webapp.contacts.models import Block, Meeting, Memory
from webapp.contacts.queries import memories_of
from webapp.contacts.remembering import LONGEST_NOTE
from webapp.core.clock import now
from webapp.core.database import Base, db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee
from webapp.mydata.jobs import erase_again
from webapp.mydata.joining import MOVED, SETTLED, Joined, NotYet, join
from webapp.mydata.leaving import leave, who_left
from webapp.settings import Settings
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.stories import met_by

COPIES = {"joined_persons.gone_id"}
"""Where the id of who is no more shall be found."""


def to_persons() -> set[tuple[Table, Column[Any]]]:
    """Every column that names a person by a foreign key."""
    return {
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.c
        if any(key.column.table.name == "persons" for key in column.foreign_keys)
    }


def join_now(app: Flask, stays: UUID, goes: UUID) -> Joined | NotYet:
    sealed = Sealed(app.extensions["mixwell.tools"].keyring, "notes")
    with writing() as session:
        verdict = join(session, stays, goes, sealed=sealed, at=now())
        session.commit()
    db.session.expire_all()
    return verdict


def count(table: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def test_every_foreign_key_to_a_person_is_known_to_joining() -> None:
    keys = {f"{table.name}.{column.name}" for table, column in to_persons()}
    assert keys - MOVED - SETTLED == set(), "say in webapp/mydata/joining.py what becomes of it"
    assert (MOVED | SETTLED) - keys == set()


def test_every_text_sealed_for_its_owner_is_known_to_joining() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, LargeBinary) and column.name.startswith("sealed_")
    }
    assert sealed == {"memories.sealed_note"}, "seal it anew in webapp/mydata/joining.py: it is bound to its owner"


@pytest.fixture
def house(app: Flask) -> Any:
    with open_house(app) as house:
        yield house


def furnish(house: House, goes: UUID) -> None:
    """Let at least one row of every column that names a person name this one."""
    at = now()
    keep(Block(id=new_id(), blocker_id=goes, blocked_id=house.twin.values["person_id"], at=at))
    keep(Block(id=new_id(), blocker_id=house.twin.values["organizer_id"], blocked_id=goes, at=at))
    twin = house.twin.values
    for asker, asked in ((goes, twin["organizer_id"]), (twin["organizer_id"], goes)):
        request = CardRequest(id=new_id(), asker_id=asker, asked_id=asked, meeting_id=twin["meeting_id"], at=at)
        request.operation_id = new_id()
        keep(request)
    with writing() as session:
        session.execute(update(AddressChange).values(reversed_at=at))
        for table, column in to_persons():
            named = session.scalar(select(func.count()).where(column == goes))
            if not named and f"{table.name}.{column.name}" not in SETTLED:
                [key] = table.primary_key
                row = session.scalar(select(key).limit(1))
                assert row, f"put a row of {table.name} into tests/architecture/house.py"
                session.execute(update(table).where(key == row).values({column.name: goes}))
        session.commit()


def test_no_row_of_any_table_points_to_who_is_no_more(app: Flask, house: House) -> None:
    goes = house.mixer.values["person_id"]
    anns = select(Attendee.person_id).where(Attendee.event_id == house.mixer.values["event_id"])
    stays = db.session.scalars(anns.where(Attendee.name == "Ann Achebe")).one()
    furnish(house, goes)
    lost = {"meetings": 1, "cards": 1, "persons": 1, "joined_persons": -1, "versions": None, "outbox": None}
    before = {table.name: count(table) for table in Base.metadata.sorted_tables}
    pointing = {str(column) for table, column in to_persons() if count(table, column == goes)}
    assert {f"{table.name}.{column.name}" for table, column in to_persons()} - pointing <= {
        "one_time_codes.person_id",
        "meetings.first_id",
        "meetings.second_id",
    }
    assert join_now(app, stays, goes) == Joined()
    assert [str(column) for table, column in to_persons() if count(table, column == goes)] == []
    said = []
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            place = f"{table.name}.{column.name}"
            texts = [repr(value) for value in db.session.scalars(select(column))]
            said += [place for text in texts if str(goes) in text and place not in COPIES]
    assert said == []
    for table in Base.metadata.sorted_tables:
        if lost.get(table.name, 0) is not None and table.name not in {"memories", "grants", "one_time_codes"}:
            gone = before[table.name] - count(table)
            assert gone == lost.get(table.name, 0), table.name
    assert find_joined(db.session(), goes) == stays


@pytest.fixture
def second(evening_out: EveningOut) -> Attendee:
    """Ann again, with another address."""
    return evening_out.come("Ann Again")


def note(evening: EveningOut, me: Attendee, other: Attendee, text: str, knew: str = "") -> None:
    first, second = sorted((me.person_id, other.person_id))
    meeting_id = db.session.scalars(
        select(Meeting.id).where(Meeting.first_id == first, Meeting.second_id == second)
    ).one()
    db.session.rollback()
    browser = evening.cast.browser(me.person_id)
    assert browser.post(f"/meetings/{meeting_id}/memory", data={"note": text, "knew": knew}).status_code == 303


def notes_of(evening: EveningOut, person_id: UUID) -> list[str]:
    sealed = Sealed(evening.keyring, "notes")
    return [memory.note for memory in memories_of(db.session(), person_id, sealed).values()]


def test_one_meeting_is_left_of_two_with_the_same_person_and_both_notes_of_each_side(
    evening_out: EveningOut, second: Attendee
) -> None:
    cast = evening_out.cast
    ann, ben = cast.ann, cast.ben
    for me, text in ((ann, "as Ann"), (second, "as Ann again")):
        evening_out.meet(me, ben)
        evening_out.answer(ben, me)
        note(evening_out, me, ben, text)
        note(evening_out, ben, me, f"Ben on {text}", "yes" if me is second else "")
    join_now(evening_out.app, ann.person_id, second.person_id)
    assert count(Meeting) == 1
    assert notes_of(evening_out, ann.person_id) == ["as Ann\n\nas Ann again"]
    assert notes_of(evening_out, ben.person_id) == ["Ben on as Ann\n\nBen on as Ann again"]
    assert db.session.scalar(select(Memory.knew_each_other).where(Memory.person_id == ben.person_id)) is True
    [evening] = met_by(db.session(), ben.person_id)
    assert [(met.name, met.state) for met in evening.people] == [("Ann Achebe", "swapped")]
    assert count(Grant) == 2


def test_two_long_notes_that_became_one_are_saved_again_without_loss(evening_out: EveningOut, second: Attendee) -> None:
    ann, ben = evening_out.cast.ann, evening_out.cast.ben
    for me, text in ((ann, "a" * LONGEST_NOTE), (second, "b" * LONGEST_NOTE)):
        evening_out.meet(me, ben)
        note(evening_out, me, ben, text)
    join_now(evening_out.app, ann.person_id, second.person_id)
    [whole] = notes_of(evening_out, ann.person_id)
    assert len(whole) == 2 * LONGEST_NOTE + 2
    db.session.rollback()
    note(evening_out, ann, ben, whole.replace("\n", "\r\n"))
    db.session.expire_all()
    assert notes_of(evening_out, ann.person_id) == [whole]
    db.session.rollback()
    note(evening_out, ann, ben, whole + "more")
    db.session.expire_all()
    assert notes_of(evening_out, ann.person_id) == [whole]


def test_people_met_by_one_of_both_are_met_by_the_one_and_old_links_lead_on(
    evening_out: EveningOut, second: Attendee
) -> None:
    cast, gone = evening_out.cast, second.person_id
    cora = evening_out.come("Cora Chandra")
    evening_out.meet(second, cora)
    note(evening_out, second, cora, "keeps bees")
    note(evening_out, cora, second, "knows bread")
    join_now(evening_out.app, cast.ann.person_id, gone)
    assert notes_of(evening_out, cast.ann.person_id) == ["keeps bees"]
    coras = cast.browser(cora.person_id)
    assert coras.get(f"/people/{gone}").location == f"/people/{cast.ann.person_id}"
    assert "knows bread" in coras.get(f"/people/{cast.ann.person_id}").text
    assert cast.browser(cast.ben.person_id).get(f"/people/{gone}").status_code == 404


def test_of_two_cards_given_to_one_the_newer_stays_with_what_either_gave_and_nothing_else(
    evening_out: EveningOut, second: Attendee
) -> None:
    cast = evening_out.cast
    ann, ben = cast.ann, cast.ben
    evening_out.meet(ann, ben)
    evening_out.meet(second, ben)
    with writing() as session:
        for giver, fields in ((ann, ["name", "company"]), (second, ["name", "phone"])):
            session.execute(update(Grant).where(Grant.giver_id == giver.person_id).values(fields=fields))
        session.commit()
    newer = evening_out.grant(second, ben)
    assert newer
    newer_id = newer.id
    join_now(evening_out.app, ann.person_id, second.person_id)
    grant = evening_out.grant(ann, ben)
    assert grant
    assert (grant.id, grant.fields) == (newer_id, ["name", "company", "phone"])
    assert count(CardRequest, CardRequest.asker_id == ann.person_id) == 1


def test_what_somebody_gave_to_one_of_both_is_open_to_the_one_in_those_fields_alone(
    evening_out: EveningOut, second: Attendee
) -> None:
    cast = evening_out.cast
    cora = evening_out.come("Cora Chandra", phone="+44 20 7946 0000", reach_phone=True, reach_chosen_at=now())
    evening_out.prefer(cora, "swap")
    evening_out.meet(second, cora)
    given = evening_out.grant(cora, second)
    assert given
    fields = list(given.fields)
    join_now(evening_out.app, cast.ann.person_id, second.person_id)
    now_given = evening_out.grant(cora, cast.ann)
    assert now_given
    assert now_given.fields == fields


def test_the_two_are_nobody_to_themselves(evening_out: EveningOut, second: Attendee) -> None:
    ann = evening_out.cast.ann
    evening_out.meet(ann, second)
    keep(Block(id=new_id(), blocker_id=second.person_id, blocked_id=ann.person_id, at=now()))
    join_now(evening_out.app, ann.person_id, second.person_id)
    assert [count(table) for table in (Meeting, Memory, Grant, CardRequest, Block)] == [0, 0, 0, 0, 0]


def test_a_block_of_either_is_stronger_than_a_card_given_by_the_other(
    evening_out: EveningOut, second: Attendee
) -> None:
    cast = evening_out.cast
    ann, ben = cast.ann, cast.ben
    evening_out.meet(ann, ben)
    assert evening_out.grant(ann, ben)
    for blocker in (ann, second):
        keep(Block(id=new_id(), blocker_id=ben.person_id, blocked_id=blocker.person_id, at=now()))
    keep(Block(id=new_id(), blocker_id=second.person_id, blocked_id=ben.person_id, at=now()))
    join_now(evening_out.app, ann.person_id, second.person_id)
    pairs = {(block.blocker_id, block.blocked_id) for block in db.session.scalars(select(Block))}
    assert pairs == {(ben.person_id, ann.person_id), (ann.person_id, ben.person_id)}
    assert met_by(db.session(), ann.person_id) == met_by(db.session(), ben.person_id) == []


def test_the_card_of_who_stays_holds_and_gaps_are_filled(evening_out: EveningOut, second: Attendee) -> None:
    ann = evening_out.cast.ann
    with writing() as session:
        mine, other = session.get_one(Card, ann.person_id), session.get_one(Card, second.person_id)
        mine.headline, mine.reach_chosen_at = "Baker", now()
        other.headline, other.phone, other.reach_phone, other.reach_chosen_at = "Else", "+44 1", True, now()
        session.commit()
    join_now(evening_out.app, ann.person_id, second.person_id)
    card = db.session.get_one(Card, ann.person_id)
    assert (card.headline, card.phone, card.reach_phone) == ("Baker", "+44 1", False)


def test_who_has_two_places_wants_what_the_more_careful_choice_says(evening_out: EveningOut, second: Attendee) -> None:
    ann = evening_out.cast.ann
    evening_out.prefer(ann, "swap")
    evening_out.prefer(second, "not_tonight")
    join_now(evening_out.app, ann.person_id, second.person_id)
    modes = db.session.scalars(select(Attendee.swap_mode).where(Attendee.person_id == ann.person_id)).all()
    assert modes == ["not_tonight", "not_tonight"]


def test_joining_waits_while_an_address_may_still_be_taken_back(evening_out: EveningOut, second: Attendee) -> None:
    ann = evening_out.cast.ann
    address = db.session.scalars(select(Address).where(Address.person_id == second.person_id)).one()
    change = AddressChange(id=new_id(), person_id=second.person_id, address_id=address.id, asked_at=now())
    change.old_address = change.old_key = "before@example.org"
    change.new_address = change.new_key = address.address
    change.done_at = now()
    keep(change)
    assert join_now(evening_out.app, ann.person_id, second.person_id) == NotYet()
    with writing() as session:
        session.get_one(AddressChange, change.id).done_at = now() - timedelta(hours=73)
        session.commit()
    assert join_now(evening_out.app, ann.person_id, second.person_id) == Joined()


def test_who_joined_and_left_is_erased_twice_after_an_older_backup(
    evening_out: EveningOut, second: Attendee, settings: Settings
) -> None:
    cast, goes = evening_out.cast, second.person_id
    stays = cast.ann.person_id
    evening_out.meet(second, cast.ben)
    join_now(evening_out.app, stays, goes)
    assert who_left(settings.data_dir) == set(), "joining is not leaving"
    with writing() as session:
        leave(session, stays, data_dir=settings.data_dir, at=now())
        session.commit()
    assert who_left(settings.data_dir) == {stays, goes}
    assert count(JoinedPerson) == 0
    cast.__dict__.pop("ann")
    older = Person(id=goes, name="Ann Again", created_at=now(), claimed_at=now())  # as a backup from before would hold
    older.card = Card(person_id=goes, updated_at=now(), version=1)
    keep(older)
    assert erase_again(settings.data_dir, now()) == 1
    assert count(Person, Person.id == goes) == 0


# Over HTTP.


def prove_other(evening: EveningOut, drain: Any, address: str) -> Any:
    """Ann, fresh, proves that she also reads mail there."""
    client = evening.cast.browser(evening.cast.ann.person_id, fresh=True)
    assert client.post("/me/joining/address", data={"email": address}).status_code == 303
    drain()
    letter = [letter for letter in letters(evening.app) if letter["To"] == address][-1]
    assert "joins that of whoever asked" in words(letter), "the mailbox knows what its code would do"
    code = digits(letter)
    assert client.post("/me/joining/code", data={"code": code}).status_code == 303
    return client


def test_the_way_from_a_proof_to_one_person(evening_out: EveningOut, second: Attendee, drain: Any) -> None:
    cast, gone, address = evening_out.cast, second.person_id, second.email
    client = prove_other(evening_out, drain, address)
    page = client.get("/me/joining").text
    assert "Ann Again" in page
    assert "Nothing was lost" in client.post("/me/joining", data={"person": str(gone)}, follow_redirects=True).text
    db.session.rollback()
    assert [person.id for person in known_people(db.session(), address)] == [cast.ann.person_id]
    db.session.rollback()
    drain()
    told = {str(letter["To"]) for letter in letters(evening_out.app) if "one person" in str(letter["Subject"])}
    assert told == {cast.ann.email, address}
    assert client.post("/me/joining", data={"person": str(gone)}).location == "/me/joining", "once"


def test_a_place_nobody_claimed_yet_is_joined_and_claimed(evening_out: EveningOut, drain: Any) -> None:
    cast = evening_out.cast
    place = cast.guest("A. Achebe", email="ann@work.example.org")
    client = prove_other(evening_out, drain, place.email)
    client.post("/me/joining", data={"person": str(place.person_id)})
    db.session.expire_all()
    now_mine = db.session.get_one(Attendee, place.id)
    assert (now_mine.person_id, now_mine.claimed_at is not None) == (cast.ann.person_id, True)


def test_without_a_proof_or_about_somebody_else_nothing_is_joined(
    evening_out: EveningOut, second: Attendee, drain: Any
) -> None:
    cast = evening_out.cast
    stale = cast.browser(cast.ann.person_id)
    assert stale.get("/me/joining").location.startswith("/fresh-code")
    fresh = cast.browser(cast.ann.person_id, fresh=True)
    assert fresh.post("/me/joining", data={"person": str(second.person_id)}).location == "/me/joining"
    proven = prove_other(evening_out, drain, second.email)
    assert proven.post("/me/joining", data={"person": str(cast.ben.person_id)}).location == "/me/joining"
    assert fresh.post("/me/joining", data={"person": str(second.person_id)}).location == "/me/joining", "other browser"
    assert count(JoinedPerson) == 0


def test_whether_an_address_is_known_here_is_not_to_be_seen(evening_out: EveningOut, drain: Any) -> None:
    client, said = evening_out.cast.browser(evening_out.cast.ann.person_id, fresh=True), []
    for address in ("ben@example.org", "nobody@example.org", "ann@example.org"):
        answer = client.post("/me/joining/address", data={"email": address})
        said.append((answer.status_code, answer.data, client.get("/me/joining").text))
    assert said[0] == said[1] == said[2]
    drain()
    assert [str(letter["To"]) for letter in letters(evening_out.app)] == ["ben@example.org"]


def test_two_of_one_address_join_the_one_they_choose_alone(evening_out: EveningOut, cast: Cast, drain: Any) -> None:
    one = cast.guest("Ann Achebe-Lund", email="both@example.org")
    other = cast.guest("Bo Lund", email="both@example.org")
    client = prove_other(evening_out, drain, "both@example.org")
    page = client.get("/me/joining").text
    assert "Ann Achebe-Lund" in page
    assert "Bo Lund" in page
    client.post("/me/joining", data={"person": str(one.person_id)})
    db.session.expire_all()
    assert db.session.get_one(Person, other.person_id).claimed_at is None
    assert db.session.get_one(Attendee, other.id).person_id == other.person_id
