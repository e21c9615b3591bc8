"""Finding somebody again by anything I know of them: a name, what their open card says, where we met, my own words.

Everything happens in memory, on what its owner may see anyway: a sealed note is opened for this and nothing else
(trust.md decision 11), and what is looked for reaches no database.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from webapp.core.text import search_key
from webapp.events.models import Event
from webapp.swaps.stories import Evening, Met, State

ENOUGH_LETTERS = 2
"""Of scripts with few letters; one sign of any other may be a whole name."""
AROUND = 6
"""Words of a note shown on each side of the one that was found."""
LONGEST_WORD = 24
"""Signs; what is longer is a sentence of a script without spaces, or a link, and is shown in parts."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words as typed, one event, circle, tag, way to stand, an open promise. Nothing: everybody."""

    words: str = ""
    event_id: UUID | None = None
    state: State | None = None
    promised: bool = False
    circle_id: UUID | None = None
    tag_id: UUID | None = None

    @property
    def keys(self) -> list[str]:
        """What must all be found; empty while too little is typed."""
        key = search_key(self.words)
        return key.split() if len(key) >= ENOUGH_LETTERS or not key.isascii() else []

    @property
    def needs_a_letter(self) -> bool:
        """Whether something is typed, and too little to look for."""
        return bool(search_key(self.words)) and not self.keys

    @property
    def narrows(self) -> bool:
        """Whether anybody may be left out."""
        return bool(self.keys or self.event_id or self.state or self.promised or self.circle_id or self.tag_id)

    def holds(self, event: Event | None) -> bool:
        """Whether what happened there is looked for, by event and circle."""
        where = (event.id, event.circle_id) if event else (None, None)
        return all(asked in (None, found) for asked, found in zip((self.event_id, self.circle_id), where, strict=True))


@dataclass(frozen=True)
class Passage:
    """A few words of my own note; `hit` is what was looked for, with the rest of its word. Cut where it says so."""

    before: str
    hit: str
    after: str
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True)
class Found:
    """Whom I met, as far as they were looked for, in the order they were in.

    `passages` are from notes that hold a word looked for, by meeting id. `states` counts how many stand how, whatever
    way to stand was asked for.
    """

    evenings: list[Evening]
    passages: dict[UUID, Passage]
    states: Mapping[State, int]

    @property
    def people(self) -> int:
        """How many humans: one met twice is one."""
        return len({met.person_id for evening in self.evenings for met in evening.people})


def find(
    evenings: Sequence[Evening],
    notes: Mapping[UUID, str],
    wanted: Wanted,
    promised: Collection[UUID] = (),
    tagged: Collection[UUID] = (),
) -> Found:
    """Who of these evenings is looked for. `notes` are the owner's own words, opened, by meeting id; `promised` the
    ids of meetings with an open promise; `tagged` those of the people who carry the tag that is wanted."""
    keys = wanted.keys
    there = [evening for evening in evenings if wanted.holds(evening.event)]
    matching = [_narrowed(evening, _matching(evening, notes, keys)) for evening in there]
    if wanted.promised:
        matching = [_narrowed(e, [met for met in e.people if met.meeting.id in promised]) for e in matching]
    if wanted.tag_id:
        matching = [_narrowed(e, [met for met in e.people if met.person_id in tagged]) for e in matching]
    states = Counter(met.state for evening in matching for met in evening.people)
    if wanted.state:
        matching = [_narrowed(e, [met for met in e.people if met.state == wanted.state]) for e in matching]
    left = [evening for evening in matching if evening.people]
    meetings = [met.meeting.id for evening in left for met in evening.people]
    passages = {meeting: passage for meeting in meetings if (passage := find_passage(notes.get(meeting, ""), keys))}
    return Found(left, passages, states)


def _narrowed(evening: Evening, people: list[Met]) -> Evening:
    return replace(evening, people=people)


def _matching(evening: Evening, notes: Mapping[UUID, str], keys: list[str]) -> list[Met]:
    """Who of this evening has every word somewhere in what I know of them."""
    event = evening.event
    place = search_key(f"{event.title} {event.place}") if event else ""
    return [met for met in evening.people if _holds(f"{place} {_known(met, notes)}", keys)]


def _known(met: Met, notes: Mapping[UUID, str]) -> str:
    company = met.card.fields.get("company", "") if met.card else ""
    return search_key(" ".join([met.name, met.line, company, notes.get(met.meeting.id, "")]))


def _holds(text: str, keys: list[str]) -> bool:
    return all(key in text for key in keys)


def find_passage(note: str, keys: Sequence[str]) -> Passage | None:
    """The words of this note around the first one that holds a word looked for; None if none does."""
    if not _holds_any(note, keys):  # one look at the whole note spares a look at each of its words
        return None
    words = [part for word in note.split() for part in _parts(word)]
    for wide in (1, 2):  # a long word was parted, perhaps within what is looked for
        for at in range(len(words)):
            hit = "".join(words[at : at + wide])
            if _holds_any(hit, keys):
                return _passage(words, at, at + wide)
    return None


def _holds_any(text: str, keys: Sequence[str]) -> bool:
    known = search_key(text)
    return any(key in known for key in keys)


def _passage(words: list[str], start: int, end: int) -> Passage:
    first, last = max(0, start - AROUND), end + AROUND
    hit = "".join(words[start:end]).rstrip()
    after = "".join(words[start:last])[len(hit) :].rstrip()
    return Passage("".join(words[first:start]), hit, after, first > 0, last < len(words))


def _parts(word: str) -> list[str]:
    """The word in parts that are short enough to show, the last one with the blank behind it."""
    spaced = f"{word} "
    starts = range(0, len(word), LONGEST_WORD)
    return [spaced[start : start + LONGEST_WORD + (start + LONGEST_WORD >= len(word))] for start in starts]
