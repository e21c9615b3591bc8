"""Who from elsewhere may be somebody I know already: the same address, number or name. I am told, and decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from webapp.contacts.entries import Entry, digits
from webapp.contacts.outside import Outside
from webapp.core.text import search_key
from webapp.swaps.stories import Evening

ENOUGH_DIGITS = 7
"""Of a number; a shorter one is many people's."""

Kind = Literal["met", "outside"]


@dataclass(frozen=True)
class Alike:
    """Somebody it may be: whom I met, or another from elsewhere."""

    kind: Kind
    id: UUID
    name: str


@dataclass(frozen=True)
class Known:
    """Everybody I know, by each way to tell them."""

    by_sign: Mapping[str, Sequence[Alike]]

    def like(self, entry: Entry, *, but: UUID | None = None) -> list[Alike]:
        """Who of them it may be, those with the same address first."""
        found = (alike for sign in _signs(entry) for alike in self.by_sign.get(sign, ()) if alike.id != but)
        return list(dict.fromkeys(found))

    def everybody(self, *, but: UUID) -> list[Alike]:
        """All of them by name, but for one."""
        once = {alike for found in self.by_sign.values() for alike in found if alike.id != but}
        return sorted(once, key=lambda alike: (search_key(alike.name), alike.id))


def known_people(evenings: Iterable[Evening], outside: Iterable[Outside]) -> Known:
    """Whom I met, as far as their cards are open to me, and whom I know from elsewhere."""
    by_sign: dict[str, list[Alike]] = {}
    for met in (met for evening in evenings for met in evening.people):
        card = met.card.fields if met.card else {}
        said = Entry(met.name, emails=(card.get("email", ""),), phones=(card.get("phone", ""),))
        _note(by_sign, said, Alike("met", met.person_id, met.name))
    for one in outside:
        _note(by_sign, one.said, Alike("outside", one.id, one.name))
    return Known(by_sign)


def _note(by_sign: dict[str, list[Alike]], said: Entry, alike: Alike) -> None:
    for sign in _signs(said):
        by_sign.setdefault(sign, []).append(alike)


def _signs(entry: Entry) -> list[str]:
    mails = [f"mail {email.casefold()}" for email in entry.emails if email]
    phones = [f"phone {number}" for phone in entry.phones if len(number := digits(phone)) >= ENOUGH_DIGITS]
    return [*mails, *phones, f"name {search_key(entry.name)}"]
