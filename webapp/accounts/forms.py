"""Text from forms to clean values: addresses, codes and the card."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from webapp.accounts.addresses import NotAnAddress, address_key, clean_address
from webapp.accounts.cards import WAYS, CardValues
from webapp.core.text import clean_line
from webapp.web.forms import Form
from webapp.web.words import _l

_TYPED_MOST = 2000
"""Longer text is not looked at; each field then says how long it may be."""

MOST_WORDS, MOST_SENTENCES = 8, 3
"""Of what a person says of themself: work may speak, advertising may not (practices D18)."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)]*\s+|[。！？]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{4,40}")


def _line(text: str | None) -> str:
    return clean_line(text or "", _TYPED_MOST)


def _at_most(number: int) -> Length:
    return Length(max=number, message=_l("Shorter, please: at most %(max)d characters."))


def _short(label: str, most: int) -> StringField:
    return StringField(label, filters=[_line], validators=[_at_most(most)])


def _sentences(label: str, most: int) -> TextAreaField:
    field = [_at_most(most), _few_sentences]
    return TextAreaField(label, filters=[_line], validators=field, render_kw={"rows": 4})


def _few_words(_form: Form, field: StringField) -> None:
    if len((field.data or "").split()) > MOST_WORDS:
        raise ValidationError(_l("At most %(number)d words. The rest comes out in talking.", number=MOST_WORDS))


def _few_sentences(_form: Form, field: StringField) -> None:
    if count_sentences(field.data or "") > MOST_SENTENCES:
        raise ValidationError(_l("%(number)d sentences are enough. People ask for the rest.", number=MOST_SENTENCES))


def _one_sentence(_form: Form, field: StringField) -> None:
    if count_sentences(field.data or "") > 1:
        raise ValidationError(_l("One sentence. The work says the rest."))


def count_sentences(text: str) -> int:
    """How many sentences a reader sees. A full stop before a small letter is an abbreviation's."""
    parts = [part for part in _SENTENCE_END.split(text) if any(map(str.isalnum, part))]
    return sum(not (number and part[0].islower()) for number, part in enumerate(parts))


def _address_or_error(find: Callable[[str], str], text: str) -> str:
    try:
        return find(text)
    except NotAnAddress as problem:
        raise ValidationError(_l("That is not a whole e-mail address yet.")) from problem


class AddressForm(Form):
    """An e-mail address to write to."""

    email = StringField(
        _l("Your e-mail"), filters=[_line], validators=[DataRequired(_l("Type your e-mail.")), _at_most(254)]
    )
    next = HiddenField()

    def validate_email(self, field: StringField) -> None:
        """Refuse what cannot be an address."""
        _address_or_error(address_key, field.data or "")


class MoveForm(AddressForm):
    """Which of one's addresses gives way, and to what."""

    email = StringField(
        _l("Your new e-mail"), filters=[_line], validators=[DataRequired(_l("Type your e-mail.")), _at_most(254)]
    )
    old = RadioField(_l("Which one changes?"), validators=[InputRequired(_l("Choose one of these."))])


class CodeForm(Form):
    """The six digits from the mail."""

    code = StringField(_l("Code from the mail"), validators=[InputRequired(_l("Type the six digits."))])
    next = HiddenField()


class CardForm(Form):
    """A person's own card."""

    name = StringField(
        _l("Your name, as others see it"),
        filters=[_line],
        validators=[DataRequired(_l("People need a name to call you.")), _at_most(120)],
    )
    headline = StringField(_l("What you do, in a few words"), filters=[_line], validators=[_at_most(120), _few_words])
    company = _short(_l("Where"), 120)
    can_help_with = _sentences(_l("I can help with"), 200)
    looking_for = _sentences(_l("I am looking for"), 200)
    ask_me_about = _short(_l("Ask me about"), 60)
    ask_on_badge = BooleanField(_l("Print it on my badge"))
    not_about = _short(_l("Please not about"), 60)
    work = StringField(_l("What it is, in a sentence"), filters=[_line], validators=[_at_most(140), _one_sentence])
    work_link = URLField(_l("Its link"), filters=[_line], validators=[_at_most(300)])
    email = _short(_l("E-mail"), 254)
    phone = _short(_l("Phone"), 40)
    link = _short(_l("Link"), 300)
    reach_email = BooleanField(_l("By e-mail"))
    reach_phone = BooleanField(_l("By phone"))
    reach_link = BooleanField(_l("By my link"))
    reach_notes = BooleanField(_l("By notes through Mixwell: they do not see my address"))

    def validate_email(self, field: StringField) -> None:
        """Refuse what cannot be an address."""
        if field.data:
            field.data = _address_or_error(clean_address, field.data)

    def validate_phone(self, field: StringField) -> None:
        """Refuse what no phone can dial."""
        if field.data and not _PHONE.fullmatch(field.data):
            raise ValidationError(_l("Digits, please, such as +44 20 7946 0000."))

    def validate_link(self, field: StringField) -> None:
        """Complete a link typed without its beginning; refuse what is no web page."""
        if field.data:
            field.data = _web_link(field.data)

    def validate_work_link(self, field: StringField) -> None:
        """Refuse what is not under https, and a link or a sentence without the other (practices D17)."""
        if bool(field.data) != bool(self.work.data):
            raise ValidationError(_l("A link and a sentence, please: each needs the other."))
        if field.data and not (link := _web_link(field.data)).startswith("https://"):
            raise ValidationError(_l("A link that begins with https://, please."))
        field.data = link if field.data else ""

    def values(self) -> CardValues:
        """The card as typed."""
        return CardValues(**{name: self[name].data for name in CardValues.__dataclass_fields__})

    def reach(self) -> list[str]:
        """The ways to be reached that are ticked."""
        return [way for way in WAYS if self[f"reach_{way}"].data]


def _web_link(text: str) -> str:
    link = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(link)
        fine = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not fine or " " in link:
        raise ValidationError(_l("A web address, please, such as example.org/me."))
    return link
