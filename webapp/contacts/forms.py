"""Text from forms to clean values."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from webapp.contacts.remembering import LONGEST_REASON
from webapp.contacts.reminding import Shared
from webapp.contacts.touching import Way
from webapp.core.identifiers import new_id
from webapp.core.text import clean_line
from webapp.web.words import LazyString, _l

REASONS = (_l("To help"), _l("To learn"), _l("To laugh"))
"""Why one may want to keep a contact, at a tap; own words go before them."""

WAY_WORDS: dict[Way, LazyString] = {
    "message": _l("A message"),
    "mail": _l("A mail"),
    "call": _l("A call"),
    "coffee": _l("A coffee"),
    "video": _l("A video call"),
    "introduction": _l("An introduction"),
    "shared": _l("Something I came across"),
}
"""Ways of keeping in touch, as people read them."""

LONGEST_SHARED = 300
"""Characters of what was shared, beside its link."""
LONGEST_LINK = 1000
"""Bytes of a link: with the words it still fits into a cookie."""


def operation_id(form: Mapping[str, str]) -> UUID:
    """The id made before this form was sent. A form without one is a new operation each time it is sent."""
    try:
        return UUID(form.get("operation_id", ""))
    except ValueError:
        return new_id()


def read_place(form: Mapping[str, str]) -> str | None:
    """Where we met, in my own words; None when the form did not ask."""
    return clean_line(form["place"], LONGEST_REASON) if "place" in form else None


def read_reason(form: Mapping[str, str]) -> str | None:
    """Why I want to keep this contact: own words, else what was tapped; None when the form did not ask."""
    asked = [form[name] for name in ("reason_words", "reason") if name in form]
    lines = [clean_line(text, LONGEST_REASON) for text in asked]
    return next(filter(None, lines), "") if asked else None


def read_shared(form: Mapping[str, str]) -> Shared:
    """What another app shared (`title`, `text`, `url`: Web Share Target), or was typed as `text`.

    Phones put the link into the text as often as into its own field. Anything that is no http(s) link stays text.
    """
    texts = [form.get(name, "") for name in ("title", "text", "url")]
    link = next((word for text in reversed(texts) for word in text.split() if is_web_link(word)), "")
    parts = (" ".join(word for word in text.split() if word != link) for text in texts)
    return Shared(clean_line(" ".join(dict.fromkeys(filter(None, parts))), LONGEST_SHARED), link)


def is_web_link(text: str) -> bool:
    """Whether this may be put behind a link: http(s), a host, nothing that hides where it leads."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return False
    return text.isprintable() and clean_line(text, LONGEST_LINK) == text and len(text.encode()) <= LONGEST_LINK
