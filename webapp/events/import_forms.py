"""What an organizer sends about a list: the file, its encoding, its columns, mended rows and decisions."""

from collections import defaultdict
from collections.abc import Mapping as Lookup

from wtforms import SelectField
from wtforms.fields import FileField

from webapp.core.text import clean_line
from webapp.events.columns import Mapping, mapping_from_choices
from webapp.events.rehearsal import Choice
from webapp.events.tables import ENCODINGS, MAX_CELL, Table
from webapp.web.choices import choice
from webapp.web.forms import Form
from webapp.web.words import _l


class EncodingForm(Form):
    """In which encoding a list is written."""

    encoding = SelectField(
        _l("How the file is written"),
        id="written-as",  # its fragment is called encoding
        choices=[choice("", _l("Find out")), *(choice(name, name) for name in ENCODINGS)],
        default="",
    )


class ListForm(EncodingForm):
    """A list to look at."""

    list = FileField(_l("Drop your list here, or choose a file"))


def mapping_sent(form: Lookup[str, str], table: Table) -> Mapping:
    """The columns as chosen, `column-0` onwards."""
    return mapping_from_choices([form.get(f"column-{at}", "") for at in range(len(table.header))])


def rows_retyped(form: Lookup[str, str], table: Table, mapping: Mapping) -> dict[int, dict[str, str]]:
    """Rows with a text that is not the list's own (`row-12-email`), or confirmed as they stand (`right-12`)."""
    sent = _sent(form)
    columns = {field.value: at for at, field in enumerate(mapping.columns) if field}
    retyped = {}
    for row in table.rows:
        texts = {field: text for field, text in sent[row.number].items() if field in columns}
        differs = any(_seen(text) != _seen(row.cell(columns[field])) for field, text in texts.items())
        if differs or (texts and f"right-{row.number}" in form):
            retyped[row.number] = texts
    return retyped


def _sent(form: Lookup[str, str]) -> defaultdict[int, dict[str, str]]:
    sent: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for name, text in form.items():
        word, _, rest = name.partition("-")
        number, _, field = rest.partition("-")
        if word == "row" and number.isdecimal() and len(number) < 9:
            sent[int(number)][field] = text
    return sent


def _seen(text: str) -> str:
    """What a one-line field shows of a cell: retyping that changes nothing else."""
    return clean_line(text, MAX_CELL)


def choices_sent(form: Lookup[str, str]) -> dict[int, Choice]:
    """Decisions on doubtful rows, `choice-12`."""
    known = {answer.value: answer for answer in Choice}
    sent = ((name.removeprefix("choice-"), known.get(text)) for name, text in form.items() if name[:7] == "choice-")
    return {int(number): answer for number, answer in sent if answer and number.isdecimal() and len(number) < 9}
