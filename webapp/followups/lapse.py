"""After two quiet months one small step, offered once, never a scolding (practices A7)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from webapp.followups.models import Pace
from webapp.followups.queue import Item, Written

QUIET_FOR = timedelta(days=60)
"""So long without a meeting, a touch or anything done, and one small step is offered."""
SILENCED_FOR = timedelta(days=30)
"""So long it stays away after *not now*."""


def small_step(items: Sequence[Item], written: Written, pace: Pace | None, at: datetime) -> Item | None:
    """The one person to say hello to, when nothing happened for two months; None otherwise, and while silenced."""
    if pace and pace.left_alone_until and at < pace.left_alone_until:
        return None
    met = [one.at for evening in written.evenings for one in evening.people]
    touched = [touch.happened_at for item in items for touch in item.touches]
    done = [pace.done_at] if pace and pace.done_at else []
    lately = max([*met, *touched, *done], default=None)
    if lately is None or at - lately < QUIET_FOR:
        return None
    return items[0] if items else None
