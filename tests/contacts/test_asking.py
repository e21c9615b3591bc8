"""One budget for every question that Mixwell asks by itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.cast import Cast
from webapp.contacts.asking import IGNORED, STANDS, Wish, answer, ask, standing
from webapp.core.database import writing
from webapp.core.identifiers import new_id

DAY = timedelta(days=1)
START = datetime(2026, 11, 30, 19, tzinfo=UTC)
WISHES = st.lists(st.tuples(st.integers(0, 100), st.none() | st.integers(0, 6)), max_size=8)
"""Of each wish the day on which it is due, and after how many days its question is answered, if ever."""

# The database is the same in each example: what one of them did is rolled back.
steady = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@steady
@given(wished=WISHES)
def test_one_question_a_week_and_none_after_two_ignored(cast: Cast, wished: list[tuple[int, int | None]]) -> None:
    ids = [new_id() for _ in wished]
    with writing() as session:
        first_seen, answered = _live(session, cast.ann.person_id, dict(zip(ids, wished, strict=True)))
        session.rollback()
    starts = sorted(first_seen.values())
    assert all(later - earlier >= STANDS for earlier, later in pairwise(starts))
    in_order = sorted(first_seen, key=lambda about: first_seen[about])
    for one, other, after in zip(in_order, in_order[1:], in_order[2:], strict=False):
        assert one in answered or other in answered, f"{after} came after two that were ignored"
    assert IGNORED == 2
    if all(patience is not None for _day, patience in wished):
        assert set(first_seen) == set(ids), "what is held back is asked later"


def _live(
    session: Session, me: UUID, wished: dict[UUID, tuple[int, int | None]]
) -> tuple[dict[UUID, datetime], set[UUID]]:
    first_seen: dict[UUID, datetime] = {}
    answered: set[UUID] = set()
    for day in range(170):
        at = START + day * DAY
        ask(session, me, [Wish("thing", about) for about, (due, _patience) in wished.items() if due <= day], at=at)
        if asked := standing(session, me, at):
            patience = wished[asked.about_id][1]
            first_seen.setdefault(asked.about_id, at)
            if patience is not None and at >= first_seen[asked.about_id] + patience * DAY:
                answer(session, asked.id, me, at=at)
                answered.add(asked.about_id)
    return first_seen, answered
