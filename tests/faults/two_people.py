"""Who sees whose card, said once more in plain words and with nothing of the program (trust.md 2.8, R12 to R15)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

MINUTE = timedelta(seconds=60)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
MOST_QUESTIONS = 3
SWAPS_WITH_ALL = 1
"""The second of the two gives their card to whoever scans their badge; the first is asked."""

What = Literal["scan", "undo", "withdraw", "give", "block", "unblock", "replace"]
Way = Literal["badge", "screen", "old badge"]
"""By the badge that is worn when it is scanned, by the code on a phone, or by a badge that was replaced before."""


@dataclass(eq=False)
class Done:
    """Something one of two people did at `at`, and the server heard of at `told_at`."""

    id: UUID
    what: What
    who: int
    at: datetime
    of: UUID | None = None
    way: Way = "badge"
    told_at: datetime = NEVER

    @property
    def named(self) -> UUID:
        assert self.of
        return self.of


@dataclass
class Card:
    """A card that went one way: by which act, made when, told when, and whether it still holds."""

    by: UUID
    whose_act: int
    made_at: datetime
    told_at: datetime
    hidden: bool = False
    gone_at: datetime | None = None


@dataclass
class Question:
    """One who gave waits for the other's card; `answered_by` is the act that gave it."""

    by: UUID
    open: bool = True
    answered_by: UUID | None = None
    void: bool = False


def by_the_rules(told: list[Done]) -> set[tuple[int, int]]:
    """The directions in which a card is seen."""
    two = Two()
    for done in told:
        getattr(two, done.what)(done)
    return two.seen()


