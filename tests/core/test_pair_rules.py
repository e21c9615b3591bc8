"""Between two people any order of facts ends alike, and a block wins (trust.md R12 to R15, R18)."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from webapp.core.pair_rules import (
    Between,
    Blocked,
    Given,
    TakenBack,
    Version,
    badge_was_good,
    note_of,
    pair_of,
)

ANN, BEN = UUID(int=1), UUID(int=2)
START = datetime(2026, 10, 1, 18, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def gave(number: int, giver: UUID, minute: int) -> Given:
    return Given(UUID(int=number), giver, BEN if giver == ANN else ANN, at(minute))


facts = st.tuples(
    st.lists(st.builds(gave, st.integers(10, 40), st.sampled_from([ANN, BEN]), st.integers(0, 60)), max_size=6),
    st.lists(st.sets(st.integers(10, 40), max_size=3), max_size=3),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60) | st.none()), max_size=2),
)


@given(facts, st.randoms(use_true_random=False))
def test_r12_to_r14_any_order_with_repeats_ends_alike(
    known: tuple[list[Given], list[set[int]], list[tuple[int, int | None]]], shuffled: Random
) -> None:
    given_, seen, spans = known
    given_ = list({one.operation: one for one in given_}.values())
    backs = [
        TakenBack(UUID(int=100 + number), frozenset(UUID(int=one) for one in saw), at(60))
        for number, saw in enumerate(seen)
    ]
    blocks = [Blocked(ANN, BEN, at(since), None if until is None else at(since + until)) for since, until in spans]
    first = Between(tuple(given_), tuple(backs), tuple(blocks)).holds()
    for pile in (given_, backs, blocks):
        shuffled.shuffle(pile)
    assert Between((*given_, *given_), tuple(backs), tuple(blocks)).holds() == first
    assert len(first) <= 2, "one card each way"


def test_r12_a_pair_has_one_name_whoever_scanned() -> None:
    assert pair_of(ANN, BEN) == pair_of(BEN, ANN) == (ANN, BEN)


def test_r13_a_block_wins_in_any_order_and_ending_it_revives_nothing_made_meanwhile() -> None:
    before, during, after = gave(10, ANN, 1), gave(11, BEN, 5), gave(12, BEN, 9)
    assert Between([before, during, after], blocks=[Blocked(ANN, BEN, at(3))]).holds() == []
    ended = [Blocked(ANN, BEN, at(3), at(7))]
    assert Between([before, during], blocks=ended).holds() == [before]
    assert Between([before, during, after], blocks=ended).holds() == [before, after]


def test_r14_taking_back_names_what_was_seen_and_a_later_card_stands() -> None:
    first, later = gave(10, ANN, 1), gave(11, ANN, 5)
    back = TakenBack(UUID(int=99), {first.operation}, at(9))
    assert Between([first, later], [back]).holds() == [later], "though it was taken back after that"
    assert Between([first], [back]).holds() == []


def test_r15_a_badge_is_good_until_it_was_replaced() -> None:
    assert badge_was_good(at(1), None)
    assert badge_was_good(at(1), at(2))
    assert not badge_was_good(at(2), at(2))


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "a", "b", "c"])), max_size=6), st.randoms())
def test_r18_no_text_of_a_note_is_ever_lost(kept: list[tuple[int, str]], shuffled: Random) -> None:
    versions = [Version(UUID(int=number + 1), at(minute), text) for number, (minute, text) in enumerate(kept)]
    shown, older = note_of(versions)
    shuffled.shuffle(versions)
    assert note_of(versions) == (shown, older)
    texts = {version.text for version in older} | ({shown.text} if shown else set())
    assert {text for _, text in kept if text} == texts - {""}
