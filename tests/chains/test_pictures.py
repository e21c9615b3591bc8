"""Pictures made on the server: what is drawn is what is said (practices E3, A8)."""

import re
from datetime import date, timedelta

import pytest

from tests.chains.ledger import TODAY, Pages, person
from tests.people.pages import words
from webapp.chains.pictures import ticks, timeline
from webapp.core.database import db

CAUSAL = re.compile(
    r"\b(?:because|cause[sd]?|led to|leads to|due to|thanks to|result(?:ed|s)?|brought|made|so that)\b", re.I
)


def test_e3_five_closed_and_twelve_open_are_drawn_with_the_median_of_the_closed(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2025, 1, 30))
    for months in (2, 4, 7, 9, 20):
        day = date(2025 + months // 12, 1 + months % 12, 28) + timedelta(days=3)
        pages.write(words=f"Came {months}", day=day, through=person(ben))
    for number in range(12):
        pages.write(words=f"Open {number}", state="open" if number % 2 else "too_early", day=TODAY, through=person(ben))
    shown = pages.client.get("/me/outcomes/months").text
    picture = shown.partition('id="lag"')[2].partition("</figure>")[0]
    assert (picture.count("came-bar"), picture.count("still-open")) == (5, 12)
    assert picture.count('class="median"') == 1
    assert "5 came, half of them within 7 months." in words(shown)
    assert "12 are still open." in words(shown)
    assert len(re.findall(r'<td class="number">22</td>', shown)) == 12, "open since January 2025, to this day"


def test_e3_nothing_came_yet_is_said_and_nothing_is_made_up(pages: Pages) -> None:
    assert "Nothing to count yet." in pages.client.get("/me/outcomes/months").text
    ben = pages.met("Ben Adeyemi", date(2026, 1, 30))
    pages.write(words="Open", state="open", through=person(ben))
    pages.write(words="Out of the blue")
    shown = pages.client.get("/me/outcomes/months").text
    assert "Nothing came yet. 1 is still open." in words(shown)
    assert 'class="median"' not in shown


def test_a8_half_a_year_of_both_is_drawn_without_a_causal_word(pages: Pages) -> None:
    for month in range(6, 12):
        for number in range(month - 4):
            pages.met(f"Guest {month} {number}", date(2026, month, 2 + number))
        pages.write(words=f"Client {month}", day=date(2026, month, 20))
    shown = pages.client.get("/me/outcomes/months").text
    part = shown.partition('id="months-head"')[2].partition("</section>")[0]
    heights = re.findall(r'class="bar (done|came)-bar".*?height="([\d.]+)"', part)
    assert sum(float(height) > 0 for which, height in heights if which == "done") == 6
    assert sum(float(height) > 0 for which, height in heights if which == "came") == 6
    rows = re.findall(r'<th scope="row">(\w+ \d+)</th><td class="number">(\d+)</td><td class="number">(\d+)</td>', part)
    assert rows[-1] == ("Nov 2026", "7", "1")
    assert not CAUSAL.search(words(f"<main>{part}</main>"))
    assert CAUSAL.search("Slow months cause slow business")


@pytest.mark.parametrize(
    ("longest", "numbers"), [(0, [0, 1]), (1, [0, 1]), (5, [0, 2, 4, 6]), (22, [0, 6, 12, 18, 24])]
)
def test_the_axis_has_round_numbers_and_few_of_them(longest: int, numbers: list[int]) -> None:
    assert ticks(longest) == numbers


def test_however_long_it_takes_the_axis_holds_it() -> None:
    for longest in range(1, 900):
        steps = ticks(longest)
        assert steps[-1] >= longest
        assert 2 <= len(steps) <= 5


def test_a_story_is_a_list_first_and_its_picture_is_hidden_from_who_listens(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 30))
    outcome = pages.write(words="The firm", day=date(2026, 11, 1), through=person(ben), tie="unknown")
    shown = pages.page(outcome)
    assert 0 < shown.index('<ol class="chain"') < shown.index('id="timeline"')
    assert re.search(r'id="timeline"[^>]*aria-hidden="true"', shown)
    line = timeline(pages.chain(outcome))
    assert line
    assert [mark.x for mark in line.marks] == [12.0, 12.0, 308.0]
    assert [stroke.tie for stroke in line.strokes] == ["direct", "unknown"]
    assert timeline(pages.chain(pages.write(words="Alone"))) is None
    db.session.rollback()
