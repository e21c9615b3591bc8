"""Everything of mine as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs `book_from_payload` in a child.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from webapp.badges.fitting import is_branded, is_right_to_left
from webapp.core.child import Progress
from webapp.core.pdf import paper_templates, render
from webapp.mydata.book import Book, Entry, Section

AT_A_TIME = 100
"""Entries laid out at once: WeasyPrint's cost grows faster than a document's length."""

_BOOK = "mydata/print/book.html"


def book_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """The book, each part of it starting on a page of its own."""
    sections = tuple(
        Section(section["title"], tuple(Entry(entry["title"], tuple(entry["lines"])) for entry in section["entries"]))
        for section in plain["sections"]
    )
    book = Book(**{**plain, "sections": sections})
    return render([_page(book, part) for part in _parts(book)], {}, _BOOK, progress)


def _parts(book: Book) -> Iterator[Section]:
    for section in book.sections:
        for start in range(0, len(section.entries), AT_A_TIME):
            yield Section(section.title, section.entries[start : start + AT_A_TIME])


def _page(book: Book, part: Section) -> str:
    branded = partial(is_branded, family="print-text-400")
    named = partial(is_branded, family="print-name-800")
    template = paper_templates().get_template(_BOOK)
    return template.render(book=book, part=part, rtl=is_right_to_left, branded=branded, named=named)
