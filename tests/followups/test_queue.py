"""Next: whom to do something for, why now, in which way; a few at a time, in the morning, and nobody forgotten."""

import re
from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.followups.nexts import (
    DAY,
    EVENING,
    MINUTE,
    MORNING,
    Phone,
    at,
    evening,
    item_of,
    names_in,
    post,
    queue,
    swapped,
)
from tests.people.pages import fill_card, words
from webapp.contacts.models import Meeting
from webapp.events.models import Attendee, Event

FOUR = ["Ada One", "Bea Two", "Cyd Three", "Dan Four"]


@pytest.fixture
def event(cast: Cast) -> Event:
    return evening(cast)


@pytest.fixture
def ann(cast: Cast, event: Event) -> Attendee:
    return cast.guest("Ann Achebe", event=event, email="ann@example.org", claimed=True)


@pytest.fixture
def phone(cast: Cast, ann: Attendee) -> Phone:
    return Phone(cast, ann.person_id)


@pytest.fixture
def ben(cast: Cast, event: Event, ann: Attendee) -> Meeting:
    return swapped(cast, event, ann, ["Ben Adeyemi"])["Ben Adeyemi"]


def to(meeting: Meeting, me: Attendee, what: str) -> str:
    return f"/people/{meeting.other_of(me.person_id)}/{what}"


def test_d13_the_next_morning_there_are_four_items_although_nothing_was_ever_logged(
    cast: Cast, event: Event, ann: Attendee, phone: Phone
) -> None:
    swapped(cast, event, ann, FOUR)
    post(phone, EVENING, "/next/minutes", minutes="15")
    assert queue(phone, MORNING - MINUTE) == []
    assert queue(phone, MORNING) == FOUR
    assert queue(phone, MORNING + 50 * DAY) == FOUR, "nobody is lost by waiting"


def test_of_twenty_new_people_five_stand_there_and_the_others_come_after(
    cast: Cast, event: Event, ann: Attendee, phone: Phone
) -> None:
    names = [f"Guest {number:02d} New" for number in range(20)]
    meetings = swapped(cast, event, ann, names)
    post(phone, MORNING, "/next/minutes", minutes="30")
    assert queue(phone, MORNING) == names[:5]
    post(phone, MORNING, to(meetings[names[0]], ann, "keeping"), rhythm="no")
    assert queue(phone, MORNING) == names[1:6]


def test_a3_my_own_rest_holds_the_queue_and_loses_nothing(
    cast: Cast, event: Event, ann: Attendee, phone: Phone
) -> None:
    swapped(cast, event, ann, FOUR)
    post(phone, EVENING, "/next/minutes", minutes="15")
    post(phone, EVENING, "/me/rest", hours="14")
    ends = EVENING + timedelta(hours=3)
    assert queue(phone, MORNING) == []
    with at(ends + timedelta(hours=3, minutes=1)):
        assert all(name in phone.get("/next").text for name in FOUR[:3]), "whoever looks finds them"
    assert queue(phone, ends + timedelta(hours=14)) == FOUR


def test_b1_five_minutes_give_at_most_two_items_and_done_is_a_clean_screen(
    cast: Cast, event: Event, ann: Attendee, phone: Phone
) -> None:
    meetings = swapped(cast, event, ann, FOUR)
    post(phone, MORNING, "/next/minutes", minutes="5")
    assert queue(phone, MORNING) == FOUR[:2]
    page = post(phone, MORNING, to(meetings["Ada One"], ann, "touches"), way="call")
    assert names_in(page) == ["Bea Two"]
    page = post(phone, MORNING, to(meetings["Bea Two"], ann, "another-day"), when="tomorrow")
    assert names_in(page) == []
    assert "That’s all for these 5 minutes. Enjoy your day." in words(page)
    assert queue(phone, MORNING + timedelta(hours=4)) == FOUR[2:], "later the next five minutes begin, as remembered"
    post(phone, MORNING + timedelta(hours=4), "/next/minutes", minutes="15")
    assert queue(phone, MORNING + DAY) == ["Bea Two", *FOUR[2:]] or len(queue(phone, MORNING + DAY)) == 3


