"""*This reminded me of…*: shared from any app, filed to somebody I met, waiting on their page as a draft (C13)."""

import html
import io
import json
import re
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.people.evening import gave, met, swapped_with
from tests.people.pages import counted_statements, fill_card, keyring, words
from webapp.accounts.models import Person
from webapp.contacts.forms import is_web_link, read_shared
from webapp.contacts.models import Meeting, Reminder, Role
from webapp.contacts.reminding import Draft, Filed, Shared, file_reminder, reminders_of
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import OperationReused
from webapp.core.tokens import Sealed
from webapp.mydata.leaving import erase
from webapp.people.waiting_share import LIFE
from webapp.swaps.blocking import block

LINK = "https://rye.example.org/slow-bread?day=2"
ARTICLE = {"title": "Slow bread", "text": f"Worth a read {LINK}", "url": ""}
"""As phones share a page: the link stands in the text."""
FROM_THE_PHONE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Origin": "null"}
"""What a browser says of a page that nobody linked to: the phone itself opened it."""


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Ann and Ben met, and he gave her his card."""
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ben, "name headline email phone")
    ways = {"email": "ben@example.org", "phone": "+44 20 7946 0000", "reach_email": True, "reach_phone": True}
    fill_card(cast.ben.person_id, **ways, reach_chosen_at=now())
    return meeting


def drafts(cast: Cast, me: UUID, other: UUID) -> list[Draft]:
    db.session.rollback()
    db.session.expire_all()
    return reminders_of(db.session(), me, other, Sealed(keyring(cast), "notes"))


def file_to_ben(cast: Cast, shared: Shared, *, operation: UUID | None = None) -> Filed:
    """Ann files this to Ben."""
    with writing() as session:
        by = cast.actor(cast.ann.person_id)
        made: dict[str, object] = {"by": by, "keyring": keyring(cast), "at": now()}
        filed = file_reminder(session, operation or new_id(), cast.ben.person_id, shared, **made)  # type: ignore[arg-type]  # as above
        session.commit()
    return filed


def pick(browser: FlaskClient, person_id: UUID, page: str) -> str:
    """Press this person's row, and read the page it leads to."""
    row = re.search(rf'value="([^"]+)" formaction="(/people/{person_id}/reminders)"', page)
    assert row, "they are not to be picked"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    form = {name: html.unescape(value) for name, value in hidden.items()} | {"operation_id": row[1]}
    return browser.post(row[2], data=form, follow_redirects=True).text


def test_c13_share_a_link_to_the_app_pick_a_person_and_a_ready_draft_waits_on_their_page(
    cast: Cast, meeting: Meeting
) -> None:
    ann = cast.browser(cast.ann.person_id)
    offered = ann.get("/manifest.webmanifest").get_json()["share_target"]
    form = {name: ARTICLE[field] for field, name in offered["params"].items()}
    assert (offered["method"], offered["enctype"]) == ("POST", "application/x-www-form-urlencoded")
    picker = ann.post(offered["action"], data=form, headers=FROM_THE_PHONE, follow_redirects=True).text
    assert "Who does this remind you of?" in picker
    page = pick(ann, cast.ben.person_id, picker)
    assert "You wanted to send Ben Adeyemi this" in words(page)
    mail, message = re.findall(r'href="((?:mailto|sms):[^"]*)"', html.unescape(page))[-2:]
    assert mail.startswith("mailto:ben@example.org?subject=This%20reminded%20me%20of%20you&body=")
    assert "https%3A//rye.example.org/slow-bread%3Fday%3D2" in mail
    assert message.startswith("sms:+442079460000?body=This%20reminded%20me%20of%20you.%20Slow%20bread")
    assert [(one.words, one.link) for one in drafts(cast, cast.ann.person_id, cast.ben.person_id)] == [
        ("Slow bread Worth a read", LINK)
    ]
    assert "Who does this remind" not in ann.get("/share").text, "it waits no more"


