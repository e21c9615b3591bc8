"""Everything of mine as a book to read: the same that `mine.json` holds, in plain words.

Drawn elsewhere: pass `payload(book)` to a child process that runs `webapp.mydata.book_pdf:book_from_payload`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from webapp.chains.words import OUTCOME_WORDS, STATE_WORDS, TIE_WORDS
from webapp.contacts.forms import WAY_WORDS
from webapp.intentions.words import SEASON_WORDS
from webapp.web.templating import choose_language, date_words, day_words
from webapp.web.words import _, n_


@dataclass(frozen=True)
class Entry:
    """One person, one evening, one kind of record: who or what, and a line for each thing there is to say."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Entries of one kind."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Book:
    """All of it. `language` is a BCP 47 tag."""

    title: str
    made: str
    language: str
    sections: tuple[Section, ...]


def payload(book: Book) -> Mapping[str, object]:
    """The book as JSON can carry it to a child process."""
    return asdict(book)


def book_of(everything: Mapping[str, Any], name: str, at: datetime) -> Book:
    """What `collecting.everything_of` found, told to its owner."""
    sections = (
        Section(_("Your card"), tuple(_cards(everything))),
        Section(_("People you met"), tuple(map(_person, everything["people"]))),
        Section(_("People you know from elsewhere"), tuple(map(_outside, everything["from_elsewhere"]))),
        Section(_("Notes without a person"), tuple(Entry(note, ()) for note in everything["notes_without_a_person"])),
        Section(_("What you took home"), tuple(map(_evening, everything["evenings"]))),
        Section(_("What came of it"), tuple(map(_outcome, everything["outcomes"]))),
        Section(_("What you are looking for"), tuple(map(_need, everything["needs"]))),
        Section(_("What your season is about"), tuple(map(_season, everything["seasons"]))),
        Section(_("Help you gave"), tuple(map(_help, everything["help_given"]))),
        Section(_("What you asked others"), tuple(map(_asked, everything["asked"]))),
        Section(_("What others asked you"), tuple(map(_asked, everything["asked_of_me"]))),
        Section(_("Who has your card"), tuple(map(_holder, everything["who_has_my_card"]))),
        Section(_("Everything that is kept"), tuple(_records(everything["records"]))),
    )
    return Book(
        title=_("What Mixwell keeps of %(name)s", name=name),
        made=date_words(at, "UTC"),
        language=choose_language(),
        sections=tuple(section for section in sections if section.entries),
    )


def _cards(everything: Mapping[str, Any]) -> Iterator[Entry]:
    for card in everything["records"]["cards"]["rows"]:
        texts = tuple(value for value in card.values() if isinstance(value, str) and value)
        if texts:
            yield Entry(_("As others get it, as far as you give it"), texts)


def _person(met: Mapping[str, Any]) -> Entry:
    when = ", ".join(filter(None, [met["event"], date_words(met["met_at"], "UTC")]))
    card = [text for field, text in met["card"].items() if field != "name"]
    said = [_("You wrote: %(note)s", note=met["note"])] if met["note"] else []
    said += [_("Why you keep this: %(reason)s", reason=met["reason"])] if met["reason"] else []
    said += [_("You promised: %(words)s", words=promise["words"]) for promise in met["promises"]]
    said += [_("This reminded you of them: %(what)s", what=_what(draft)) for draft in met["reminders"]]
    said += [_("%(word)s since %(day)s", word=role["word"], day=day_words(role["since"])) for role in met["roles"]]
    said += [_("Your words for them: %(words)s", words=", ".join(met["tags"]))] if met["tags"] else []
    said += [_touch(touch) for touch in met["touches"]]
    return Entry(met["name"], (when, *card, *said))


def _outside(known: Mapping[str, Any]) -> Entry:
    ways = [*known["emails"], *known["phones"]]
    texts = [known["company"], known["origin"], *ways, known["link"], known["note"]]
    return Entry(known["name"], tuple(filter(None, texts)))


def _touch(touch: Mapping[str, Any]) -> str:
    kept = _("%(way)s, %(day)s", way=WAY_WORDS[touch["way"]], day=date_words(touch["happened_at"], "UTC"))
    asked_nothing = _("no agenda") if touch["no_agenda"] else ""
    return ": ".join(filter(None, [", ".join(filter(None, [kept, asked_nothing])), touch["words"]]))


def _what(draft: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (draft["words"], draft["link"])))


def _evening(evening: Mapping[str, Any]) -> Entry:
    return Entry(evening["event"], tuple(filter(None, (evening["idea"], evening["tip"]))))


def _outcome(outcome: Mapping[str, Any]) -> Entry:
    kind, state = (str(words) for words in (OUTCOME_WORDS[outcome["kind"]], STATE_WORDS[outcome["state"]]))
    since = f"{kind}. {state}, {day_words(outcome['closed_on'] or outcome['began_on'])}"
    return Entry(outcome["words"] or kind, (since, *map(_stop, outcome["story"][:-1])))


def _stop(stop: Mapping[str, Any]) -> str:
    when = day_words(stop["day"]) if stop["day"] else ""
    return ", ".join(filter(None, (stop["what"], when, str(TIE_WORDS[stop["led_on"]]))))


def _need(need: Mapping[str, Any]) -> Entry:
    days = [_("Since %(day)s", day=day_words(need["opened_on"]))]
    days += [_("Found on %(day)s", day=day_words(need["closed_on"]))] if need["closed_on"] else []
    return Entry(need["words"], tuple(days))


def _season(meant: Mapping[str, Any]) -> Entry:
    return Entry(str(SEASON_WORDS[meant["season"]]), tuple(filter(None, (meant["words"],))))


def _help(given: Mapping[str, Any]) -> Entry:
    return Entry(given["words"], (day_words(given["day"]),))


def _asked(ask: Mapping[str, Any]) -> Entry:
    return Entry(ask["words"], (date_words(ask["at"], "UTC"),))


def _holder(given: Mapping[str, Any]) -> Entry:
    when = ", ".join(filter(None, [given["event_title"], date_words(given["at"], given["zone"])]))
    return Entry(given["name"], (when,))


def _records(records: Mapping[str, Mapping[str, Any]]) -> Iterator[Entry]:
    for kept in records.values():
        rows: Sequence[object] = kept["rows"]
        if rows:
            count = str(n_("%(num)d entry, in mine.json", "%(num)d entries, in mine.json", len(rows)))
            yield Entry(kept["purpose"], (count, _("Seen by: %(who)s.", who=kept["seen_by"])))
