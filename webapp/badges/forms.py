"""What an organizer chooses before printing."""

from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired

from webapp.badges.printing import KINDS
from webapp.badges.stocks import stocks
from webapp.core.text import clean_line
from webapp.web.choices import choice
from webapp.web.forms import Form
from webapp.web.words import _l

KIND_WORDS = {
    "badges": _l("Badges"),
    "private_codes": _l("Private codes"),
    "door_list": _l("Paper door list"),
}

STOCK_WORDS = {
    "a4-4up": _l("A4, four A6 badges, to cut"),
    "avery-5392": _l("US Letter, Avery 5392, six 4 × 3 in"),
    "eu-86x55": _l("A4, eight 86.5 × 55.5 mm, perforated (L4728, L7418)"),
}
"""Stocks we ship, so that their names can be translated; one added to stocks.toml shows the name it has there."""


class DocumentForm(Form):
    """What to print, and on which paper."""

    kind = RadioField(_l("What"), choices=[choice(kind, KIND_WORDS[kind]) for kind in KINDS], default="badges")
    stock = RadioField(
        _l("Paper"), choices=[choice(key, STOCK_WORDS.get(key, stock.name)) for key, stock in stocks().items()]
    )


def _line(text: str | None) -> str:
    return clean_line(text or "", 40)


class SlipForm(Form):
    """The two codes that together claim a place."""

    badge_code = StringField(
        _l("Code under the square on your badge"), [DataRequired(_l("Type the badge code."))], filters=[_line]
    )
    private_code = StringField(
        _l("Private code on your slip"), [DataRequired(_l("Type the private code."))], filters=[_line]
    )


def chosen_guests(form: MultiDict[str, str]) -> list[UUID]:
    """The guests ticked in the form. Raises ValueError for an id that is none."""
    return [UUID(text) for text in form.getlist("attendee")]
