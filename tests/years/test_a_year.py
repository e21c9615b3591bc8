"""A year in ten minutes: four evenings, thirty people, and what a year makes of them, held against a ledger by hand.

The worker stands still for three days after the second evening; every chore runs twice whenever it runs.
"""

import re

from tests.cast import Cast
from tests.chains.ledger import titles
from tests.followups.nexts import at
from tests.people.pages import words
from tests.years import ledger
from tests.years.year import ACTS, Year, wall
from webapp.settings import Settings


def test_a_year_lived_day_by_day_equals_the_ledger_made_by_hand(cast: Cast, settings: Settings) -> None:
    year = Year(cast, settings)
    year.live(tuple(ledger.AT_REST))
    assert year.queue == list(ledger.QUEUE)
    assert year.mails == list(ledger.MAILS)
    assert year.at_rest == ledger.AT_REST
    assert tuple(year.asked) == ledger.ASKED
    with at(wall(ledger.LAST, ACTS)):
        _read_what_came_of_it(year)
        _read_the_pictures(year)
        _read_the_statement(year)


def _read_what_came_of_it(year: Year) -> None:
    for outcome, told in ledger.CHAINS.items():
        assert tuple(titles(year.phone.get(year.outcomes[outcome]).text)) == told


def _read_the_pictures(year: Year) -> None:
    shown = year.phone.get("/me/outcomes/months").text
    assert ledger.LAG in words(shown)
    table = shown.partition('id="lag-head"')[2].partition("</section>")[0]
    rows = re.findall(r'<td><bdi>([^<]*)</bdi></td><td>[^<]*</td><td class="number">(\d+)</td>', table)
    assert {outcome: int(months) for outcome, months in rows} == ledger.MONTHS
    months = shown.partition('id="months-head"')[2].partition("</section>")[0]
    counts = re.findall(r'</th><td class="number">(\d+)</td><td class="number">(\d+)</td>', months)
    assert tuple(int(done) for done, _came in counts) == ledger.DONE
    assert tuple(int(came) for _done, came in counts) == ledger.CAME


def _read_the_statement(year: Year) -> None:
    period = {"first": ledger.FIRST.isoformat(), "last": ledger.LAST.isoformat(), "hours": "12"}
    year.send("/me/statements", **period)
    [link] = re.findall(r"https://mix\.example\.org(/statements/[^\s\"<]+)", year.phone.get("/me/statements").text)[:1]
    page = year.cast.browser().get(link).text
    rows = dict(re.findall(r'<dt>([^<]*)</dt><dd class="number"><bdi>([^<]*)</bdi>', page))
    assert rows == ledger.STATEMENT
    assert not [name for name in year.people if re.search(rf"\b{name}\b", words(page))], "nobody is named"
