"""Somebody as an address book has them, in clean lines: what is kept of them, and how to tell that it is the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from webapp.core.text import clean_line, search_key

LONGEST = 120
"""Signs of a name, a company, an address."""
LONGEST_LINK = 300
LONGEST_NOTE = 500
MOST_WAYS = 3
"""Addresses and numbers of each kind."""


@dataclass(frozen=True)
class Entry:
    """What is kept: a name, a company, ways to reach them, a note. Birthdays, homes and photos are not."""

    name: str
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    link: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """The same for the same entry, whatever its case, its order of ways or the way a number is set."""
        ways = [*(email.casefold() for email in self.emails), *(digits(phone) for phone in self.phones)]
        return "\n".join([search_key(self.name), *sorted(ways)])

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Entry":
        """An entry out of JSON."""
        return cls(**{**kept, "emails": tuple(kept["emails"]), "phones": tuple(kept["phones"])})


Why = Literal["no name", "no card", "unreadable", "too long", "encoding", "no end", "cut off"]
"""Why something in a file is nobody."""


@dataclass(frozen=True)
class Line:
    """Something in a file at this line: somebody, or why there is nobody."""

    number: int
    said: Entry | Why


def digits(phone: str) -> str:
    """A number without what people set between its digits; the last nine, for a country is written or left out."""
    return "".join(sign for sign in phone if sign.isdecimal())[-9:]


def entry(
    name: str, company: str, emails: Iterable[str], phones: Iterable[str], link: str = "", note: str = ""
) -> Entry | None:
    """An entry of these texts; None if there is nothing to call somebody by."""
    mails = _few(clean_line(one, LONGEST) for one in emails if "@" in one)
    called = next(filter(None, (clean_line(one, LONGEST) for one in (name, company, *mails))), "")
    if not search_key(called):
        return None
    work = clean_line(company, LONGEST)
    numbers = _few(clean_line(one, LONGEST) for one in phones if digits(one))
    web = clean_line(link, LONGEST_LINK)
    return Entry(called, "" if work == called else work, mails, numbers, web, clean_line(note, LONGEST_NOTE))


def _few(ways: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, ways)))[:MOST_WAYS]
