"""Headings are understood in seven languages; a column that is not understood is named and not kept."""

import pytest

from webapp.events.columns import (
    ColumnTwice,
    Field,
    Mapping,
    NoNameColumn,
    guess_mapping,
    mapping_from_choices,
    mapping_problems,
)
from webapp.events.tables import Row, Table

VALUES = {
    Field.NAME: "Ana Silva",
    Field.GIVEN_NAME: "Ana",
    Field.FAMILY_NAME: "Silva",
    Field.EMAIL: "ana@example.org",
    Field.COMPANY: "Boats",
    Field.HEADLINE: "Sailor",
    Field.ASK_ME_ABOUT: "sailing",
    Field.EXTERNAL_REF: "T-71",
    Field.STATUS: "Attending",
    None: "4711",
}
F = Field


def table(*header: str, rows: tuple[tuple[str, ...], ...] = ()) -> Table:
    return Table("utf-8", False, False, header, tuple(Row(at, cells) for at, cells in enumerate(rows, 2)))


def guessed(expected: dict[str, Field | None]) -> dict[str, Field | None]:
    cells = tuple(VALUES[field] for field in expected.values())
    return dict(zip(expected, guess_mapping(table(*expected, rows=(cells,))).columns, strict=True))


@pytest.mark.parametrize(
    "expected",
    [
        {"Name": F.NAME, "E-mail": F.EMAIL, "Company": F.COMPANY, "Job title": F.HEADLINE, "Phone": None},
        {
            "Vorname": F.GIVEN_NAME,
            "Nachname": F.FAMILY_NAME,
            "E-Mail-Adresse": F.EMAIL,
            "Firma": F.COMPANY,
            "Beruf": F.HEADLINE,
        },
        {"Name": F.FAMILY_NAME, "Vorname": F.GIVEN_NAME, "Unternehmen": F.COMPANY},
        {
            "Nom": F.FAMILY_NAME,
            "Prénom": F.GIVEN_NAME,
            "Adresse e-mail": F.EMAIL,
            "Société": F.COMPANY,
            "Fonction": F.HEADLINE,
        },
        {"Nombre": F.GIVEN_NAME, "Apellidos": F.FAMILY_NAME, "Correo electrónico": F.EMAIL, "Empresa": F.COMPANY},
        {
            "Nome": F.GIVEN_NAME,
            "Cognome": F.FAMILY_NAME,
            "Indirizzo e-mail": F.EMAIL,
            "Azienda": F.COMPANY,
            "Ruolo": F.HEADLINE,
        },
        {
            "Voornaam": F.GIVEN_NAME,
            "Achternaam": F.FAMILY_NAME,
            "E-mailadres": F.EMAIL,
            "Bedrijf": F.COMPANY,
            "Functie": F.HEADLINE,
        },
        {"Nome completo": F.NAME, "Endereço de e-mail": F.EMAIL, "Organização": F.COMPANY, "Função": F.HEADLINE},
        {"Full Name *": F.NAME, "EMAIL (required)": F.EMAIL, "Ask me about...": F.ASK_ME_ABOUT, "Diet": None},
    ],
)
def test_headings_are_understood_in_seven_languages(expected: dict[str, Field | None]) -> None:
    assert guessed(expected) == expected


