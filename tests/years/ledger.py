"""What a year of Ann's must look like, worked out by hand from the rules and from what she does (`year.py`).

Days are counted on a wall in London. A rhythm of *now and then* is 30 days, *every few months* 90, both from the last
meeting or touch, whichever came later; what is due opens at half past eight. Each line says why.
"""

from datetime import date

JANUARY = ("Ada", "Bea", "Cal", "Dan", "Eli", "Fay", "Gus", "Hal")
APRIL = ("Ida", "Joy", "Kai", "Lea", "Max", "Nia", "Oli", "Pia")
JULY = ("Quin", "Rae", "Sam", "Tia", "Uma", "Vic", "Wes")
OCTOBER = ("Xia", "Yan", "Zoe", "Abe", "Bo", "Cy", "Di")
EVENINGS = {
    date(2026, 1, 15): JANUARY,
    date(2026, 4, 16): APRIL,
    date(2026, 7, 16): JULY,
    date(2026, 10, 15): OCTOBER,
}
"""18:00 to 21:00 → whom she meets there, in this order."""
DOWN = (date(2026, 4, 17), date(2026, 4, 18), date(2026, 4, 19))
"""Days on which the worker does not run: the three after the second evening."""
FIRST, LAST = date(2026, 1, 15), date(2027, 1, 14)


def on(month: int, day: int, year: int = 2026) -> date:
    """A day of this year."""
    return date(year, month, day)


QUEUE: tuple[tuple[date, tuple[str, ...]], ...] = (
    (on(1, 16), JANUARY[:5]),  # the first morning shows five
    (on(1, 17), JANUARY[5:]),  # and the next the rest
    (on(1, 18), ()),
    (on(2, 14), ("Dan",)),  # met on January 15: 30 days
    (on(2, 15), ("Ada",)),  # written to on January 16: 30 days; put off for a week
    (on(2, 16), ()),
    (on(2, 22), ("Ada",)),
    (on(2, 23), ()),
    (on(3, 16), ("Dan",)),  # a coffee on February 14; lies there until she calls on the 20th
    (on(3, 21), ()),
    (on(3, 24), ("Ada",)),
    (on(3, 25), ()),
    (on(4, 15), ("Bea",)),  # met on January 15: 90 days, over the change to summer time
    (on(4, 16), ()),
    (on(4, 17), APRIL[:5]),  # the worker stands still; the page does not need it
    (on(4, 18), APRIL[5:]),
    (on(4, 19), (*APRIL[5:], "Dan")),  # called on March 20
    (on(4, 20), ("Dan",)),
    (on(4, 23), ("Ada",)),
    (on(4, 24), ()),
    (on(5, 22), ("Dan",)),
    (on(5, 23), ("Ada",)),  # from here on every few months
    (on(5, 24), ()),
    (on(6, 21), ("Dan",)),  # left lying for three weeks, then she takes twice the time
    (on(7, 13), ()),
    (on(7, 14), ("Bea",)),  # a mail on April 15: 90 days
    (on(7, 15), ()),
    (on(7, 16), ("Ida",)),  # written to on April 17: 90 days
    (on(7, 17), JULY[:5]),
    (on(7, 18), JULY[5:]),  # Tia is put off for a week
    (on(7, 19), ()),
    (on(7, 24), ("Tia",)),
    (on(7, 25), ()),
    (on(8, 11), ("Dan",)),  # said on July 12: in 30 days, then every 60
    (on(8, 12), ()),
    (on(8, 21), ("Ada",)),
    (on(8, 22), ()),
    (on(10, 10), ("Dan",)),
    (on(10, 11), ()),
    (on(10, 12), ("Bea",)),
    (on(10, 13), ()),
    (on(10, 14), ("Ida",)),
    (on(10, 15), ("Quin",)),  # written to on July 17: 90 days
    (on(10, 16), OCTOBER[:5]),
    (on(10, 17), OCTOBER[5:]),
    (on(10, 18), ()),
    (on(11, 15), ("Xia",)),  # written to on October 16: 30 days, over the change to winter time
    (on(11, 16), ()),
    (on(11, 19), ("Ada",)),  # a coffee on August 21: 90 days
    (on(11, 20), ()),
    (on(12, 9), ("Dan",)),  # called on October 10: 60 days
    (on(12, 10), ()),
    (on(12, 15), ("Xia",)),
    (on(12, 16), ()),
    (on(1, 10, 2027), ("Bea",)),
    (on(1, 11, 2027), ()),
    (on(1, 12, 2027), ("Ida",)),
    (on(1, 13, 2027), ("Quin",)),
    (on(1, 14, 2027), ("Xia",)),
)
"""Who stands in the queue at ten, from the first day on which it is so."""