def test_every_item_says_why_now_what_was_talked_of_and_what_was_promised(
    ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    post(phone, EVENING, f"/meetings/{ben.id}/memory", note="Keeps bees", promise="Send the rye recipe")
    with at(MORNING):
        said = words("<main>" + item_of(phone.get("/next").text, ben.other_of(ann.person_id)) + "</main>")
    for part in (
        "You met on Thursday, November 19, 2026, Autumn mixer.",
        "You wrote: Keeps bees",
        "Send the rye recipe",
        "Did it",
    ):
        assert part in said
    for act in ("Another day", "Not this person", "Another way", "Write a message"):
        assert act in said


def test_a_promise_kept_is_settled_with_the_touch(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, EVENING, f"/meetings/{ben.id}/memory", promise="Send the rye recipe")
    post(phone, MORNING, to(ben, ann, "touches"), way="call", rhythm="no")
    with at(MORNING + DAY):
        page = phone.get("/next").text
    promise_id = item_of(page, ben.other_of(ann.person_id)).partition('name="promise" value="')[2][:36]
    page = post(phone, MORNING + DAY, to(ben, ann, "touches"), way="mail", promise=promise_id)
    assert "rye recipe" not in page


def test_d14_a_call_on_day_twenty_of_thirty_makes_day_fifty(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, MORNING, to(ben, ann, "keeping"), rhythm="own", ideal="30", worst="60")
    assert queue(phone, MORNING + 28 * DAY) == []
    post(phone, EVENING + 20 * DAY, to(ben, ann, "touches"), way="call")
    assert queue(phone, MORNING + 30 * DAY) == []
    assert queue(phone, MORNING + 49 * DAY - MINUTE) == []
    assert queue(phone, MORNING + 49 * DAY) == ["Ben Adeyemi"]


def test_d14_a_call_that_the_other_logged_counts_for_me_and_is_not_shown(
    cast: Cast, ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    post(phone, MORNING, to(ben, ann, "keeping"), rhythm="now")
    other = ben.other_of(ann.person_id)
    post(Phone(cast, other), EVENING + 20 * DAY, f"/people/{ann.person_id}/touches", way="call", words="the bees")
    assert queue(phone, MORNING + 30 * DAY) == []
    with at(MORNING + 30 * DAY):
        page = phone.get(f"/people/{other}").text
    assert "the bees" not in page
    assert "In touch: 0 times" in words(page)


def test_d15_after_two_messages_the_way_is_another(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, MORNING, to(ben, ann, "keeping"), rhythm="now")
    for day in (1, 2):
        post(phone, MORNING + day * DAY, to(ben, ann, "touches"), way="message")
    with at(MORNING + 60 * DAY):
        item = item_of(phone.get("/next").text, ben.other_of(ann.person_id))
    assert "Write a mail" in item
    assert "Write a message" not in item


def test_c17_whoever_likes_writing_and_talking_is_offered_no_video(
    cast: Cast, ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    other = ben.other_of(ann.person_id)
    with at(MORNING):
        cast.browser(other).post("/me/comfort", data={"comfort": "voice"})
        said = words(
            phone.get(f"/next/{other}?about=hello").text.partition('aria-labelledby="did-title"')[0] + "</main>"
        )
        assert "Propose a video call" not in said
        assert "Propose a coffee" in said
        assert "Call" in said
        assert "Likes writing and talking, rather than video." in words(phone.get(f"/people/{other}").text)
        cast.browser(other).post("/me/comfort", data={"comfort": "text"})
        assert "tel:" not in phone.get(f"/next/{other}").text
        cast.browser(other).post("/me/comfort", data={"comfort": ""})
        assert "Propose a video call" in words(phone.get(f"/next/{other}").text)


def test_d16_no_agenda_hides_every_ask_and_the_log_shows_it(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    other = ben.other_of(ann.person_id)
    with at(MORNING):
        assert "To ask for one thing" in phone.get(f"/next/{other}").text
        calm = phone.get(f"/next/{other}?about=hello&ask=Lend+me+money").text
        assert "To ask for one thing" not in calm
        assert "Lend me" not in calm
        assert 'name="ask"' not in calm
    post(phone, MORNING, to(ben, ann, "touches"), way="call", no_agenda="yes")
    with at(MORNING):
        assert "A call no agenda" in words(phone.get(f"/people/{other}").text)


def test_d6_an_ask_is_one_to_one_person_after_a_gift_and_a_pass_hurts_nobody(
    cast: Cast, ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    fill_card(ann.person_id, can_help_with="grant forms")
    other, stranger = ben.other_of(ann.person_id), cast.browser()
    page = ask(phone, other, kind="ask", ask="Who rents boats?")
    said = words(page)
    assert said.index("If I can help you with grant forms") < said.index("Who rents boats?")
    link = link_in(page)
    with at(MORNING + DAY):
        shown = words(stranger.get(link).text)
        assert all(choice in shown for choice in ("Who rents boats?", "Yes", "Not now", "Pass"))
        before = phone.get(f"/next/{other}").text
        assert "Nothing is sent" in words(stranger.post(link, data={"answer": "pass"}, follow_redirects=True).text)
    with at(MORNING + DAY):
        assert words(phone.get(f"/next/{other}").text) == words(before), "a pass looks like silence"
        stranger.post(link, data={"answer": "yes"})
    with at(MORNING + DAY):
        assert "They said yes." in phone.get(f"/next/{other}").text
        assert stranger.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404


@pytest.mark.parametrize(("month", "utc"), [("2026-12-02", "170000"), ("2027-06-02", "160000")])
def test_c18_one_of_three_times_is_taken_and_both_get_it_in_the_right_zone(
    cast: Cast, ann: Attendee, ben: Meeting, phone: Phone, month: str, utc: str
) -> None:
    other, stranger = ben.other_of(ann.person_id), cast.browser()
    times = [f"{month}T17:00", f"{month}T18:00", f"{month}T19:00"]
    page = ask(phone, other, kind="video", time=times, link="https://meet.example.org/tea")
    link = link_in(page)
    with at(MORNING + DAY):
        choices = re.findall(r'name="answer" value="([^"]+)"', stranger.get(link).text)
        assert len(choices) == 5
        assert stranger.get(f"{link}/appointment.ics").status_code == 404
        stranger.post(link, data={"answer": choices[0]})
    with at(MORNING + DAY):
        theirs, mine = (browser.get(f"{link}/appointment.ics").text for browser in (stranger, phone))
        assert "They took" in phone.get(f"/next/{other}").text
    assert theirs == mine
    assert f"DTSTART:{month.replace('-', '')}T{utc}Z" in theirs
    assert "LOCATION:https://meet.example.org/tea" in theirs


def test_c8_no_time_is_proposed_in_my_quiet_hours_and_what_was_typed_stays(
    ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    other = ben.other_of(ann.person_id)
    post(phone, MORNING, "/me/quiet-hours", **{"from": "15:00", "until": "18:00"})
    typed = ["2026-12-02T14:30", "2026-12-02T15:30", "2026-12-03T17:59"]
    page = ask(phone, other, kind="video", time=typed, link="https://meet.example.org/tea")
    assert "In your quiet hours: 3:30\u202fPM, 5:59\u202fPM." in page
    assert "/asked/" not in page
    assert re.findall(r'name="time" value="([^"]*)"', page) == typed
    assert 'value="https://meet.example.org/tea"' in page
    assert "/asked/" in ask(phone, other, kind="video", time=["2026-12-02T14:30", "2026-12-02T18:00"])


def ask(phone: Phone, other: object, **form: str | list[str]) -> str:
    with at(MORNING):
        return str(phone.post(f"/people/{other}/questions", data=form, follow_redirects=True).text)


def link_in(page: str) -> str:
    found = re.search(r"(/asked/[0-9a-f-]{36}/[0-9A-Z]{26})<", page)
    assert found
    return found[1]


def test_another_day_and_not_this_person(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, MORNING, to(ben, ann, "another-day"), when="week")
    assert queue(phone, MORNING + 6 * DAY) == []
    assert queue(phone, MORNING + 7 * DAY) == ["Ben Adeyemi"]
    post(phone, MORNING + 7 * DAY, to(ben, ann, "keeping"), rhythm="not")
    assert queue(phone, MORNING + 400 * DAY) == []


def test_a_day_named_in_the_talk_stands_before_the_rhythm(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, MORNING, to(ben, ann, "touches"), way="call", rhythm="months", next_on="2026-11-29")
    assert queue(phone, MORNING + 8 * DAY) == []
    with at(MORNING + 9 * DAY):
        assert "You named this day when you talked." in phone.get("/next").text


def test_three_times_not_now_ask_to_go_slower_or_rest(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    post(phone, MORNING, to(ben, ann, "keeping"), rhythm="now")
    due = MORNING + 29 * DAY
    for day in range(3):
        assert "Three times not now" not in post(phone, due + day * DAY, to(ben, ann, "another-day"), when="tomorrow")
    with at(due + 3 * DAY):
        assert "Three times not now" in phone.get("/next").text
    post(phone, due + 3 * DAY, to(ben, ann, "keeping"), rhythm="longer")
    assert queue(phone, due + 32 * DAY) == []
    assert queue(phone, due + 33 * DAY) == ["Ben Adeyemi"]


def test_e1_one_thing_to_finish_now_and_what_grows_in_the_ground(
    cast: Cast, event: Event, ann: Attendee, phone: Phone
) -> None:
    meetings = swapped(cast, event, ann, FOUR)
    post(phone, EVENING, f"/meetings/{meetings['Ada One'].id}/memory", promise="Send the plan")
    for name in FOUR[1:]:
        post(phone, MORNING, to(meetings[name], ann, "keeping"), rhythm="months")
    with at(MORNING + timedelta(hours=5)):
        said = words(phone.get("/next").text)
    assert "One thing you can finish now" in said
    assert "In the ground: 1 promise, 3 people to keep in touch with." in said


def test_c13_something_that_reminded_me_waits_in_the_queue_as_a_draft(
    ann: Attendee, ben: Meeting, phone: Phone
) -> None:
    other = ben.other_of(ann.person_id)
    post(phone, MORNING, to(ben, ann, "keeping"), rhythm="no")
    post(phone, MORNING, to(ben, ann, "reminders"), text="Slow bread https://rye.example.org/")
    assert queue(phone, MORNING + timedelta(hours=5)) == []
    with at(MORNING + DAY):
        item = item_of(phone.get("/next").text, other)
    assert "Something reminded you of them." in item
    assert "Slow%20bread" in item
    draft_id = item.partition('name="draft" value="')[2][:36]
    post(phone, MORNING + DAY, to(ben, ann, "touches"), way="message", draft=draft_id)
    assert queue(phone, MORNING + 2 * DAY) == []


def test_c1_no_form_of_next_names_more_than_one_person(cast: Cast, event: Event, ann: Attendee, phone: Phone) -> None:
    swapped(cast, event, ann, FOUR)
    with at(MORNING):
        page = phone.get("/next").text
    for form in page.split("<form")[1:]:
        assert sum(name in form.partition("</form>")[0] for name in FOUR) <= 1


def test_what_is_no_choice_changes_nothing(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    for path, form in (
        ("touches", {"way": "pigeon"}),
        ("touches", {"way": "call", "day": "2026-12-24"}),
        ("another-day", {"day": "2020-01-01"}),
        ("keeping", {"rhythm": "always"}),
    ):
        post(phone, MORNING, to(ben, ann, path), **form)
        assert queue(phone, MORNING) == ["Ben Adeyemi"]


def test_a_blocked_person_is_nowhere(ann: Attendee, ben: Meeting, phone: Phone) -> None:
    other = ben.other_of(ann.person_id)
    post(phone, MORNING, f"/people/{other}/block")
    assert queue(phone, MORNING) == []
    with at(MORNING):
        assert phone.get(f"/next/{other}").status_code == 404
        assert phone.post(to(ben, ann, "touches"), data={"way": "call"}).status_code == 404
        assert phone.post(to(ben, ann, "keeping"), data={"rhythm": "now"}).status_code == 404
