"""What two people's phones agree on about each other, whatever came first (trust.md 2.8, R12 to R16 and R18). Pure.

A fact is never changed; what holds is computed from all of them, so any order of arrival ends alike.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

Id = TypeVar("Id", UUID, str)


def pair_of(one: Id, other: Id) -> tuple[Id, Id]:
    """The two in the order that both phones name them: one pair, one meeting, whoever scanned (R12)."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class Given:
    """A card that one gave the other, by the operation that did it."""

    operation: UUID
    giver: UUID
    receiver: UUID
    at: datetime


@dataclass(frozen=True)
class TakenBack:
    """A card taken back: it names what its giver saw, and whatever they gave later stands (R14)."""

    operation: UUID
    saw: Collection[UUID]
    at: datetime


@dataclass(frozen=True)
class Blocked:
    """Somebody wants nothing more to do with another, from `since` until `until`; None: still."""

    blocker: UUID
    blocked: UUID
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Between:
    """All that is known between two people."""

    given: Collection[Given] = field(default_factory=tuple)
    taken_back: Collection[TakenBack] = field(default_factory=tuple)
    blocks: Collection[Blocked] = field(default_factory=tuple)

    def holds(self) -> Sequence[Given]:
        """The cards that may be looked at: one in each direction, the one given last.

        A block wins in any order: it hides what was given before it, and what was given while it stood is never seen,
        also when the block ends (R13).
        """
        gone = {operation for back in self.taken_back for operation in back.saw}
        standing = [one for one in self.given if one.operation not in gone and not self._fell_under_a_block(one)]
        if any(block.until is None for block in self.blocks):
            return []
        last = {(one.giver, one.receiver): one for one in sorted(standing, key=lambda one: (one.at, one.operation))}
        return sorted(last.values(), key=lambda one: (one.giver, one.receiver))

    def _fell_under_a_block(self, one: Given) -> bool:
        return any(block.since <= one.at and (block.until is None or one.at < block.until) for block in self.blocks)


def badge_was_good(scanned_at: datetime, replaced_at: datetime | None) -> bool:
    """Whether a badge was not replaced yet when it was scanned (R15)."""
    return replaced_at is None or scanned_at < replaced_at


@dataclass(frozen=True)
class Version:
    """One text of a note, as one phone kept it."""

    operation: UUID
    at: datetime
    text: str


def note_of(versions: Iterable[Version]) -> tuple[Version | None, Sequence[Version]]:
    """The version that is shown, and the older ones that stay readable: a text is never lost (R18).

    The last by corrected time is shown; of two at one time the one with the greater operation id. An emptied note is
    a version like others, and what says the same as the shown one is no older version.
    """
    ordered = sorted(versions, key=lambda version: (version.at, version.operation), reverse=True)
    if not ordered:
        return None, ()
    shown, older, said = ordered[0], [], {ordered[0].text, ""}
    for version in ordered[1:]:
        if version.text not in said:
            older.append(version)
            said.add(version.text)
    return shown, older
