"""What an organizer may change about a circle."""

from zoneinfo import available_timezones

from wtforms import IntegerField, StringField
from wtforms.fields import EmailField, FileField, SelectField
from wtforms.validators import DataRequired, Email, Length, NumberRange, ValidationError

from webapp.core.text import clean_line
from webapp.web.forms import Form
from webapp.web.words import _l

ZONES = [
    "UTC",  # what the command line founds a circle in, unless told
    *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))),
]


def one_line(text: str | None) -> str:
    """What was typed, on one line, without characters nobody can see."""
    return clean_line(text or "", 120)


def known_zone(_form: Form, field: SelectField) -> None:
    """Refuse a zone this server does not know."""
    if field.data not in ZONES:
        raise ValidationError(_l("Choose a time zone from the list."))


class CircleForm(Form):
    """Name, accent, zone and logo."""

    name = StringField(
        _l("Name of the circle"), [DataRequired(_l("Give the circle a name.")), Length(max=120)], filters=[one_line]
    )
    hue = IntegerField(_l("Accent"), [NumberRange(0, 359, _l("Choose a hue from 0 to 359."))])
    zone = StringField(_l("Time zone"), [DataRequired(_l("Choose a time zone.")), known_zone])
    logo = FileField(_l("Logo"))


class OrganizerForm(Form):
    """Whom to ask to organize along."""

    email = EmailField(
        _l("E-mail of the new organizer"),
        [DataRequired(_l("Type an e-mail address.")), Email(_l("That is not an e-mail address."))],
        filters=[one_line],
    )
