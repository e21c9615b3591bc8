"""Forms whose every word is ours: what WTForms would say by itself is said in our voice, and can be translated."""

from typing import Any

from wtforms import Form as PlainForm
from wtforms.meta import DefaultMeta

from webapp.web.words import _l

_IN_OUR_VOICE = {
    "Not a valid choice.": _l("Choose one of these."),
    "Invalid Choice: could not coerce.": _l("Choose one of these."),
    "Not a valid date value.": _l("Write a date, such as 2027-03-14."),
    "Not a valid time value.": _l("Write a time, such as 19:00."),
    "Not a valid integer value.": _l("Write a whole number."),
    "This field is required.": _l("Please fill this in."),
    "Field cannot be longer than %(max)d character.": _l("Shorter, please: at most %(max)d characters."),
}
_ANYTHING_ELSE = _l("Please look at this again.")


class _OurWords:
    """What WTForms asks for its own sentences."""

    def gettext(self, said: str) -> str:
        return str(_IN_OUR_VOICE.get(said, _ANYTHING_ELSE))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular)


class Form(PlainForm):
    """The base of all our forms."""

    class Meta(DefaultMeta):
        """How WTForms asks for words."""

        def get_translations(self, form: Any) -> Any:
            """Ours, in the language of the request."""
            return _OurWords()
