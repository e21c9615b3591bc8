"""A speaker's slide code: a room swaps with one for the length of a talk, and then says thanks (practices E6)."""

import re
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.swaps.evening import BASE, EveningOut
from webapp.core import qr
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import SCREEN_CODE_LENGTH
from webapp.events.models import Attendee, Event
from webapp.swaps.blocking import block
from webapp.swaps.models import SlideCode
from webapp.swaps.slides import LAST_ROW, Talk, clock_at, end_slide_code, make_slide_code, talk_over
from webapp.swaps.verdicts import AlreadySwapped, ExplainFirst, NoSwap, NotCheckedInYet, OwnBadge, SlideMade, Swapped


def speak(evening: EveningOut, speaker: Attendee, *, minutes: int = 45, operation: UUID | None = None) -> SlideCode:
    """This guest makes a code for a talk that starts with the present minute."""
    event = db.session.get_one(Event, evening.cast.mixer.id)
    starts = now().astimezone(ZoneInfo(event.zone)).time().replace(second=0, microsecond=0)
    db.session.rollback()
    with writing() as session:
        by, talk = evening.cast.actor(speaker.person_id), Talk(speaker.id, starts, minutes)
        made = make_slide_code(session, operation or new_id(), talk, by=by, at=now())
        session.commit()
    assert isinstance(made, SlideMade)
    return db.session.get_one(SlideCode, made.slide_id)


def on_the_wall(evening: EveningOut, slide: SlideCode) -> str:
    """What a camera reads from the slide."""
    return qr.screen_text(BASE, evening.keyring.slide_code(slide.id))


