"""All texts a person may read, and a language in which each of them wears brackets."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_from_dir
from babel.messages.mofile import write_mo

from webapp.web.assets import TEMPLATES
from webapp.web.builds import ROOT

OPEN, CLOSE = "⟦", "⟧"
KEYWORDS: dict[str, Any] = {"_": None, "_l": None, "gettext": None, "n_": (1, 2), "ngettext": (1, 2)}
READ_AS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.js", "ignore")]


@cache
def messages() -> dict[str | tuple[str, ...], str]:
    """Every text marked for translation → a file that says it."""
    found: dict[str | tuple[str, ...], str] = {}
    for folder in (ROOT / "webapp", TEMPLATES):
        extracted = extract_from_dir(
            folder,
            READ_AS,
            keywords=KEYWORDS,
            directory_filter=_everywhere,
            options_map={"**.html": {"trim_blocks": "true"}},
        )
        found |= {message: f"{folder.name}/{file}" for file, _line, message, _notes, _context in extracted}
    return found


def messages_of(template: str) -> list[str]:
    """The texts marked in this template, in its order."""
    with (TEMPLATES / template).open("rb") as file:
        found = extract("jinja2", file, keywords=KEYWORDS)
        return [text if isinstance(text, str) else text[0] for _line, text, _notes, _context in found]


def _everywhere(_folder: object) -> bool:
    """Babel would leave out folders that begin with an underscore: our layouts and parts."""
    return True


def texts() -> Iterator[tuple[str, str]]:
    """Every text, singular and plural alike, and a file that says it."""
    for message, file in messages().items():
        for text in [message] if isinstance(message, str) else message:
            yield text, file


def write_pseudo_catalogue(folder: Path) -> Path:
    """A catalogue for our own language in which each text stands in brackets; returns its directory."""
    catalogue = Catalog(locale="en")
    for message in messages():
        words = [message] if isinstance(message, str) else list(message)
        dressed = [f"{OPEN}{text}{CLOSE}" for text in words]
        key = words[0] if len(words) == 1 else tuple(words)
        catalogue.add(key, dressed[0] if len(words) == 1 else tuple(dressed))
    target = folder / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder


def outside_brackets(text: str) -> str:
    """What of a text stands in no brackets."""
    depth, kept = 0, []
    for sign in text:
        depth += {OPEN: 1, CLOSE: -1}.get(sign, 0)
        kept.append(sign if depth == 0 and sign != CLOSE else "\x1f" if sign in OPEN + CLOSE else "")
    return "".join(kept)


WORD = re.compile(r"[^\W\d_]{2,}")
"""Two letters and more: a single letter is a sign (a box, an initial)."""
