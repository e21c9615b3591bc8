"""Two claims of one human become one person: nothing is lost, nobody else sees more than one person instead of two."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Column, LargeBinary, Table, func, select, update

from tests.accounts.front_door import digits, letters, words
from tests.architecture.house import House, open_house
from tests.cast import Cast, keep
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address, AddressChange, Card, JoinedPerson, Person, Photo
from webapp.accounts.people import find_joined, known_people
from webapp.accounts.photos import photo_of
from webapp.chains.models import Link, Need, Outcome, Statement, Step, Story, StoryLine
from webapp.contacts.models import (
    AddressBook,
    Block,
    LooseNote,
    Meeting,
    Memory,
    OutsideContact,
    Promise,
    Reminder,
    Rest,
    Role,
    Tag,
    Tagging,
    Takeaway,
    Touch,
    Wish,
)
from webapp.contacts.queries import meetings_of_pair, memories_of, promises_of
from webapp.contacts.remembering import LONGEST_NOTE
from webapp.contacts.roles import roles_of
from webapp.contacts.taking_home import taken_home_by
from webapp.core.clock import now
from webapp.core.database import Base, db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee
from webapp.followups.models import Keeping, Pace, Question, QuietHours
from webapp.intentions.models import Enquiries, Help, Intention, Measures, Mood
from webapp.mydata.jobs import erase_again
from webapp.mydata.joining import MOVED, SETTLED, Joined, NotYet, join
from webapp.mydata.leaving import leave, who_left
from webapp.mydata.settling import SEALED
from webapp.settings import Settings
from webapp.swaps.models import CardRequest, Grant, KindLine
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
    known = {f"{table.__tablename__}.{column}" for table, columns in SEALED for column in columns}
    # What was set aside is bound to its operation, not to whose it was.
    assert sealed - {"quarantined_operations.sealed_raw"} == known, (
        "seal it anew in webapp/mydata/settling.py: it is bound to its owner"
    )


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
    words = Sealed(house.app.extensions["mixwell.tools"].keyring, "notes").seal("mine", owner=goes)
    keep(LooseNote(id=new_id(), person_id=goes, sealed_words=words, written_at=at))
    keep(Reminder(id=new_id(), person_id=goes, other_id=twin["person_id"], sealed_words=words, kept_at=at))
    keep(Role(id=new_id(), person_id=goes, other_id=twin["person_id"], sealed_word=words, since=at.date(), made_at=at))
    keep(Rest(id=new_id(), person_id=goes, other_id=twin["person_id"], cause="ended", since=at))
    touch = Touch(id=new_id(), person_id=goes, other_id=twin["person_id"], way="call", no_agenda=True, logged_at=at)
    touch.happened_at, touch.sealed_words = at, words
    keep(touch)
    question = Question(id=new_id(), person_id=goes, other_id=twin["person_id"], kind="ask", zone="UTC", asked_at=at)
    question.sealed_words = words
    keep(question)
    keep(Keeping(id=new_id(), person_id=goes, other_id=twin["person_id"], zone="UTC", opens=time(8), put_offs=0))
    outcome = Outcome(id=new_id(), person_id=goes, kind="job", state="closed", sealed_words=words, made_at=at)
    outcome.began_on = at.date()
    need = Need(id=new_id(), person_id=goes, sealed_words=words, opened_on=at.date(), made_at=at)
    step = Step(id=new_id(), person_id=goes, sort="act", sealed_words=words, no_agenda=False, made_at=at)
    keep(outcome)
    keep(need)
    keep(step)
    link = Link(id=new_id(), person_id=goes, from_kind="step", from_id=step.id, tie="direct", made_at=at)
    link.to_kind, link.to_id = "outcome", outcome.id
    keep(link)
    story = Story(id=new_id(), person_id=goes, outcome_id=outcome.id, sealed_title=words, made_at=at)
    keep(story)
    keep(StoryLine(id=new_id(), story_id=story.id, person_id=goes, place=0, sealed_phrase=words, other_id=goes))
    keep(Statement(id=new_id(), person_id=goes, sealed_page=words, made_at=at, expires_at=at))
    mine = dict(meeting_id=house.mixer.values["meeting_id"], person_id=goes)
    keep(Promise(id=new_id(), sealed_words=words, made_at=at, **mine))
    keep(Takeaway(id=new_id(), person_id=goes, event_id=twin["event_id"], sealed_idea=words, updated_at=at))
    keep(Intention(id=new_id(), person_id=goes, sealed_words=words, written_at=at))
    keep(Help(id=new_id(), person_id=goes, sealed_words=words, day=at.date(), made_at=at))
    keep(Mood(id=new_id(), person_id=goes, event_id=twin["event_id"], mood="even", at=at))
    keep(Enquiries(id=new_id(), person_id=goes, month=at.date().replace(day=1), number=3))
    word = keep(Tag(id=new_id(), person_id=goes, sealed_word=words, made_at=at))
    keep(Tagging(id=new_id(), tag_id=word.id, other_id=house.mixer.expected.person_id))
    outside = OutsideContact(id=new_id(), person_id=goes, sealed_entry=words, brought=False, added_at=at)
    keep(outside)
    keep(AddressBook(id=new_id(), person_id=goes, sealed_book=words, read_at=at))
    with writing() as session:
        session.merge(Measures(person_id=goes, load_since=at, evenings=3))
        session.merge(Pace(person_id=goes, rest_hours=3, minutes=5, done=0))
        session.merge(Wish(person_id=goes, tend_for_one=2, tending_since=None))
        session.merge(QuietHours(person_id=goes, starts=time(22), until=time(7)))
        session.commit()
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


@pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="the house of tests is a file")
def test_no_row_of_any_table_points_to_who_is_no_more(app: Flask, house: House) -> None:
    goes = house.mixer.values["person_id"]
    anns = select(Attendee.person_id).where(Attendee.event_id == house.mixer.values["event_id"])
    stays = db.session.scalars(anns.where(Attendee.name == "Ann Achebe")).one()
    furnish(house, goes)
    one_of_two = {"memories", "grants", "one_time_codes", "kind_lines"}
    lost: dict[str, int | None] = {
        "links": 1,
        "meetings": 2,
        "cards": 1,
        "persons": 1,
        "photos": 1,
        "reminders": 1,
        "rests": 1,
        "roles": 1,
        "circle_asked": 2,
        "same_people": 1,
        "tags": 1,
        "taggings": 1,
        "touches": 1,
        "wishes": 1,
        "measures": 1,
        "enquiries": 1,
        "keepings": 1,
        "paces": 1,
        "questions": 1,
        "pitch_reports": 1,
        "promises": 2,
        "introductions": 4,
        "introduction_asks": 7,
        "introduction_replies": 2,
        "introduction_choices": 1,
        "tie_choices": 1,
    }
    lost |= {"joined_persons": -1, "versions": None, "outbox": None}
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
        if lost.get(table.name, 0) is not None and table.name not in one_of_two:
            gone = before[table.name] - count(table)
            assert gone == lost.get(table.name, 0), table.name
    assert find_joined(db.session(), goes) == stays


@pytest.fixture
def second(evening: EveningOut) -> Attendee:
    """Ann again, with another address."""
    return evening.come("Ann Again")


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
    evening: EveningOut, second: Attendee
) -> None:
    cast = evening.cast
    ann, ben = cast.ann, cast.ben
    for me, text in ((ann, "as Ann"), (second, "as Ann again")):
        evening.meet(me, ben)
        evening.answer(ben, me)
        note(evening, me, ben, text)
        note(evening, ben, me, f"Ben on {text}", "yes" if me is second else "")
    join_now(evening.app, ann.person_id, second.person_id)
    assert count(Meeting) == 1
    assert notes_of(evening, ann.person_id) == ["as Ann\n\nas Ann again"]
    assert notes_of(evening, ben.person_id) == ["Ben on as Ann\n\nBen on as Ann again"]
    assert db.session.scalar(select(Memory.knew_each_other).where(Memory.person_id == ben.person_id)) is True
    [night] = met_by(db.session(), ben.person_id)
    assert [(met.name, met.state) for met in night.people] == [("Ann Achebe", "swapped")]
    assert count(Grant) == 2


def test_two_long_notes_that_became_one_are_saved_again_without_loss(evening: EveningOut, second: Attendee) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    for me, text in ((ann, "a" * LONGEST_NOTE), (second, "b" * LONGEST_NOTE)):
        evening.meet(me, ben)
        note(evening, me, ben, text)
    join_now(evening.app, ann.person_id, second.person_id)
    [whole] = notes_of(evening, ann.person_id)
    assert len(whole) == 2 * LONGEST_NOTE + 2
    db.session.rollback()
    note(evening, ann, ben, whole.replace("\n", "\r\n"))
    db.session.expire_all()
    assert notes_of(evening, ann.person_id) == [whole]
    db.session.rollback()
    note(evening, ann, ben, whole + "more")
    db.session.expire_all()
    assert notes_of(evening, ann.person_id) == [whole]


def test_people_met_by_one_of_both_are_met_by_the_one_and_old_links_lead_on(
    evening: EveningOut, second: Attendee
) -> None:
    cast, gone = evening.cast, second.person_id
    cora = evening.come("Cora Chandra")
    evening.meet(second, cora)
    note(evening, second, cora, "keeps bees")
    note(evening, cora, second, "knows bread")
    join_now(evening.app, cast.ann.person_id, gone)
    assert notes_of(evening, cast.ann.person_id) == ["keeps bees"]
    coras = cast.browser(cora.person_id)
    assert coras.get(f"/people/{gone}").location == f"/people/{cast.ann.person_id}"
    assert "knows bread" in coras.get(f"/people/{cast.ann.person_id}").text
    assert cast.browser(cast.ben.person_id).get(f"/people/{gone}").status_code == 404


def test_of_two_cards_given_to_one_the_newer_stays_with_what_either_gave_and_nothing_else(
    evening: EveningOut, second: Attendee
) -> None:
    cast = evening.cast
    ann, ben = cast.ann, cast.ben
    evening.meet(ann, ben)
    evening.meet(second, ben)
    with writing() as session:
        for giver, fields in ((ann, ["name", "company"]), (second, ["name", "phone"])):
            session.execute(update(Grant).where(Grant.giver_id == giver.person_id).values(fields=fields))
        session.commit()
    newer = evening.grant(second, ben)
    assert newer
    newer_id = newer.id
    join_now(evening.app, ann.person_id, second.person_id)
    grant = evening.grant(ann, ben)
    assert grant
    assert (grant.id, grant.fields) == (newer_id, ["name", "company", "phone"])
    assert count(CardRequest, CardRequest.asker_id == ann.person_id) == 1


def test_what_somebody_gave_to_one_of_both_is_open_to_the_one_in_those_fields_alone(
    evening: EveningOut, second: Attendee
) -> None:
    cast = evening.cast
    cora = evening.come("Cora Chandra", phone="+44 20 7946 0000", reach_phone=True, reach_chosen_at=now())
    evening.prefer(cora, "swap")
    evening.meet(second, cora)
    given = evening.grant(cora, second)
    assert given
    fields = list(given.fields)
    join_now(evening.app, cast.ann.person_id, second.person_id)
    now_given = evening.grant(cora, cast.ann)
    assert now_given
    assert now_given.fields == fields


def test_whatever_either_of_both_wrote_is_read_by_the_one_who_is_left(evening: EveningOut, second: Attendee) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    for me, word in ((ann, "first"), (second, "second")):
        evening.meet(me, ben)
        browser, page = evening.cast.browser(me.person_id), f"/people/{ben.person_id}"
        browser.post(f"{page}/roles", data={"role": f"Mentor {word}"})
        [meeting_id] = [meeting.id for meeting in meetings_of_pair(db.session(), me.person_id, ben.person_id)]
        db.session.rollback()
        written = {"promise": f"Promise {word}", "reason_words": f"Reason {word}", "operation_id": str(new_id())}
        browser.post(f"/meetings/{meeting_id}/memory", data=written)
        browser.post(f"/people/evenings/{evening.cast.mixer.id}", data={"idea": f"Idea {word}", "tip": "A choir"})
    join_now(evening.app, ann.person_id, second.person_id)
    sealed, mine = Sealed(evening.keyring, "notes"), ann.person_id
    session = db.session()
    assert [role.word for role in roles_of(session, mine, ben.person_id, sealed)] == ["Mentor first", "Mentor second"]
    assert [one.words for one in promises_of(session, mine, sealed)] == ["Promise first", "Promise second"]
    assert [memory.reason for memory in memories_of(session, mine, sealed).values()] == ["Reason first / Reason second"]
    [home] = taken_home_by(session, mine, sealed).values()
    assert (home.idea, home.tip) == ("Idea first / Idea second", "A choir")


def test_a_photo_of_either_is_on_the_one_card(evening: EveningOut, second: Attendee) -> None:
    keep(Photo(person_id=second.person_id, jpeg=b"jpeg"))
    with writing() as session:
        session.get_one(Card, second.person_id).photo_at = now()
        session.commit()
    join_now(evening.app, evening.cast.ann.person_id, second.person_id)
    assert photo_of(db.session(), evening.cast.ann.person_id) == b"jpeg"
    assert db.session.get_one(Card, evening.cast.ann.person_id).photo_at


def test_of_two_kind_lines_by_one_writer_the_approved_one_stays(evening: EveningOut, second: Attendee) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    for about, approved_at in ((ann, now()), (second, None)):
        line = KindLine(id=new_id(), about_id=about.person_id, writer_id=ben.person_id, names_writer=True)
        line.line, line.written_at, line.approved_at = f"Kind to {about.name}.", now(), approved_at
        keep(line)
    join_now(evening.app, ann.person_id, second.person_id)
    assert list(db.session.scalars(select(KindLine.line))) == ["Kind to Ann Achebe."]


def test_the_two_are_nobody_to_themselves(evening: EveningOut, second: Attendee) -> None:
    ann = evening.cast.ann
    evening.meet(ann, second)
    keep(Block(id=new_id(), blocker_id=second.person_id, blocked_id=ann.person_id, at=now()))
    join_now(evening.app, ann.person_id, second.person_id)
    assert [count(table) for table in (Meeting, Memory, Grant, CardRequest, Block)] == [0, 0, 0, 0, 0]


def test_a_block_of_either_is_stronger_than_a_card_given_by_the_other(evening: EveningOut, second: Attendee) -> None:
    cast = evening.cast
    ann, ben = cast.ann, cast.ben
    evening.meet(ann, ben)
    assert evening.grant(ann, ben)
    for blocker in (ann, second):
        keep(Block(id=new_id(), blocker_id=ben.person_id, blocked_id=blocker.person_id, at=now()))
    keep(Block(id=new_id(), blocker_id=second.person_id, blocked_id=ben.person_id, at=now()))
    join_now(evening.app, ann.person_id, second.person_id)
    pairs = {(block.blocker_id, block.blocked_id) for block in db.session.scalars(select(Block))}
    assert pairs == {(ben.person_id, ann.person_id), (ann.person_id, ben.person_id)}
    assert met_by(db.session(), ann.person_id) == met_by(db.session(), ben.person_id) == []


def test_the_card_of_who_stays_holds_and_gaps_are_filled(evening: EveningOut, second: Attendee) -> None:
    ann = evening.cast.ann
    with writing() as session:
        mine, other = session.get_one(Card, ann.person_id), session.get_one(Card, second.person_id)
        mine.headline, mine.reach_chosen_at = "Baker", now()
        other.headline, other.phone, other.reach_phone, other.reach_chosen_at = "Else", "+44 1", True, now()
        session.commit()
    join_now(evening.app, ann.person_id, second.person_id)
    card = db.session.get_one(Card, ann.person_id)
    assert (card.headline, card.phone, card.reach_phone) == ("Baker", "+44 1", False)


def test_who_has_two_places_wants_what_the_more_careful_choice_says(evening: EveningOut, second: Attendee) -> None:
    ann = evening.cast.ann
    evening.prefer(ann, "swap")
    evening.prefer(second, "not_tonight")
    join_now(evening.app, ann.person_id, second.person_id)
    modes = db.session.scalars(select(Attendee.swap_mode).where(Attendee.person_id == ann.person_id)).all()
    assert modes == ["not_tonight", "not_tonight"]


def test_joining_waits_while_an_address_may_still_be_taken_back(evening: EveningOut, second: Attendee) -> None:
    ann = evening.cast.ann
    address = db.session.scalars(select(Address).where(Address.person_id == second.person_id)).one()
    change = AddressChange(id=new_id(), person_id=second.person_id, address_id=address.id, asked_at=now())
    change.old_address = change.old_key = "before@example.org"
    change.new_address = change.new_key = address.address
    change.done_at = now()
    keep(change)
    assert join_now(evening.app, ann.person_id, second.person_id) == NotYet()
    with writing() as session:
        session.get_one(AddressChange, change.id).done_at = now() - timedelta(hours=73)
        session.commit()
    assert join_now(evening.app, ann.person_id, second.person_id) == Joined()


def test_who_joined_and_left_is_erased_twice_after_an_older_backup(
    evening: EveningOut, second: Attendee, settings: Settings
) -> None:
    cast, goes = evening.cast, second.person_id
    stays = cast.ann.person_id
    evening.meet(second, cast.ben)
    join_now(evening.app, stays, goes)
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


def test_the_way_from_a_proof_to_one_person(evening: EveningOut, second: Attendee, drain: Any) -> None:
    cast, gone, address = evening.cast, second.person_id, second.email
    client = prove_other(evening, drain, address)
    page = client.get("/me/joining").text
    assert "Ann Again" in page
    assert "Nothing was lost" in client.post("/me/joining", data={"person": str(gone)}, follow_redirects=True).text
    db.session.rollback()
    assert [person.id for person in known_people(db.session(), address)] == [cast.ann.person_id]
    db.session.rollback()
    drain()
    told = {str(letter["To"]) for letter in letters(evening.app) if "one person" in str(letter["Subject"])}
    assert told == {cast.ann.email, address}
    assert client.post("/me/joining", data={"person": str(gone)}).location == "/me/joining", "once"


def test_a_place_nobody_claimed_yet_is_joined_and_claimed(evening: EveningOut, drain: Any) -> None:
    cast = evening.cast
    place = cast.guest("A. Achebe", email="ann@work.example.org")
    client = prove_other(evening, drain, place.email)
    client.post("/me/joining", data={"person": str(place.person_id)})
    db.session.expire_all()
    now_mine = db.session.get_one(Attendee, place.id)
    assert (now_mine.person_id, now_mine.claimed_at is not None) == (cast.ann.person_id, True)


def test_without_a_proof_or_about_somebody_else_nothing_is_joined(
    evening: EveningOut, second: Attendee, drain: Any
) -> None:
    cast = evening.cast
    stale = cast.browser(cast.ann.person_id)
    assert stale.get("/me/joining").location.startswith("/fresh-code")
    fresh = cast.browser(cast.ann.person_id, fresh=True)
    assert fresh.post("/me/joining", data={"person": str(second.person_id)}).location == "/me/joining"
    proven = prove_other(evening, drain, second.email)
    assert proven.post("/me/joining", data={"person": str(cast.ben.person_id)}).location == "/me/joining"
    assert fresh.post("/me/joining", data={"person": str(second.person_id)}).location == "/me/joining", "other browser"
    assert count(JoinedPerson) == 0


def test_whether_an_address_is_known_here_is_not_to_be_seen(evening: EveningOut, drain: Any) -> None:
    client, said = evening.cast.browser(evening.cast.ann.person_id, fresh=True), []
    for address in ("ben@example.org", "nobody@example.org", "ann@example.org"):
        answer = client.post("/me/joining/address", data={"email": address})
        said.append((answer.status_code, answer.data, client.get("/me/joining").text))
    assert said[0] == said[1] == said[2]
    drain()
    assert [str(letter["To"]) for letter in letters(evening.app)] == ["ben@example.org"]


def test_two_of_one_address_join_the_one_they_choose_alone(evening: EveningOut, cast: Cast, drain: Any) -> None:
    one = cast.guest("Ann Achebe-Lund", email="both@example.org")
    other = cast.guest("Bo Lund", email="both@example.org")
    client = prove_other(evening, drain, "both@example.org")
    page = client.get("/me/joining").text
    assert "Ann Achebe-Lund" in page
    assert "Bo Lund" in page
    client.post("/me/joining", data={"person": str(one.person_id)})
    db.session.expire_all()
    assert db.session.get_one(Person, other.person_id).claimed_at is None
    assert db.session.get_one(Attendee, other.id).person_id == other.person_id