def test_whoever_scans_the_slide_swaps_at_once_both_ways(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    code = on_the_wall(evening, speak(evening, ben))
    assert isinstance(evening.scan(ann, code), Swapped)
    assert evening.grant(ann, ben)
    assert evening.grant(ben, ann)
    assert isinstance(evening.scan(ann, code), AlreadySwapped)


def test_a_whole_row_scans_one_code(evening: EveningOut) -> None:
    code = on_the_wall(evening, speak(evening, evening.cast.ben))
    row = [evening.come(f"Guest Number{seat}") for seat in "ABCDE"]
    assert [type(evening.scan(guest, code)) for guest in row] == [Swapped] * 5


@pytest.mark.parametrize(
    ("after", "swaps"),
    [
        (timedelta(minutes=-1), False),
        (timedelta(minutes=44), True),
        (timedelta(minutes=45) + LAST_ROW - timedelta(minutes=1), True),
        (timedelta(minutes=45) + LAST_ROW + timedelta(seconds=1), False),
    ],
)
def test_it_lives_for_the_talk_and_a_little_longer(evening: EveningOut, after: timedelta, *, swaps: bool) -> None:
    slide = speak(evening, evening.cast.ben)
    verdict = evening.scan(evening.cast.ann, on_the_wall(evening, slide), at=slide.starts_at + after)
    assert isinstance(verdict, Swapped if swaps else NoSwap)


def test_an_ended_code_is_dead_at_once(evening: EveningOut) -> None:
    slide = speak(evening, evening.cast.ben)
    with writing() as session:
        end_slide_code(session, new_id(), slide.id, by=evening.cast.actor(evening.cast.ben.person_id), at=now())
        session.commit()
    assert isinstance(evening.scan(evening.cast.ann, on_the_wall(evening, slide)), NoSwap)


def test_only_its_speaker_ends_it(evening: EveningOut) -> None:
    slide = speak(evening, evening.cast.ben)
    with pytest.raises(NotHere), writing() as session:
        end_slide_code(session, new_id(), slide.id, by=evening.cast.actor(evening.cast.ann.person_id), at=now())


def test_a_place_at_another_event_makes_no_code(evening: EveningOut) -> None:
    elsewhere = evening.cast.guest("Ann Achebe", event=evening.cast.other_mixer, email="ann2@example.org", claimed=True)
    talk, by = Talk(elsewhere.id, time(20), 30), evening.cast.actor(evening.cast.ann.person_id)
    with pytest.raises(NotHere), writing() as session:
        make_slide_code(session, new_id(), talk, by=by, at=now())


def test_the_rules_of_the_room_hold_for_a_slide_too(evening: EveningOut) -> None:
    ben = evening.cast.ben
    code = on_the_wall(evening, speak(evening, ben))
    assert isinstance(evening.scan(ben, code), OwnBadge)
    outside = evening.cast.guest("Otto Early", email="otto@example.org", claimed=True)
    assert isinstance(evening.scan(outside, code), NotCheckedInYet)
    newcomer = evening.arrive(evening.cast.guest("Nia New", email="nia@example.org", claimed=True), knows=False)
    assert isinstance(evening.scan(newcomer, code), ExplainFirst)


def test_whoever_took_a_card_back_does_not_get_it_again_by_the_same_slide(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    code = on_the_wall(evening, speak(evening, ben))
    evening.scan(ann, code)
    grant = evening.grant(ben, ann)
    assert grant
    evening.withdraw(ben, grant.id)
    assert isinstance(evening.scan(ann, code), NoSwap)
    assert evening.grant(ben, ann) is None


def test_s_02_no_other_letters_open_a_slide(evening: EveningOut) -> None:
    slide = speak(evening, evening.cast.ben)
    good = evening.keyring.slide_code(slide.id)
    assert len(good) == SCREEN_CODE_LENGTH
    assert evening.keyring.slide_of(good) == slide.id
    for place in (0, 25, 26, 38):
        wrong = good[:place] + ("1" if good[place] != "1" else "2") + good[place + 1 :]
        assert evening.keyring.slide_of(wrong) is None
        assert isinstance(evening.scan(evening.cast.ann, qr.screen_text(BASE, wrong)), NoSwap)
    assert evening.keyring.screen_handle(good, now().timestamp()) is None, "a slide passes for a phone"


def test_the_same_tap_twice_makes_one_code(evening: EveningOut) -> None:
    operation = new_id()
    first, second = (speak(evening, evening.cast.ben, operation=operation) for _ in range(2))
    assert first.id == second.id
    assert len(db.session.scalars(select(SlideCode)).all()) == 1


@pytest.mark.parametrize(
    ("clock", "expected"),
    [(time(20, 15), "2026-11-19T20:15"), (time(0, 30), "2026-11-20T00:30"), (time(14, 0), "2026-11-19T14:00")],
)
def test_a_clock_time_is_the_one_of_this_evening(clock: time, expected: str) -> None:
    starts = datetime.fromisoformat("2026-11-19T19:00+00:00")
    event = Event(starts_at=starts, ends_at=starts + timedelta(hours=6), zone="Europe/London")
    assert clock_at(event, clock).isoformat().startswith(expected)


# Practices E6.


def thank(evening: EveningOut, guest: Attendee, at: datetime) -> tuple[str, bool] | None:
    db.session.rollback()
    event_id, keyring = evening.cast.mixer.id, evening.keyring
    over = talk_over(db.session(), guest.person_id, event_id, keyring=keyring, base_url=BASE, at=at)
    return (over.name, over.have_card) if over else None


def test_e6_when_the_talk_ends_everyone_is_asked_to_stay_and_thank_the_speaker(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    slide = speak(evening, ben)
    assert thank(evening, ann, slide.ends_at - timedelta(minutes=1)) is None
    assert thank(evening, ann, slide.ends_at + timedelta(minutes=1)) == ("Ben Adeyemi", False)
    assert thank(evening, ben, slide.ends_at + timedelta(minutes=1)) is None
    assert thank(evening, ann, slide.ends_at + LAST_ROW + timedelta(minutes=1)) is None
    evening.scan(ann, on_the_wall(evening, slide))
    assert thank(evening, ann, slide.ends_at + timedelta(minutes=1)) == ("Ben Adeyemi", True)


@pytest.mark.parametrize("blocker_is_speaker", [True, False])
def test_e6_nobody_is_sent_to_somebody_they_want_nothing_to_do_with(
    evening: EveningOut, *, blocker_is_speaker: bool
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    slide = speak(evening, ben)
    me, other = (ben, ann) if blocker_is_speaker else (ann, ben)
    with writing() as session:
        block(session, new_id(), other.person_id, by=evening.cast.actor(me.person_id), at=now())
        session.commit()
    assert thank(evening, ann, slide.ends_at + timedelta(minutes=1)) is None


def test_e6_the_speakers_card_is_one_tap_away_when_the_talk_is_over(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    slide = speak(evening, ben)
    with writing() as session:
        late = session.get_one(SlideCode, slide.id)
        late.starts_at, late.ends_at = now() - timedelta(minutes=50), now() - timedelta(minutes=5)
        session.commit()
    browser = evening.cast.browser(ann.person_id)
    page = browser.get("/scan").text
    assert "Stay ten minutes. Thank Ben Adeyemi." in page
    [code] = re.findall(r'name="code" value="([^"]{60,})"', page)
    assert code == on_the_wall(evening, slide)
    assert "Swapped." in browser.post("/scans", data={"code": code}, follow_redirects=True).text
    assert "Open the card" in browser.get("/scan").text


def test_a_speaker_makes_it_shows_it_and_ends_it(evening: EveningOut) -> None:
    browser = evening.cast.browser(evening.cast.ben.person_id)
    assert "Speaking tonight?" in browser.get("/me").text
    assert browser.post("/me/slides", data={"starts": "", "minutes": "45"}).status_code == 422
    soon = f"{now().astimezone(ZoneInfo('Europe/London')):%H:%M}"
    assert browser.post("/me/slides", data={"starts": soon, "minutes": "45"}).status_code == 303
    [slide] = db.session.scalars(select(SlideCode)).all()
    page = browser.get("/me/slides").text
    assert "Picture for the slide" in page
    assert browser.get(f"/me/slides/{slide.id}/code.png").data.startswith(b"\x89PNG")
    assert browser.post(f"/me/slides/{slide.id}/end").status_code == 303
    assert "Picture for the slide" not in browser.get("/me/slides").text
