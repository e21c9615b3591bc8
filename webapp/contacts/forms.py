"""Text from forms to clean values."""

from collections.abc import Mapping
from uuid import UUID

from webapp.contacts.remembering import LONGEST_REASON
from webapp.core.identifiers import new_id
from webapp.core.text import clean_line
from webapp.web.words import _l

REASONS = (_l("To help"), _l("To learn"), _l("To laugh"))
"""Why one may want to keep a contact, at a tap; own words go before them."""


def operation_id(form: Mapping[str, str]) -> UUID:
    """The id made before this form was sent. A form without one is a new operation each time it is sent."""
    try:
        return UUID(form.get("operation_id", ""))
    except ValueError:
        return new_id()


def read_place(form: Mapping[str, str]) -> str | None:
    """Where we met, in my own words; None when the form did not ask."""
    return clean_line(form["place"], LONGEST_REASON) if "place" in form else None


def read_reason(form: Mapping[str, str]) -> str | None:
    """Why I want to keep this contact: own words, else what was tapped; None when the form did not ask."""
    asked = [form[name] for name in ("reason_words", "reason") if name in form]
    lines = [clean_line(text, LONGEST_REASON) for text in asked]
    return next(filter(None, lines), "") if asked else None
