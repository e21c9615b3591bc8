"""Text from forms to what chains are written with."""

from collections.abc import Mapping
from datetime import date

from webapp.chains.kinds import read_node
from webapp.chains.models import OUTCOMES, SORTS, STATES, TIES
from webapp.chains.recording import LONGEST, NewOutcome, NewStep
from webapp.core.text import clean_line


def read_day(text: str, today: date) -> date | None:
    """A day that has come; None for anything else. A later one is today."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return None


def read_tie(form: Mapping[str, str]) -> str:
    """How surely; unknown where nothing one may say was said."""
    tie = form.get("tie", "")
    return tie if tie in TIES else "unknown"


def read_state(form: Mapping[str, str]) -> str | None:
    """How it stands, if the form says so."""
    state = form.get("state", "")
    return state if state in STATES else None


def read_outcome(form: Mapping[str, str], today: date) -> NewOutcome | None:
    """What came of it; None where the form does not say what, or how it stands."""
    kind, state, words = form.get("kind", ""), read_state(form), clean_line(form.get("words", ""), LONGEST)
    if kind not in OUTCOMES or state is None:
        return None
    day, through = read_day(form.get("day", ""), today) or today, read_node(form.get("through", ""))
    return NewOutcome(kind, state, words, day, through, read_tie(form))


def read_step(form: Mapping[str, str], today: date) -> NewStep | None:
    """A step in own words; None without words."""
    words, sort = clean_line(form.get("words", ""), LONGEST), form.get("sort", "")
    if not words:
        return None
    day, no_agenda = read_day(form.get("day", ""), today), form.get("no_agenda") == "yes"
    return NewStep(sort if sort in SORTS else "act", words, day, no_agenda)