MAILS = (
    (on(1, 16), "ada@example.org", "One person"),
    (on(1, 16), "ann@example.org", "Eight people"),
    (on(2, 14), "ann@example.org", "One thing: Dan"),
    (on(2, 22), "ann@example.org", "One thing: Ada"),
    (on(3, 16), "ann@example.org", "One thing: Dan"),
    (on(3, 24), "ann@example.org", "One thing: Ada"),
    (on(4, 15), "ann@example.org", "One thing: Bea"),
    (on(4, 20), "ann@example.org", "Eight people"),  # the worker runs again: one mail each, three days late
    (on(4, 20), "ida@example.org", "One person"),
    (on(4, 22), "ann@example.org", "One thing: Dan"),  # a week after the last; he is due since the 19th
    (
        on(5, 4),
        "ada@post.example.org, ida@post.example.org",
        "introduction",
    ),  # both said yes by the 3rd
    (on(5, 22), "ann@example.org", "One thing: Dan"),  # on the 23rd none about Ada: the week has had its mail
    (on(6, 21), "ann@example.org", "One thing: Dan"),  # and none more about him while he lies there
    (on(7, 14), "ann@example.org", "One thing: Bea"),
    (on(7, 17), "ann@example.org", "Seven people"),
    (on(7, 24), "ann@example.org", "One thing: Tia"),
    (on(8, 11), "ann@example.org", "One thing: Dan"),
    (on(8, 21), "ann@example.org", "One thing: Ada"),
    (on(10, 10), "ann@example.org", "One thing: Dan"),
    (on(10, 16), "ann@example.org", "Seven people"),
    (on(10, 17), "ann@example.org", "One thing: Cy"),
    (on(11, 15), "ann@example.org", "One thing: Xia"),
    (on(12, 9), "ann@example.org", "One thing: Dan"),
    (on(1, 10, 2027), "ann@example.org", "One thing: Bea"),
)
"""Every mail that goes out, by the day of the worker's run: to whom, about what. The introduction goes to the addresses
on their cards, all others to those they signed in with."""

AT_REST = {
    on(7, 13): (),  # 179 days since January 15
    on(8, 1): ("Cal", "Eli", "Fay", "Gus", "Hal"),
    on(8, 2): ("Cal", "Eli", "Fay", "Hal"),  # Gus was ended on purpose, and never returns
    on(12, 31): ("Cal", "Eli", "Fay", "Hal", "Joy", "Kai", "Lea", "Max", "Nia", "Oli", "Pia"),
}
"""Old ties, the longest silent first."""

ASKED = (on(9, 1), on(12, 1))
"""Days on which *too early to tell*, said on June 1, comes back: after three months and after six."""

CHAINS = {
    "The bakery": ("January mixer", "Ada January", "The bakery"),
    "The harbour job": ("January mixer", "Dan January", "A neighbour of Dan’s", "The harbour job"),
    "The boat fair": ("April mixer", "Kai April", "The boat fair"),
}
"""What came of it, and how it came about."""
MONTHS = {"The bakery": 6, "The harbour job": 10, "The boat fair": 8}
"""From the first day to what came of it, or to the last day of this year: the fair is open since April 16."""
LAG = "2 came, half of them within 8 months. 1 is still open."

DONE = (2, 2, 12, 3, 0, 10, 3, 0, 12, 3, 2, 4)
"""February to January, as people met + touches + introductions: 0+2, 0+2, 8+4, 2+1, 0, 7+3, 2+1, 0, 7+5, 2+1, 2, 4."""
CAME = (0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)

STATEMENT = {
    "Hours": "12",
    "New contacts": "30",
    "Introductions": "3",
    "Outcomes, attributed": "2",
    "Outcomes, pending": "1",
}
"""What one page for a manager counts."""