def test_it_waits_through_signing_in_and_stands_in_no_address(cast: Cast, meeting: Meeting) -> None:
    stranger = cast.browser()
    answer = stranger.post("/share", data=ARTICLE, headers=FROM_THE_PHONE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/share")
    page = stranger.get("/share").text
    assert LINK in html.unescape(page)
    assert 'href="/sign-in?next=/share"' in page
    cookie = stranger.get_cookie("__Host-mixwell-share", domain="mix.example.org")
    ann = cast.browser(cast.ann.person_id)
    assert cookie
    ann.set_cookie("__Host-mixwell-share", cookie.value, domain="mix.example.org", secure=True)
    assert "You wanted to send" in pick(ann, cast.ben.person_id, ann.get("/share").text)


def test_s_31_what_one_person_shared_is_not_shown_to_the_next_on_that_phone(cast: Cast, meeting: Meeting) -> None:
    browser = cast.browser(cast.ann.person_id)
    browser.post("/share", data=ARTICLE, headers=FROM_THE_PHONE)
    browser.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert "slow-bread" not in browser.get("/share").text
    ben = cast.browser(cast.ben.person_id)
    cookie = browser.get_cookie("__Host-mixwell-share", domain="mix.example.org")
    assert cookie
    ben.set_cookie("__Host-mixwell-share", cookie.value, domain="mix.example.org", secure=True)
    assert "slow-bread" not in ben.get("/share").text


def test_it_waits_a_quarter_of_an_hour(cast: Cast, meeting: Meeting) -> None:
    ann = cast.browser(cast.ann.person_id)
    ann.post("/share", data=ARTICLE, headers=FROM_THE_PHONE)
    kept = ann.get_cookie("__Host-mixwell-share", domain="mix.example.org")
    assert kept
    with time_machine.travel(now() + LIFE + timedelta(seconds=2), tick=False):
        later = cast.browser(cast.ann.person_id)
        later.set_cookie("__Host-mixwell-share", kept.value, domain="mix.example.org", secure=True)
        assert "slow-bread" not in later.get("/share").text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_shares_nothing_and_files_nothing(cast: Cast, meeting: Meeting, site: str) -> None:
    ann, foreign = cast.browser(cast.ann.person_id), {"Sec-Fetch-Site": site, "Origin": "https://evil.example"}
    for path in ("/share", f"/people/{cast.ben.person_id}/reminders"):
        assert ann.post(path, data=ARTICLE, headers=foreign).status_code == 403
    assert ann.get_cookie("__Host-mixwell-share", domain="mix.example.org") is None
    assert drafts(cast, cast.ann.person_id, cast.ben.person_id) == []


def test_looking_at_the_picker_keeps_nothing(cast: Cast, meeting: Meeting) -> None:
    ann = cast.browser(cast.ann.person_id)
    ann.post("/share", data=ARTICLE, headers=FROM_THE_PHONE)
    before = db.session.scalar(select(func.count()).select_from(Reminder))
    for path in ("/share", "/share?q=ben", f"/share?text=planted&url={LINK}"):
        assert "planted" not in ann.get(path).text
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == before == 0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"url": LINK}, Shared("", LINK)),
        ({"title": "Slow bread", "url": LINK}, Shared("Slow bread", LINK)),
        ({"title": "Slow bread", "text": f"Slow bread\n{LINK}"}, Shared("Slow bread", LINK)),
        ({"text": "only words"}, Shared("only words", "")),
        ({"url": "javascript:alert(1)"}, Shared("javascript:alert(1)", "")),
        ({"url": "intent://x#Intent;end"}, Shared("intent://x#Intent;end", "")),
        ({"url": "https://bank.example@evil.example/"}, Shared("https://bank.example@evil.example/", "")),
        ({"url": "http://[broken"}, Shared("http://[broken", "")),
        ({"text": "x" * 900}, Shared("x" * 300, "")),
        ({}, Shared("", "")),
    ],
)
def test_only_what_leads_to_the_web_is_a_link_and_all_else_is_text(form: dict[str, str], expected: Shared) -> None:
    assert read_shared(form) == expected


def test_a_link_hides_nothing() -> None:
    assert is_web_link("https://example.org/péché")
    for text in (
        "https://example.org/\u202egnp.exe",
        "https://",
        "ftp://example.org",
        "https://x.example/" + "a" * 1000,
    ):
        assert not is_web_link(text)


