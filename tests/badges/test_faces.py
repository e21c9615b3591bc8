"""The texts of one badge share its room: none is printed over another, and the surname stays a name."""

import pytest

from tests.badges.crowd import faces, sheet_of
from webapp.badges.arrangement import arrange
from webapp.badges.faces import ASK_LABEL_MM, COMPANY_GAP_MM, set_face, with_separators
from webapp.badges.stocks import stocks


@pytest.mark.parametrize("key", stocks())
def test_texts_stand_one_under_another(key: str) -> None:
    sheet = sheet_of(faces(38), key)
    places = arrange(sheet.stock, sheet.largest_form)
    for guest in sheet.faces:
        face = set_face(guest, places)
        texts = [text for text in (face.given, face.family, face.company) if text]
        end = places.given.top + sum(text.height for text in texts) + (COMPANY_GAP_MM if face.company else 0)
        foot = places.who.bottom
        if face.ask and places.shape != "tall":
            foot -= face.ask.height + ASK_LABEL_MM
        assert end <= foot + 1e-6, guest.given_name


@pytest.mark.parametrize("key", stocks())
def test_the_given_name_is_the_largest_text(key: str) -> None:
    sheet = sheet_of(faces(38), key)
    places = arrange(sheet.stock, sheet.largest_form)
    for guest in sheet.faces:
        face = set_face(guest, places)
        if face.given.readable and len(guest.given_name) < 30:
            others = [text.size for text in (face.family, face.company) if text]
            assert all(size < face.given.size for size in others), guest.given_name


def test_someone_with_one_name_has_it_printed_large_whichever_field_it_was_in() -> None:
    sheet = sheet_of(faces(38))
    places = arrange(sheet.stock, sheet.largest_form)
    pele = next(face for face in sheet.faces if face.family_name == "Pelé")
    assert set_face(pele, places).given.lines == ("Pelé",)
    assert set_face(pele, places).family is None


def test_a_letter_goes_before_each_run_of_its_guests() -> None:
    guests = sorted(faces(5), key=lambda face: face.initial)
    kinds = [slot if isinstance(slot, str) else slot.initial.lower() for slot in with_separators(tuple(guests))]
    assert "".join(kinds) == "DdFfSsWwXx"
