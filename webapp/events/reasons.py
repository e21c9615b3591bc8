"""The words of an import: why a file or a row is refused, what is in doubt, what may be chosen."""

from typing import assert_never

from webapp.events.columns import ColumnTwice, Field, MappingProblem, NoNameColumn
from webapp.events.refusals import (
    EmptyTable,
    Locked,
    MixedEncoding,
    NotATable,
    NulBytes,
    Refusal,
    TooLarge,
    TooManyColumns,
    TooManyRows,
    UnclosedQuote,
    UnreadableEncoding,
)
from webapp.events.rehearsal import Choice, Kind, Reason, RowPlan, Why
from webapp.web.words import LazyString, _l

_FIELDS = {
    Field.NAME: _l("Name"),
    Field.GIVEN_NAME: _l("First name"),
    Field.FAMILY_NAME: _l("Surname"),
    Field.EMAIL: _l("E-mail"),
    Field.COMPANY: _l("Company"),
    Field.HEADLINE: _l("Headline"),
    Field.ASK_ME_ABOUT: _l("Ask me about"),
    Field.EXTERNAL_REF: _l("Ticket number"),
    Field.STATUS: _l("Coming or cancelled"),
}
_KINDS = {
    Kind.NEW: _l("New"),
    Kind.CHANGED: _l("Changed"),
    Kind.SAME: _l("Same as before"),
    Kind.DOUBTFUL: _l("You decide"),
    Kind.BAD: _l("Needs mending"),
}


def field_label(field: Field) -> LazyString:
    """What a column is called on the desk."""
    return _FIELDS[field]


def kind_label(kind: Kind) -> LazyString:
    """The heading above rows of one kind."""
    return _KINDS[kind]


def refusal_words(refusal: Refusal) -> LazyString:
    """Why this file is no guest list, and what to do."""
    match refusal:
        case TooLarge(limit=limit):
            return _l("This file is over %(size)d MB. Send only the guest list.", size=limit // 1_000_000)
        case TooManyRows(found=found, limit=limit):
            return _l("%(found)d guests are too many for one list. Split it at %(limit)d.", found=found, limit=limit)
        case TooManyColumns(found=found, limit=limit):
            return _l("%(found)d columns are too many. Keep at most %(limit)d.", found=found, limit=limit)
        case UnreadableEncoding() | MixedEncoding() | NulBytes():
            return _encoding_words(refusal)
        case UnclosedQuote(row=row):
            return _l("A quotation mark in row %(row)d does not end. Mend it and try again.", row=row)
        case NotATable(suffix=suffix):
            kind = suffix.removeprefix(".").upper() or "?"
            return _l("We could not read this as a list (%(kind)s). Save it as CSV or XLSX.", kind=kind)
        case Locked():
            return _l("This workbook has a password. Save a copy without one.")
        case EmptyTable():
            return _l("There are no guests in this list. Choose another file.")
        case _:
            assert_never(refusal)


def _encoding_words(refusal: UnreadableEncoding | MixedEncoding | NulBytes) -> LazyString:
    match refusal:
        case UnreadableEncoding(encoding=""):
            return _l("We cannot tell this file's encoding. Save it as CSV UTF-8.")
        case UnreadableEncoding(encoding=encoding):
            return _l("This file is not written in %(encoding)s. Choose another encoding.", encoding=encoding)
        case MixedEncoding(line=line):
            return _l("From line %(line)d two encodings mix. Save it again as CSV UTF-8.", line=line)
        case NulBytes(line=line):
            return _l("Line %(line)d has invisible zero signs. Save it as CSV UTF-8.", line=line)


def mapping_words(problem: MappingProblem) -> LazyString:
    """What the columns still need."""
    match problem:
        case NoNameColumn():
            return _l("Which column has the names? Choose one.")
        case ColumnTwice(field=field):
            return _l("Two columns are chosen for %(field)s. Keep one.", field=field_label(field))
        case _:
            assert_never(problem)


def reason_words(why: Why) -> LazyString:
    """Why this row needs mending or a decision, or what is worth knowing about it."""
    mending = _mending_words(why)
    return _doubt_words(why) if mending is None else mending


def _mending_words(why: Why) -> LazyString | None:
    match why:
        case Why(Reason.TOO_MANY_CELLS, text=text):
            return _l("More cells than columns, from “%(text)s” on. Check the row.", text=text)
        case Why(Reason.CELL_TOO_LONG, field=Field() as field):
            return _l("%(field)s is too long. Shorten it.", field=field_label(field))
        case Why(Reason.NO_NAME, text=""):
            return _l("The name is missing. Type one.")
        case Why(Reason.NO_NAME, text=text):
            return _l("“%(text)s” is not a name. Type one.", text=text)
        case Why(Reason.BAD_EMAIL, text=text):
            return _l("“%(text)s” is no e-mail address. Mend or clear it.", text=text)
        case Why(Reason.DUPLICATE_ROW, row=row):
            return _l("The same as row %(row)d. Nothing to do.", row=row)
    return None


def _doubt_words(why: Why) -> LazyString:
    words = {
        Reason.CANCELLED_IN_LIST: _l("Cancelled in this list."),
        Reason.CANCELLED_HERE: _l("You cancelled this guest. Are they coming after all?"),
        Reason.SAME_EMAIL_OTHER_NAME: _l("Same e-mail as %(name)s. Two people or a new spelling?", name=why.text),
        Reason.SAME_NAME_OTHER_EMAIL: _l("Same name, other e-mail. Two people or a new address?"),
        Reason.SAME_NAME_OTHER_DETAILS: _l("Same name, other details. Two people or one?"),
        Reason.TICKET_CHANGED_HANDS: _l("%(name)s had this ticket. Has it changed hands?", name=why.text),
        Reason.SAME_PERSON_TWICE: _l("Also in row %(row)s. One guest or two?", row=why.row),
        Reason.SHARED_EMAIL: _l("Shares the e-mail address with another guest."),
        Reason.NAMESAKE: _l("Another guest has the same name."),
    }
    return words[why.reason]


def choice_label(choice: Choice, plan: RowPlan) -> LazyString:
    """What a choice will do with this row."""
    reason = plan.why.reason if plan.why else None
    match choice, reason:
        case Choice.NEW, _:
            return _l("Add as another guest")
        case Choice.UPDATE, Reason.CANCELLED_IN_LIST:
            return _l("Cancel here too")
        case Choice.UPDATE, Reason.CANCELLED_HERE:
            return _l("Bring back")
        case Choice.UPDATE, _:
            return _l("Change the guest we have")
        case Choice.SKIP, _:
            return _l("Leave it")
        case _:
            assert_never(choice)