@dataclass
class Two:
    """All that is known between the two, act by act as the server hears of it."""

    cards: dict[int, list[Card]] = field(default_factory=lambda: {0: [], 1: []})
    questions: dict[int, list[Question]] = field(default_factory=lambda: {0: [], 1: []})
    blocks: dict[int, list[list[datetime | None]]] = field(default_factory=lambda: {0: [], 1: []})
    replaced: dict[int, list[datetime]] = field(default_factory=lambda: {0: [], 1: []})
    heard: set[UUID] = field(default_factory=set)
    taken_back_first: set[UUID] = field(default_factory=set)
    met: bool = False

    def seen(self) -> set[tuple[int, int]]:
        """A card is seen while it holds, if no block was in its way when it was made, and none stands (R13)."""
        if any(block[1] is None for me in (0, 1) for block in self.blocks[me]):
            return set()
        return {(me, 1 - me) for me in (0, 1) if (card := self.holds(me)) and not card.hidden}

    def holds(self, giver: int) -> Card | None:
        return next((card for card in self.cards[giver] if card.gone_at is None), None)

    def blocked(self, me: int, at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in self.blocks[me] if since)

    def scan(self, done: Done) -> None:
        me, other = done.who, 1 - done.who
        if done.id in self.taken_back_first:
            return  # an undo that came before what it undoes
        self.heard.add(done.id)
        lost = next((moment for moment in self.replaced[other] if moment > done.at), None)
        if self.blocked(me, done.told_at) or self._code_is_dead(done):
            return
        if self.blocked(me, done.at):
            return  # whom I had blocked was not there
        shut_then, shut_now = self.blocked(other, done.at), self.blocked(other, done.told_at)
        by_choice = other == SWAPS_WITH_ALL and lost is None and not self._ever_took_back(other)
        says_yes = not shut_then and not shut_now and (done.way == "screen" or by_choice)
        self.met = True
        self._give_mine(done, hidden=shut_then)
        if (theirs := self.holds(other)) and not theirs.hidden:
            return
        if says_yes:
            self._give(other, done, hidden=False)
        elif len([one for one in self.questions[me] if not one.void]) < MOST_QUESTIONS and not self._asks(me):
            self.questions[me].append(Question(done.id))

    def _code_is_dead(self, done: Done) -> bool:
        if done.way != "screen":
            return done.way == "old badge"
        up_since = datetime.fromtimestamp(done.at.timestamp() // 30 * 30, done.at.tzinfo)
        back = [card.gone_at for me in (0, 1) for card in self.cards[me] if card.gone_at]
        # A live code says yes once to each: after one of the two took a card back it says nothing any more.
        return not self.blocked(1 - done.who, done.told_at) and any(moment >= up_since for moment in back)

    def _ever_took_back(self, me: int) -> bool:
        return any(card.gone_at for card in self.cards[me])

    def _asks(self, me: int) -> Question | None:
        return next((one for one in self.questions[me] if one.open and not one.void), None)

    def _give_mine(self, done: Done, *, hidden: bool) -> None:
        mine = self.holds(done.who)
        if mine is None:
            self._give(done.who, done, hidden=hidden)
            return
        mine.hidden = mine.hidden and hidden
        if done.told_at > done.at > mine.made_at:
            # Made after the one by which the card went: who takes that one back has not taken this one back (R14).
            self._put_in_place_of(mine, done)

    def _put_in_place_of(self, mine: Card, done: Done) -> None:
        old, both = mine.by, mine.whose_act == done.who
        for card in (*self.cards[0], *self.cards[1]) if both else (mine,):
            if card.by == old:
                card.by, card.made_at, card.whose_act = done.id, done.at, done.who
        for question in (*self.questions[0], *self.questions[1]) if both else ():
            question.by = done.id if question.by == old else question.by
            question.answered_by = done.id if question.answered_by == old else question.answered_by

    def _give(self, giver: int, done: Done, *, hidden: bool) -> None:
        there = self.holds(giver)
        if there:
            there.hidden = there.hidden and hidden
        else:
            self.cards[giver].append(Card(done.id, done.who, done.at, done.told_at, hidden))
        asked = self._asks(1 - giver)
        if asked and not hidden:
            asked.open, asked.answered_by = False, done.id

    def give(self, done: Done) -> None:
        me, other = done.who, 1 - done.who
        theirs, mine = self.holds(other), self.holds(me)
        if theirs and not theirs.hidden and (mine is None or mine.hidden) and not self.blocked(me, done.told_at):
            self._give(me, done, hidden=False)

    def undo(self, done: Done) -> None:
        """As if the scan never was, for a minute; after that one's own card alone comes back."""
        if done.of not in self.heard:
            self.taken_back_first.add(done.named)
            return
        given = [card for me in (0, 1) for card in self.cards[me] if card.by == done.of]
        mine = [card for card in self.cards[done.who] if card.by == done.of]
        if not mine:
            return
        if done.told_at - max(card.told_at for card in given) > MINUTE:
            self._take_back(done.who, [card for card in mine if card.gone_at is None], done.told_at)
            return
        replies = {one.answered_by for me in (0, 1) for one in self.questions[me] if one.by == done.of}
        for me in (0, 1):
            for card in self.cards[me]:
                if card.by == done.of or card.by in replies - {None}:
                    card.gone_at = card.gone_at or done.told_at
            for one in self.questions[me]:
                if one.by == done.of:
                    one.void = True
                elif one.answered_by == done.of:
                    one.open, one.answered_by = True, None

    def withdraw(self, done: Done) -> None:
        card = self.holds(done.who)
        self._take_back(done.who, [card] if card else [], done.told_at)

    def _take_back(self, giver: int, cards: list[Card], at: datetime) -> None:
        for card in cards:
            card.gone_at = at
        asked = self._asks(giver)
        if asked and cards:
            asked.open = False

    def block(self, done: Done) -> None:
        if self.met and not self.blocked(done.who, done.told_at):
            self.blocks[done.who].append([done.told_at, None])
        if self.met:
            self._take_all_back(done)

    def unblock(self, done: Done) -> None:
        self._take_all_back(done)
        for one in self.blocks[done.who]:
            one[1] = one[1] or done.told_at

    def _take_all_back(self, done: Done) -> None:
        card = self.holds(done.who)
        self._take_back(done.who, [card] if card else [], done.told_at)
        if asked := self._asks(done.who):
            asked.open = False

    def replace(self, done: Done) -> None:
        self.replaced[done.who].append(done.told_at)


def last_write_wins(told: list[Done]) -> set[tuple[int, int]]:
    """What many programs do: of all that was ever said about a card, the newest is the truth."""
    newest = max(told, key=lambda done: done.at, default=None)
    seen: dict[int, tuple[datetime, bool]] = {}
    for done in told if newest else ():
        gives = done.what in {"scan", "give"}
        for giver in (0, 1) if gives and (done.way == "screen" or done.who != SWAPS_WITH_ALL) else (done.who,):
            if done.what not in {"replace", "unblock"} and done.at >= seen.get(giver, (done.at, False))[0]:
                seen[giver] = (done.at, gives)
    return {(giver, 1 - giver) for giver, (_, holds) in seen.items() if holds}
