"""Text from forms to clean values."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from wtforms import BooleanField, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, Length, ValidationError

from webapp.accounts.cards import WAYS
from webapp.accounts.forms import CardForm, count_sentences
from webapp.core.actor import NotHere
from webapp.core.text import clean_line
from webapp.swaps.kind_lines import LONGEST_LINE
from webapp.swaps.reaching import Reach
from webapp.swaps.slides import Talk
from webapp.web.choices import choice
from webapp.web.forms import Form
from webapp.web.words import _l


def _line(text: str | None) -> str:
    return clean_line(text or "", 300)


class ReachForm(Form):
    """How people I swap with may reach me. Nothing is ticked before I tick it."""

    reach_email = BooleanField(_l("E-mail"))
    reach_phone = BooleanField(_l("Phone"))
    phone = StringField(_l("Your number"), filters=[_line])
    reach_link = BooleanField(_l("Link"))
    link = StringField(_l("Your link"), filters=[_line])
    reach_notes = BooleanField(_l("Notes through Mixwell"))

    def validate_phone(self, field: StringField) -> None:
        """Refuse a tick without a number, and a number no phone can dial."""
        if self.reach_phone.data and not field.data:
            raise ValidationError(_l("Type your number, or take the tick away."))
        CardForm.validate_phone(self, field)  # type: ignore[arg-type]  # the same rule, which looks at the field alone

    def validate_link(self, field: StringField) -> None:
        """Refuse a tick without a link, and what is no web page."""
        if self.reach_link.data and not field.data:
            raise ValidationError(_l("Type your link, or take the tick away."))
        CardForm.validate_link(self, field)  # type: ignore[arg-type]  # the same rule, which looks at the field alone

    @property
    def answers(self) -> bool:
        """Whether anything was ticked: an untouched question is asked again at the next swap."""
        return bool(self._ways())

    def reach(self) -> Reach:
        """What was chosen; a number or a link without its tick is not kept."""
        ways = self._ways()
        typed = {field: self[field].data or "" for field in ("phone", "link") if field in ways}
        return Reach(ways, **typed)

    def _ways(self) -> frozenset[str]:
        return frozenset(way for way in WAYS if self[f"reach_{way}"].data)


class TalkForm(Form):
    """When I speak."""

    starts = TimeField(_l("It starts at"), [DataRequired(_l("When does it start?"))])
    minutes = SelectField(
        _l("It takes"),
        coerce=int,
        default=45,
        choices=[choice(str(minutes), _l("%(minutes)s minutes", minutes=minutes)) for minutes in (15, 30, 45, 60, 90)],
    )

    def talk(self, place_id: UUID) -> Talk:
        """What was typed, as the act takes it."""
        return Talk(place_id, self.starts.data or time(), self.minutes.data)


class KindLineForm(Form):
    """A kind sentence about somebody else."""

    line = StringField(
        filters=[_line],
        validators=[
            DataRequired(_l("Write a sentence first.")),
            Length(max=LONGEST_LINE, message=_l("Shorter, please: at most %(max)d characters.")),
        ],
    )
    names_writer = BooleanField()

    def validate_line(self, field: StringField) -> None:
        """Refuse a second sentence."""
        if count_sentences(field.data or "") > 1:
            raise ValidationError(_l("One sentence is enough. It stands longer."))


def knew_each_other(form: Mapping[str, str]) -> bool | None:
    """New to me, we knew each other, or nothing said."""
    return {"yes": True, "no": False}.get(form.get("knew", ""))


def moment(text: str) -> datetime:
    """A moment that one of our pages wrote. Raises NotHere for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotHere from None
    if at.tzinfo is None:
        raise NotHere
    return at
