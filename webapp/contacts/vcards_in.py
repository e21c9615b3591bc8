"""Contact cards of any age to entries: vCard 2.1, 3.0 and 4.0, as phones and mail programs write them.

vobject knows the grammar of a line: groups, parameters, quoted-printable, escapes. Lines are put together here, for
the library looks at a whole photo again with each of its lines, and one bad line must not lose a card.
"""

import re
from collections.abc import Iterator

from vobject.base import ContentLine, ParseError, textLineToContentLine
from vobject.icalendar import stringToTextValues
from vobject.vcard import splitFields

from webapp.contacts.entries import Line, entry

LONGEST_LINE = 4_000
"""Signs of a property that is read."""

_READ = frozenset({"FN", "N", "ORG", "EMAIL", "TEL", "URL", "NOTE", "NICKNAME"})
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)[;:]")
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_HEAD = re.compile(rf"(?:[A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+(?:;[A-Za-z0-9_-]+(?:={_VALUE}(?:,{_VALUE})*)?)*:")
"""What stands before a value. The library's own pattern takes forever to refuse a line, so it gets none to refuse."""
_QUOTED = re.compile("quoted-printable", re.IGNORECASE)
_BEGIN = re.compile(r"(?:\A|[\r\n])\ufeff?[ \t]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*(?:[\r\n]|\Z)", re.IGNORECASE)


def are_cards(text: str) -> bool:
    """Whether there is a contact card in this text."""
    return bool(_BEGIN.search(text))


def read(text: str) -> Iterator[Line]:
    """Each card, and each line that could not be read."""
    card: list[ContentLine] | None = None
    began = number = 0
    for number, line in _whole_lines(text):
        match line.strip().upper().replace(" ", ""):
            case "BEGIN:VCARD":
                if card is not None:
                    yield from _card(began, card)
                    yield Line(began, "no end")
                card, began = [], number
            case "END:VCARD":
                yield from _card(began, card) if card is not None else [Line(number, "no card")]
                card = None
            case _:
                yield from _property(number, line, card)
    if card is not None:
        yield from _card(began, card)
        yield Line(began, "cut off")


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, folded ones put together; a soft break of quoted-printable joins the next one, too."""
    parts: list[str] = []
    began, soft = 0, False
    for number, line in enumerate(re.split("\r\n|\n|\r", text), 1):
        if soft:
            parts += ["\n", line]
        elif parts and line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            if "".join(parts[:1]).strip() or len(parts) > 1:
                yield began, "".join(parts)
            parts, began = [line], number
        soft = line.endswith("=") and bool(_QUOTED.search(parts[0].partition(":")[0]))
    if "".join(parts).strip():
        yield began, "".join(parts)


def _property(number: int, line: str, card: list[ContentLine] | None) -> Iterator[Line]:
    """One property put to its card if it is one that is kept."""
    line = line.lstrip("\ufeff ")
    named = _NAME.match(line)
    if named is None:
        # The rest of a photo in a card of version 2.1 is no line of its own.
        if ":" in line or ";" in line:
            yield Line(number, "unreadable")
        return
    if named[1].upper() not in _READ:
        return
    if card is None:
        yield Line(number, "no card")
    elif len(line) > LONGEST_LINE:
        yield Line(number, "too long")
    else:
        yield from _parsed(number, line, card)


def _parsed(number: int, line: str, card: list[ContentLine]) -> Iterator[Line]:
    head = _HEAD.match(line)
    if head is None:
        yield Line(number, "unreadable")
        return
    try:
        # The library knows the encoding in capitals alone, as the standard has it.
        card.append(textLineToContentLine(_QUOTED.sub("QUOTED-PRINTABLE", head[0]) + line[head.end() :], number))
    except (ParseError, UnicodeError, LookupError, ValueError):
        yield Line(number, "encoding")


def _card(number: int, properties: list[ContentLine]) -> Iterator[Line]:
    said: dict[str, list[str]] = {name: [] for name in _READ}
    for one in properties:
        said[one.name].append(one.value)
    org = next((_fields(value) for value in said["ORG"]), [])
    names = [*map(_text, said["FN"]), *map(_put_together, said["N"]), *map(_text, said["NICKNAME"])]
    found = entry(
        next(filter(str.strip, names), ""),
        next(filter(None, org), ""),
        (_without("mailto:", _text(value)) for value in said["EMAIL"]),
        (_without("tel:", _text(value)) for value in said["TEL"]),
        next(map(_text, said["URL"]), "").replace("\\:", ":"),  # as Apple writes it
        " ".join(map(_text, said["NOTE"])),
    )
    yield Line(number, found or "no name")


def _text(value: str) -> str:
    return str(stringToTextValues(value, listSeparator=None)[0])


def _fields(value: str) -> list[str]:
    """The parts of a structured value, each in one piece."""
    return [part if isinstance(part, str) else " ".join(part) for part in splitFields(value)]


def _put_together(value: str) -> str:
    """Given, further and family name of a structured one: the order of the file is another."""
    family, given, further, *_ = [*_fields(value), "", "", ""]
    return " ".join(filter(None, map(str.strip, (given, further, family))))


def _without(scheme: str, value: str) -> str:
    """The address or number of a way that version 4.0 writes as a link."""
    return value[len(scheme) :].partition(";")[0] if value[: len(scheme)].lower() == scheme else value
