"""A calendar file is read back as it was meant, whatever was typed."""

from datetime import UTC, datetime, timedelta

import vobject

from webapp.followups.calendar import Entry, write_calendar

AT = datetime(2026, 12, 1, tzinfo=UTC)
LINK = "https://meet.example.org/a;b?c=1,2&d=%0d"


def entry(title: str, text: str = "", link: str = "") -> Entry:
    return Entry("one@mix.example.org", AT + timedelta(days=3), timedelta(minutes=30), title, text, link)


def test_what_was_typed_is_read_back_and_nothing_else_is_in_it() -> None:
    title, text = "Coffee; with, 山田 \\ 🎉 " + "x" * 90, "one\nEND:VEVENT\r\nX-EVIL:1"
    written = write_calendar([entry(title, text, LINK)], AT, name="Keep, in; touch").decode()
    [event] = vobject.readOne(written).contents["vevent"]
    assert (event.summary.value, event.location.value) == (title, LINK)
    assert event.description.value.replace("\r\n", "\n") == text.replace("\r\n", "\n")
    assert "x-evil" not in event.contents
    assert (event.dtstart.value, event.dtend.value - event.dtstart.value) == (
        AT + timedelta(days=3),
        timedelta(minutes=30),
    )
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))


def test_an_address_stands_as_it_is() -> None:
    assert f"URL:{LINK}\r\n" in write_calendar([entry("Coffee", link=LINK)], AT).decode()


def test_no_entry_is_an_empty_calendar() -> None:
    assert "vevent" not in vobject.readOne(write_calendar([], AT).decode()).contents
