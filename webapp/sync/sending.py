"""When something was done, by when its phone sent it: asked when it arrives, and again when it is replayed. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.door_rules import Corrected, Measured, Stamp, correct
from webapp.sync.batch import Said, read_stamp, read_time

LONGEST_SILENCE = timedelta(days=1)
"""How far back an act may be of a phone whose clock is not believed and of which nothing else is known."""


@dataclass(frozen=True)
class Sent:
    """The phone's own time of sending, and since when it is a door's; None: it is none."""

    stamp: Stamp
    paired_at: datetime | None


def time_of(said: Said, sent: Sent | None, at: datetime) -> Corrected:
    """By the rule of clocks; the list it was decided by was made before it, and a door was paired before it.

    `at` is when it arrived. Where nothing is known of its sending, the phone's clock is not believed.
    """
    known = [moment for moment in (said.list_made_at, sent.paired_at if sent else None) if moment]
    since = max((moment for moment in known if moment <= at), default=at - LONGEST_SILENCE)
    clock = said.clock if sent else Measured(None, None)
    return correct(said.stamp, sent.stamp if sent else said.stamp, clock, since=since, arrival=at)


def write_sent(sent: Sent) -> str:
    """As one line, to be kept beside an operation."""
    said = {"now": sent.stamp.wall.isoformat(), "mono": sent.stamp.mono, "boot": sent.stamp.boot}
    return json.dumps(said | {"paired": sent.paired_at.isoformat() if sent.paired_at else None})


def read_sent(line: str) -> Sent | None:
    """What `write_sent` wrote; None for an empty line."""
    said = json.loads(line) if line else {}
    stamp = read_stamp(said, "now")
    return Sent(stamp, read_time(said["paired"])) if stamp else None
