"""A card as phones keep it: vCard 3.0 (RFC 2426), one fixed list of properties, no way for a text to add another."""

import re
from collections.abc import Mapping
from urllib.parse import quote

import vobject
from vobject.base import Component

from webapp.core.text import clean_line
from webapp.events.names import split_name

LONGEST = 500
"""Characters of one property."""

LINE = 75
"""Octets of one line, without its break."""

_UNSAFE_IN_FILES = re.compile(r'[\x00-\x1f\x7f"%*/:<>?\\|]+')


def write_vcard(fields: Mapping[str, str], note: str) -> bytes:
    """The card with these open fields (named as in CARD_FIELDS, `name` always), and a note such as where we met.

    UTF-8, lines of at most 75 octets ending in CRLF. Only what is open is written; what is empty is left out.
    """
    text = {field: line for field, value in fields.items() if (line := clean_line(value, LONGEST))}
    card = vobject.vCard()
    _add_name(card, text.get("name", ""))
    _add_ways(card, text)
    if company := text.get("company"):
        card.add("org").value = [company]
    if headline := text.get("headline"):
        card.add("title").value = headline
    if line := clean_line(note, LONGEST):
        card.add("note").value = line
    # The library counts characters where the RFC counts octets: 30 Japanese ones would make a line too long.
    unfolded: str = card.serialize(lineLength=100_000)
    return "".join(map(_folded, unfolded.split("\r\n")[:-1])).encode()


def _folded(line: str) -> str:
    """The line with a break and a space wherever the next character would make it longer than 75 octets."""
    folded, octets = "", 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > LINE:
            folded, octets = folded + "\r\n ", 1
        folded, octets = folded + sign, octets + size
    return folded + "\r\n"


def _add_name(card: Component, name: str) -> None:
    given, family = split_name(name)
    card.add("n").value = vobject.vcard.Name(family=family, given=given)
    card.add("fn").value = name


def _add_ways(card: Component, text: Mapping[str, str]) -> None:
    for field, name, kind in (("email", "email", "INTERNET"), ("phone", "tel", "CELL")):
        if field in text:
            way = card.add(name)
            way.value, way.type_param = text[field], kind
    for field in ("link", "work_link"):
        if field in text:
            card.add("url").value = _plain_url(text[field])


def _plain_url(link: str) -> str:
    """The link without the signs that a vCard would have to escape, which phones then show as part of the address."""
    return quote(link, safe="!#$%&'()*+-./:=?@_~[]")


def file_name(name: str) -> str:
    """A name for the file in any script, without a sign that some system forbids; `card.vcf` if nothing is left."""
    plain = " ".join(_UNSAFE_IN_FILES.sub(" ", clean_line(name, 60)).split())
    return f"{plain.strip(' .') or 'card'}.vcf"
