"""Text from forms to clean values."""

from collections.abc import Mapping
from datetime import datetime

from wtforms import BooleanField, StringField
from wtforms.validators import ValidationError

from webapp.accounts.forms import CardForm
from webapp.core.actor import NotHere
from webapp.core.text import clean_line
from webapp.swaps.reaching import Reach
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
        return bool(self.reach_email.data or self.reach_phone.data or self.reach_link.data)

    def reach(self) -> Reach:
        """What was chosen; a number or a link without its tick is not kept."""
        phone, link = bool(self.reach_phone.data), bool(self.reach_link.data)
        return Reach(
            by_email=bool(self.reach_email.data),
            by_phone=phone,
            by_link=link,
            phone=(self.phone.data or "") if phone else "",
            link=(self.link.data or "") if link else "",
        )


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