@pytest.mark.parametrize("sign", ["x", "é", "字", "🎉", '"', "<"])
def test_whatever_its_script_it_fits_into_a_cookie(cast: Cast, meeting: Meeting, sign: str) -> None:
    ann = cast.browser(cast.ann.person_id)
    link = "https://e.example/" + (sign if sign not in '"<' else "q") * (900 // len(sign.encode()))
    answer = ann.post("/share", data={"text": sign * 500, "url": link}, headers=FROM_THE_PHONE)
    assert max(len(value) for name, value in answer.headers if name == "Set-Cookie") < 4096
    page = html.unescape(ann.get("/share").text)
    assert sign * 300 in page
    assert link in page


def test_the_same_filed_twice_waits_once(cast: Cast, meeting: Meeting) -> None:
    operation, shared = new_id(), Shared("rye", LINK)
    assert file_to_ben(cast, shared, operation=operation) == file_to_ben(cast, shared, operation=operation)
    assert len(drafts(cast, cast.ann.person_id, cast.ben.person_id)) == 1
    with pytest.raises(OperationReused):
        file_to_ben(cast, Shared("wheat"), operation=operation)


def test_its_words_are_in_no_row(cast: Cast, meeting: Meeting) -> None:
    with counted_statements() as statements:
        file_to_ben(cast, Shared("sourdough", LINK))
    assert not any("sourdough" in statement or "rye.example" in statement for statement in statements)
    [row] = db.session.scalars(select(Reminder))
    assert row.sealed_link
    assert b"rye" not in row.sealed_link


def test_s_16_only_its_author_ever_sees_settles_or_drops_it(cast: Cast, meeting: Meeting) -> None:
    reminder_id = file_to_ben(cast, Shared("sourdough", LINK)).reminder_id
    ben = cast.browser(cast.ben.person_id)
    assert "sourdough" not in ben.get(f"/people/{cast.ann.person_id}").text
    for act in ("state", "removal"):
        assert ben.post(f"/reminders/{reminder_id}/{act}", data={"sent": "yes"}).status_code == 404
    [draft] = drafts(cast, cast.ann.person_id, cast.ben.person_id)
    assert draft.sent_at is None


def test_somebody_i_never_met_reminds_me_of_nothing(cast: Cast) -> None:
    with pytest.raises(NotHere):
        file_to_ben(cast, Shared("sourdough"))


def test_whom_i_blocked_is_not_to_be_picked_and_their_drafts_are_gone_from_sight(cast: Cast, meeting: Meeting) -> None:
    reminder_id = file_to_ben(cast, Shared("sourdough")).reminder_id
    with writing() as session:
        block(session, new_id(), cast.ben.person_id, by=cast.actor(cast.ann.person_id), at=now())
        session.commit()
    ann = cast.browser(cast.ann.person_id)
    assert "Ben" not in ann.post("/share", data=ARTICLE, headers=FROM_THE_PHONE, follow_redirects=True).text
    assert ann.post(f"/reminders/{reminder_id}/state", data={"sent": "yes"}).status_code == 404


def test_sent_not_yet_and_forgotten(cast: Cast, meeting: Meeting) -> None:
    reminder_id = file_to_ben(cast, Shared("sourdough")).reminder_id
    ann = cast.browser(cast.ann.person_id)
    for said, waits in (("yes", False), ("yes", False), ("no", True)):
        page = ann.post(f"/reminders/{reminder_id}/state", data={"sent": said}, follow_redirects=True).text
        assert ("You wanted to send" in page) is waits
        assert "sourdough" in page
    assert "sourdough" not in ann.post(f"/reminders/{reminder_id}/removal", follow_redirects=True).text
    assert drafts(cast, cast.ann.person_id, cast.ben.person_id) == []


def test_nothing_written_is_nothing_kept(cast: Cast, meeting: Meeting) -> None:
    ann = cast.browser(cast.ann.person_id)
    page = ann.post(f"/people/{cast.ben.person_id}/reminders", data={"text": " \n"}, follow_redirects=True).text
    assert "Nothing was written." in page
    assert drafts(cast, cast.ann.person_id, cast.ben.person_id) == []


def test_people_are_looked_for_by_my_own_words_and_each_stands_once(cast: Cast, meeting: Meeting) -> None:
    cleo = cast.guest("Cleo Third")
    later = met(cast, cast.ann, cleo)
    ann = cast.browser(cast.ann.person_id)
    ann.post(f"/meetings/{later.id}/memory", data={"note": "keeps bees"})
    everyone = ann.post("/share", data=ARTICLE, headers=FROM_THE_PHONE, follow_redirects=True).text
    assert re.findall(r"<bdi>(Ben Adeyemi|Cleo Third)</bdi>", everyone) == ["Cleo Third", "Ben Adeyemi"]
    found = ann.get("/share?q=bees").text
    assert "Cleo Third" in found
    assert "Ben Adeyemi" not in found
    assert "Nobody found." in ann.get("/share?q=wasps").text


def test_the_picker_asks_no_more_of_the_database_for_many_people(cast: Cast) -> None:
    swapped_with(cast, cast.ann, 2)
    ann = cast.browser(cast.ann.person_id)
    ann.post("/share", data=ARTICLE, headers=FROM_THE_PHONE)
    with counted_statements() as few:
        ann.get("/share")
    for guest in cast.crowd(35):
        met(cast, cast.ann, guest)
    with counted_statements() as many:
        page = ann.get("/share").text
    assert len(many) == len(few)
    assert "There are more." in page


def test_my_export_holds_it_opened(cast: Cast, meeting: Meeting) -> None:
    file_to_ben(cast, Shared("sourdough", LINK))
    with zipfile.ZipFile(io.BytesIO(cast.browser(cast.ann.person_id).get("/me/data.zip").data)) as archive:
        mine = json.loads(archive.read("mine.json"))
    assert [(one["words"], one["link"]) for met in mine["people"] for one in met["reminders"]] == [("sourdough", LINK)]
    assert len(mine["records"]["reminders"]["rows"]) == 1


def test_it_goes_with_its_author_and_stays_without_whom_it_was_for(cast: Cast, meeting: Meeting) -> None:
    file_to_ben(cast, Shared("sourdough"))
    role = Role(id=new_id(), person_id=cast.ann.person_id, other_id=cast.ben.person_id, since=now().date())
    role.sealed_word, role.made_at = b"sealed", now()
    with writing() as session:
        session.add(role)
        session.commit()
    with writing() as session:
        erase(session, cast.ben.person_id, at=now())
        session.commit()
    assert len(drafts(cast, cast.ann.person_id, cast.ben.person_id)) == 1
    other = cast.guest("Cleo Third", claimed=True)
    met(cast, cast.ann, other)  # somebody remembers her: her row stays, empty
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert db.session.get(Person, cast.ann.person_id)
    for table in (Reminder, Role):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table
