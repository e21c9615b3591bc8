"""Everything of mine in one file: for programs, for eyes, for a phone."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pypdfium2
from flask import Flask

from tests.accounts.test_photos import snapshot
from tests.swaps.evening import EveningOut
from webapp.accounts.photos import keep_photo
from webapp.contacts.queries import meetings_of_pair
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.mydata.book import book_of, payload
from webapp.mydata.book_pdf import AT_A_TIME, book_from_payload


def files(evening: EveningOut) -> dict[str, bytes]:
    """What Ann's export holds."""
    answer = evening.cast.browser(evening.cast.ann.person_id).get("/me/data.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def write(evening: EveningOut) -> None:
    """Ann met Ben and wrote down all that one can."""
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    [meeting] = meetings_of_pair(db.session(), ann.person_id, ben.person_id)
    db.session.rollback()
    browser = evening.cast.browser(ann.person_id)
    words = {"note": "Keeps bees.\nAsk for honey.", "promise": "Send the recipe", "reason_words": "He makes me laugh"}
    browser.post(f"/meetings/{meeting.id}/memory", data=words)
    browser.post(f"/people/{ben.person_id}/roles", data={"role": "Beekeeper", "since": "2026-11-19"})
    browser.post(f"/people/evenings/{evening.cast.mixer.id}", data={"idea": "Paper lanterns", "tip": "The choir"})


def test_it_holds_a_book_a_list_for_programs_and_cards_for_a_phone(evening: EveningOut) -> None:
    write(evening)
    with writing() as session:
        keep_photo(session, evening.cast.ann.person_id, snapshot(), at=now())
        session.commit()
    found = files(evening)
    assert set(found) == {"mine.json", "mine.pdf", "people.vcf", "photo.jpg"}
    assert found["photo.jpg"].startswith(b"\xff\xd8")
    [person] = json.loads(found["mine.json"])["people"]
    assert person["roles"] == [{"word": "Beekeeper", "since": "2026-11-19"}]


def test_the_book_says_in_words_what_the_list_holds(evening: EveningOut) -> None:
    write(evening)
    said = re.sub(r"\s+", " ", text_of(files(evening)["mine.pdf"]))
    for words in (
        "What Mixwell keeps of Ann Achebe",
        "Ben Adeyemi",
        "You wrote: Keeps bees. Ask for honey.",
        "You promised: Send the recipe",
        "Why you keep this: He makes me laugh",
        "Beekeeper since Nov 19, 2026",
        "Paper lanterns",
        "The choir",
        "Who has your card",
    ):
        assert words in said


def test_many_people_are_laid_out_part_by_part_and_nobody_is_lost(app: Flask) -> None:
    at = datetime(2026, 11, 19, 20, tzinfo=UTC)
    names = [f"Guest {number}" for number in range(AT_A_TIME * 2 + 5)]
    nothing = {"event": "Mixer", "met_at": at, "card": {}, "note": "", "reason": "", "promises": [], "roles": []}
    nothing["reminders"] = nothing["touches"] = nothing["tags"] = []
    everything = {"people": [{"name": name, **nothing} for name in names], "evenings": [], "who_has_my_card": []}
    everything |= {"notes_without_a_person": [], "outcomes": [], "needs": [], "seasons": [], "help_given": []}
    everything |= {"from_elsewhere": [], "asked": [], "asked_of_me": []}
    with app.test_request_context("/"):
        book = book_of({**everything, "records": {"cards": {"rows": []}}}, "Ann", at)
    said = text_of(book_from_payload(payload(book), lambda done, total: None))
    assert [name for name in names if not re.search(rf"{name}\b", said)] == []
