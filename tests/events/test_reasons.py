"""Every refusal, reason, problem and choice of an import has words with what happened and what to do."""

from typing import get_args

import flask
import pytest
from flask_babel import Babel

from webapp.events.columns import ColumnTwice, Field, NoNameColumn
from webapp.events.guest_rows import GuestValues
from webapp.events.reasons import choice_label, field_label, kind_label, mapping_words, reason_words, refusal_words
from webapp.events.refusals import (
    EmptyTable,
    Locked,
    MixedEncoding,
    NotATable,
    NulBytes,
    Refusal,
    TooLarge,
    TooManyColumns,
    TooManyRows,
    UnclosedQuote,
    UnreadableEncoding,
)
from webapp.events.rehearsal import Choice, Kind, Reason, RowPlan, Why

REFUSALS = [
    (TooLarge(13_000_000, 12_000_000), "This file is over 12 MB. Send only the guest list."),
    (TooManyRows(60_000, 5_000), "60000 guests are too many for one list. Split it at 5000."),
    (TooManyColumns(100_000, 40), "100000 columns are too many. Keep at most 40."),
    (UnreadableEncoding(""), "We cannot tell this file's encoding. Save it as CSV UTF-8."),
    (UnreadableEncoding("utf-8"), "This file is not written in utf-8. Choose another encoding."),
    (MixedEncoding(17), "From line 17 two encodings mix. Save it again as CSV UTF-8."),
    (NulBytes(3), "Line 3 has invisible zero signs. Save it as CSV UTF-8."),
    (UnclosedQuote(9), "A quotation mark in row 9 does not end. Mend it and try again."),
    (NotATable(".pdf"), "We could not read this as a list (PDF). Save it as CSV or XLSX."),
    (Locked(), "This workbook has a password. Save a copy without one."),
    (EmptyTable(), "There are no guests in this list. Choose another file."),
]


@pytest.fixture(autouse=True)
def _speaking() -> object:
    app = flask.Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("refusal", "words"), REFUSALS)
def test_a_refusal_says_what_happened_and_what_to_do(refusal: Refusal, words: str) -> None:
    assert str(refusal_words(refusal)) == words


def test_every_refusal_is_spoken_for() -> None:
    assert {type(refusal) for refusal, _ in REFUSALS} == set(get_args(Refusal))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_short_words_without_an_exclamation_mark(reason: Reason) -> None:
    words = str(reason_words(Why(reason, row=12, field=Field.COMPANY, text="Ana")))
    assert "%(" not in words
    assert "!" not in words
    assert 2 < len(words.split()) <= 12


def test_the_words_name_the_row_and_the_text() -> None:
    assert str(reason_words(Why(Reason.DUPLICATE_ROW, row=12))) == "The same as row 12. Nothing to do."
    assert "“ana@”" in str(reason_words(Why(Reason.BAD_EMAIL, text="ana@")))
    assert str(reason_words(Why(Reason.CELL_TOO_LONG, field=Field.COMPANY))) == "Company is too long. Shorten it."


def test_every_field_kind_and_choice_has_a_label() -> None:
    plan = RowPlan(2, Kind.DOUBTFUL, GuestValues("Ana", "Ana", "", "", "", "", "", "", cancelled=True))
    labels = [*map(field_label, Field), *map(kind_label, Kind), *(choice_label(choice, plan) for choice in Choice)]
    assert all(map(str, labels))
    assert len({*map(str, labels)}) == len(labels)


def test_mapping_problems_ask_for_one_thing() -> None:
    assert str(mapping_words(NoNameColumn())) == "Which column has the names? Choose one."
    assert str(mapping_words(ColumnTwice(Field.EMAIL))) == "Two columns are chosen for E-mail. Keep one."
