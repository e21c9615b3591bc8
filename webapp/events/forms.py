"""What an organizer types about events and guests."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.fields import EmailField
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional

from webapp.circles.forms import known_zone, one_line
from webapp.events.guests import GuestDetails
from webapp.events.planning import FORMATS, EventPlan
from webapp.web.choices import choice
from webapp.web.forms import Form
from webapp.web.words import _l

FORMAT_WORDS = {"mixer": _l("Mixer"), "seminar": _l("Seminar"), "summit": _l("Summit"), "lunch": _l("Lunch")}
HAND_WORDS = {"greeter": _l("Greet newcomers"), "table_host": _l("Host a table")}
HELPER_WORDS = {"greeter": _l("Greeter"), "table_host": _l("Table host")}
HELPERS_WORDS = {"greeter": _l("Greeters"), "table_host": _l("Table hosts")}
"""What lending a hand is called, who lends one, and several of them."""


def _line(label: Any, *, maximum: int = 120, required: Any = None) -> StringField:
    first = DataRequired(required) if required else Optional()
    return StringField(label, [first, Length(max=maximum)], filters=[one_line])


def _hands(label: Any) -> IntegerField:
    return IntegerField(
        label, [Optional(), NumberRange(0, 99, _l("Between 0 and 99."))], filters=[lambda typed: typed or 0]
    )


class EventForm(Form):
    """When, where, for how many."""

    title = _line(_l("What is it called?"), required=_l("Give the event a name."))
    on = DateField(_l("Date"), [DataRequired(_l("Choose a date."))])
    starts = TimeField(_l("Starts"), [DataRequired(_l("When does it start?"))])
    ends = TimeField(_l("Ends"), [DataRequired(_l("When does it end?"))])
    zone = StringField(_l("Time zone"), [DataRequired(_l("Choose a time zone.")), known_zone])
    place = _line(_l("Where"))
    format = SelectField(_l("Kind"), choices=[choice(name, FORMAT_WORDS[name]) for name in FORMATS])
    capacity = IntegerField(_l("Places"), [Optional(), NumberRange(1, 100_000, _l("Between 1 and 100,000."))])
    greeters = _hands(_l("Greeters wanted"))
    table_hosts = _hands(_l("Table hosts wanted"))
    open_door = BooleanField(_l("Open door: who claims their place on the evening has arrived"))

    def plan(self) -> EventPlan:
        """What was typed, as the act takes it."""
        return EventPlan(**{name: field.data for name, field in self._fields.items()})


class GuestForm(Form):
    """One guest by hand."""

    name = _line(_l("Name, exactly as on the badge"), required=_l("Type a name."))
    given_name = _line(_l("First name, large on the badge"))
    family_name = _line(_l("Surname, for sorting"))
    email = EmailField(_l("E-mail"), [Optional(), Email(_l("That is not an e-mail address."))], filters=[one_line])
    company = _line(_l("Company"))
    headline = _line(_l("Headline"))
    ask_me_about = _line(_l("Ask me about"))

    def details(self, external_ref: str = "") -> GuestDetails:
        """What was typed, as the act takes it."""
        typed = {name: field.data or "" for name, field in self._fields.items()}
        return GuestDetails(**typed, external_ref=external_ref)
