"""One row of a mapped table: what it says about a guest, cleaned but never rewritten, or why it cannot be used."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from webapp.core.text import clean_line, search_key
from webapp.events.columns import Field, Mapping
from webapp.events.names import join_name, split_name
from webapp.events.tables import MAX_CELL, Row, Table

MAX_TEXT = 200
"""Characters of a name, a company, a headline: more than any badge or list can show."""
MAX_EMAIL = 254

_SHOWN = 60
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_CANCELLED = frozenset(
    (
        "cancelled|canceled|cancelled by attendee|cancelled by organizer|refunded|fully refunded|void|voided|deleted|"
        "declined|not attending|not going|storniert|abgesagt|erstattet|annulliert|annule|annulee|rembourse|remboursee|"
        "cancelado|cancelada|anulado|anulada|reembolsado|reembolsada|annullato|annullata|cancellato|cancellata|"
        "rimborsato|rimborsata|geannuleerd|terugbetaald|afgemeld"
    ).split("|")
)


class Reason(StrEnum):
    """Why a row cannot be used, needs a decision, or deserves a word. `webapp.events.reasons` says them."""

    TOO_MANY_CELLS = "too_many_cells"
    CELL_TOO_LONG = "cell_too_long"
    NO_NAME = "no_name"
    BAD_EMAIL = "bad_email"
    DUPLICATE_ROW = "duplicate_row"
    CANCELLED_IN_LIST = "cancelled_in_list"
    CANCELLED_HERE = "cancelled_here"
    SAME_EMAIL_OTHER_NAME = "same_email_other_name"
    SAME_NAME_OTHER_EMAIL = "same_name_other_email"
    SAME_NAME_OTHER_DETAILS = "same_name_other_details"
    TICKET_CHANGED_HANDS = "ticket_changed_hands"
    SAME_PERSON_TWICE = "same_person_twice"
    SHARED_EMAIL = "shared_email"
    NAMESAKE = "namesake"


@dataclass(frozen=True)
class Why:
    """A reason with what its words need: another row of the list, the field, the text at fault (shortened)."""

    reason: Reason
    row: int | None = None
    field: Field | None = None
    text: str = ""


@dataclass(frozen=True)
class GuestValues:
    """What a row says about a guest; "" where it says nothing. `name` is as typed, its parts typed or guessed."""

    name: str
    given_name: str
    family_name: str
    email: str
    company: str
    headline: str
    ask_me_about: str
    external_ref: str
    cancelled: bool

    @property
    def email_key(self) -> str:
        """The address to compare by: people and mail servers do not tell cases apart."""
        return self.email.casefold()

    @property
    def name_key(self) -> str:
        """The name to compare by."""
        return name_key(self.name)


def name_key(name: str) -> str:
    """One key for *Silva, Ana*, *Ana Silva* and *ANA SILVA*."""
    return " ".join(sorted(search_key(name).split()))


def read_row(row: Row, table: Table, mapping: Mapping) -> tuple[GuestValues, Why | None]:
    """What the row says, and the first thing that keeps it from being a guest."""
    cells = {field: row.cell(at) for at, field in enumerate(mapping.columns) if field}
    values = _values({field: clean_line(cell, MAX_CELL + 1) for field, cell in cells.items()})
    email, problem = _address(values.email)
    why = _wrong_shape(row, table, cells) or _no_name(values) or problem
    return replace(values, email=email), why


def _values(typed: dict[Field, str]) -> GuestValues:
    name = typed.get(Field.NAME, "")
    given, family = typed.get(Field.GIVEN_NAME, ""), typed.get(Field.FAMILY_NAME, "")
    if not (given and family):
        given, family = _completed(given, family, *split_name(name))
    return GuestValues(
        name=name or join_name(given, family),
        given_name=given,
        family_name=family,
        email=typed.get(Field.EMAIL, ""),
        company=typed.get(Field.COMPANY, ""),
        headline=typed.get(Field.HEADLINE, ""),
        ask_me_about=typed.get(Field.ASK_ME_ABOUT, ""),
        external_ref=typed.get(Field.EXTERNAL_REF, ""),
        cancelled=search_key(typed.get(Field.STATUS, "")) in _CANCELLED,
    )


def _completed(given: str, family: str, guessed_given: str, guessed_family: str) -> tuple[str, str]:
    """Both parts of a name of which one was typed at most; a guess fills the other if it agrees with the typed one."""
    if given in ("", guessed_given) and family in ("", guessed_family):
        return guessed_given, guessed_family
    return given, family


def _wrong_shape(row: Row, table: Table, cells: dict[Field, str]) -> Why | None:
    """More cells than columns (a delimiter too many has shifted them), or one that is too long to be meant."""
    if len(row.cells) > len(table.header):
        return Why(Reason.TOO_MANY_CELLS, text=row.cells[len(table.header)][:_SHOWN])
    for field, cell in cells.items():
        if len(cell.strip()) > (MAX_EMAIL if field is Field.EMAIL else MAX_TEXT):
            return Why(Reason.CELL_TOO_LONG, field=field, text=clean_line(cell, _SHOWN))
    return None


def _no_name(values: GuestValues) -> Why | None:
    """No letter of a name, or an address in its place, which must not end up on a badge."""
    if search_key(values.name) and not _MAIL.fullmatch(values.name):
        return None
    return Why(Reason.NO_NAME, text=values.name[:_SHOWN])


def _address(typed: str) -> tuple[str, Why | None]:
    """The address in its normal form, "" for a cell of dashes; as typed, with the reason, where it is none."""
    if not search_key(typed):
        return "", None
    try:
        return validate_email(typed, check_deliverability=False).normalized, None
    except EmailNotValidError:
        return typed, Why(Reason.BAD_EMAIL, field=Field.EMAIL, text=typed[:_SHOWN])
