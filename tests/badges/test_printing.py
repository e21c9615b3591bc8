"""From the desk to paper: asked for, made by a child process, fetched by its organizers only."""

import re
from io import BytesIO
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from webapp.badges.documents import private_code_of
from webapp.badges.issuing import typed_code_of
from webapp.badges.models import Document
from webapp.badges.queries import find_by_token, find_live
from webapp.core.clock import now
from webapp.core.database import db, writing

NAMES = ["Ana Silva", "山田 花子", "محمد الأمين", "Ó Súilleabháin-Fitzgerald, Máire", "Bo", "🎉 Party"]


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """Dora's browser, with guests of many scripts on her list."""
    for name in NAMES:
        cast.guest(name)
    return cast.browser(cast.dora.id)


def ask(desk: FlaskClient, cast: Cast, **form: Any) -> UUID:
    values = {"kind": "badges", "stock": "a4-4up"} | form
    response = desk.post(f"/events/{cast.mixer.id}/documents", data=values)
    assert response.status_code == 303, response.text
    return UUID(response.location.rpartition("/")[2])


def fetch(desk: FlaskClient, document_id: object) -> bytes:
    with desk.get(f"/documents/{document_id}/file") as response:
        return bytes(response.data)


def codes_in(pdf: bytes) -> list[str]:
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(BytesIO(pdf))]
    return [found.text for page in pages for found in zxingcpp.read_barcodes(page)]


def test_every_code_of_the_printed_badges_belongs_to_its_guest(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    document_id = ask(desk, cast)
    assert drain() == 1
    pdf = fetch(desk, document_id)
    found = [find_by_token(db.session(), text.rpartition("/")[2]) for text in codes_in(pdf)]
    assert sorted(badge.attendee.name for badge in found if badge) == sorted(NAMES)


def test_one_selected_guest_is_printed_alone(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    document_id = ask(desk, cast, attendee=str(cast.ben.id))
    drain()
    [text] = codes_in(fetch(desk, document_id))
    badge = find_by_token(db.session(), text.rpartition("/")[2])
    assert badge is not None
    assert badge.attendee_id == cast.ben.id


@pytest.mark.parametrize("kind", ["badges", "private_codes"])
def test_a_code_is_printed_in_two_groups_of_four(desk: FlaskClient, cast: Cast, drain: Any, kind: str) -> None:
    document_id = ask(desk, cast, kind=kind, attendee=str(cast.ben.id))
    drain()
    words = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(fetch(desk, document_id)))
    keyring = desk.application.extensions["mixwell.tools"].keyring
    badge = find_live(db.session(), cast.ben.id)
    code = typed_code_of(badge, keyring) if badge else private_code_of(cast.ben, keyring)
    assert f"{code[:4]} {code[4:]}" in words


def test_the_code_on_the_badge_reads_as_on_the_phone(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    document_id = ask(desk, cast, attendee=str(cast.ben.id))
    drain()
    [page] = pypdfium2.PdfDocument(fetch(desk, document_id))
    on_paper = re.findall(r"[0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4}", page.get_textpage().get_text_range())
    phone = cast.browser(cast.ben.person_id).get("/me").text
    assert len(on_paper) == 1
    assert on_paper[0] in phone


def test_private_codes_and_the_door_list_are_documents_too(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    for kind in ("private_codes", "door_list"):
        document_id = ask(desk, cast, kind=kind)
        drain()
        pdf = pypdfium2.PdfDocument(fetch(desk, document_id))
        words = "".join(page.get_textpage().get_text_range() for page in pdf)
        assert "Silva" in words, kind


def test_a_document_of_another_circle_is_not_there(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    document_id = ask(desk, cast)
    drain()
    for browser in (cast.browser(cast.eve.id), cast.browser(cast.ann.person_id)):
        for part in ("", "/file", "/progress"):
            assert browser.get(f"/documents/{document_id}{part}").status_code == 404


def test_a_cancelled_document_is_never_made(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    document_id = ask(desk, cast)
    assert desk.post(f"/documents/{document_id}/cancellation").status_code == 303
    drain()
    assert desk.get(f"/documents/{document_id}/file").status_code == 404
    assert "Cancelled" in desk.get(f"/documents/{document_id}").text


def test_a_lost_badge_is_replaced_and_printed_in_one_act(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    first = ask(desk, cast, attendee=str(cast.ben.id))
    drain()
    [old] = codes_in(fetch(desk, first))
    response = desk.post(f"/events/{cast.mixer.id}/guests/{cast.ben.id}/replacement")
    drain()
    [new] = codes_in(fetch(desk, response.location.rpartition("/")[2]))
    dead = find_by_token(db.session(), old.rpartition("/")[2])
    assert new != old
    assert dead is not None
    assert dead.replaced_at is not None


def test_cancelled_guests_get_no_paper(desk: FlaskClient, cast: Cast, drain: Any) -> None:
    gone = cast.guest("Gone Girl", cancelled_at=now())
    document_id = ask(desk, cast)
    drain()
    tokens = [text.rpartition("/")[2] for text in codes_in(fetch(desk, document_id))]
    guests = {badge.attendee_id for token in tokens if (badge := find_by_token(db.session(), token))}
    assert gone.id not in guests


def test_documents_vanish_after_a_day(app: Flask, desk: FlaskClient, cast: Cast, drain: Any) -> None:
    from webapp.badges.jobs import remove_expired
    from webapp.badges.printing import KEPT_FOR, file_of

    document_id = ask(desk, cast, kind="door_list")
    drain()
    tools = app.extensions["mixwell.tools"]
    assert file_of(document_id, tools.data_dir).exists()
    with writing() as session:
        session.get_one(Document, document_id).expires_at = now() - KEPT_FOR
        session.commit()
    remove_expired(tools, now())
    assert not file_of(document_id, tools.data_dir).exists()
    assert db.session.scalar(select(Document)) is None
    assert desk.get(f"/documents/{document_id}/file").status_code == 404