@pytest.mark.parametrize(
    "expected",
    [
        {
            "Order #": None,
            "Attendee #": F.EXTERNAL_REF,
            "First Name": F.GIVEN_NAME,
            "Last Name": F.FAMILY_NAME,
            "Email": F.EMAIL,
            "Ticket Type": None,
            "Attendee Status": F.STATUS,
            "Job Title": F.HEADLINE,
            "Company": F.COMPANY,
            "Cell Phone": None,
        },
        {
            "Order ID": None,
            "Buyer first name": None,
            "Buyer last name": None,
            "Buyer email": None,
            "Attendee first name": F.GIVEN_NAME,
            "Attendee last name": F.FAMILY_NAME,
            "Attendee email": F.EMAIL,
            "Ticket ID": F.EXTERNAL_REF,
            "Ticket type": None,
        },
        {
            "Order code": None,
            "Position ID": F.EXTERNAL_REF,
            "E-mail": None,
            "Product": None,
            "Attendee name: Given name": F.GIVEN_NAME,
            "Attendee name: Family name": F.FAMILY_NAME,
            "Attendee email": F.EMAIL,
        },
        {
            "Bestellnummer": F.EXTERNAL_REF,
            "Teilnehmer Vorname": F.GIVEN_NAME,
            "Teilnehmer Nachname": F.FAMILY_NAME,
            "Teilnehmer E-Mail": F.EMAIL,
            "Käufer E-Mail": None,
            "Ticketkategorie": None,
            "Ticketstatus": F.STATUS,
        },
        {"Guest": F.NAME, "RSVP": F.STATUS, "Guest email": F.EMAIL, "Plus ones": None},
    ],
)
def test_exports_of_ticket_shops_are_understood_guest_before_buyer(expected: dict[str, Field | None]) -> None:
    assert guessed(expected) == expected


def test_what_only_the_buyer_says_is_better_than_nothing() -> None:
    expected = {"Buyer name": F.NAME, "Buyer email": F.EMAIL, "Quantity": None}
    assert guessed(expected) == expected


def test_an_order_number_for_several_guests_is_not_taken_for_a_guests_own() -> None:
    rows = (("Ana", "R1"), ("Ben", "R1"), ("Cora", "R2"))
    assert guess_mapping(table("Name", "Reference", rows=rows)).columns == (F.NAME, None)


def test_a_running_number_is_not_taken_for_a_guests_own() -> None:
    rows = (("1", "Ana"), ("2", "Ben"), ("3", "Cora"))
    assert guess_mapping(table("No.", "Name", rows=rows)).columns == (None, F.NAME)


def test_mr_and_mrs_are_no_headline() -> None:
    rows = (("Mr", "Ben"), ("Mrs.", "Ana"), ("Dr.", "Cora"))
    assert guess_mapping(table("Title", "Name", rows=rows)).columns == (None, F.NAME)


def test_an_empty_column_is_passed_over_for_a_filled_one() -> None:
    rows = (("Ana", "", "ana@example.org"), ("Ben", "", "ben@example.org"))
    assert guess_mapping(table("Name", "Attendee email", "Buyer email", rows=rows)).columns == (F.NAME, None, F.EMAIL)


def test_columns_without_headings_are_guessed_by_what_they_hold() -> None:
    rows = (("17", "Ana Silva", "ana@example.org"), ("18", "Zoë O’Neil", "zoe@example.org"), ("19", "张伟", ""))
    assert guess_mapping(table("", "", "", rows=rows)).columns == (None, F.NAME, F.EMAIL)


def test_a_mapping_survives_its_form() -> None:
    mapping = Mapping((F.NAME, None, F.EMAIL))
    assert mapping_from_choices(mapping.to_json()) == mapping
    assert mapping_from_choices(["name", "phone", "", "person_id"]) == Mapping((F.NAME, None, None, None))


def test_columns_that_are_not_kept_can_be_named() -> None:
    assert Mapping((F.NAME, None, F.EMAIL, None)).unmapped == (1, 3)
    assert Mapping((F.NAME, F.EMAIL)).column_of(F.EMAIL) == 1
    assert Mapping((F.NAME,)).column_of(F.EMAIL) is None


def test_a_mapping_needs_a_name_and_each_field_once() -> None:
    assert mapping_problems(Mapping((F.EMAIL, None))) == (NoNameColumn(),)
    assert mapping_problems(Mapping((F.NAME, F.EMAIL, F.EMAIL))) == (ColumnTwice(F.EMAIL),)
    assert mapping_problems(Mapping((F.GIVEN_NAME, F.EMAIL))) == ()
