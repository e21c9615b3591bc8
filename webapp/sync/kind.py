"""What a kind of operation is that may be told later: how its body is read, and what is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.door_rules import Corrected
from webapp.core.tokens import Keyring
from webapp.events.models import Event
from webapp.sync.batch import Said


@dataclass(frozen=True)
class House:
    """What acts need of this server; `events` are those that this batch has asked for already, by who asked.

    `page_of` says where a verdict has its page, if somebody waits for the answer.
    """

    keyring: Keyring
    base_url: str
    page_of: Callable[[Any], str] = lambda verdict: ""
    events: dict[tuple[str, UUID], Event] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrived:
    """An operation that was told: as its phone said it, when it was by our clock, when it came, at which server."""

    said: Said
    time: Corrected
    received_at: datetime
    house: House


@dataclass(frozen=True)
class Result:
    """One of five words, and what the phone may say: `word` and whatever belongs to it, as JSON holds it."""

    result: str
    verdict: Mapping[str, Any]


class SetAside(Exception):
    """It cannot be acted on: `reason` says why, and it is kept as it came."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Kind:
    """`read` gives the request in a body, or None when it is none; `act` does it, at most once for its id.

    `act` gets the session, the request, what arrived and by whom. It raises SetAside or NotHere for what must wait
    outside; nothing that it wrote before remains then.
    """

    read: Callable[[Mapping[str, str]], Any | None]
    act: Callable[[Session, Any, Arrived, Any], Result]
