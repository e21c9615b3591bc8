"""A way to reach somebody: allowed by their card, and another than the last two (practices D15, C17)."""

from collections.abc import Sequence

from webapp.contacts.touching import Way
from webapp.swaps.queries import CardView


def allowed_ways(card: CardView | None) -> tuple[Way, ...]:
    """Ways their card leaves open, the lightest first. Without a card, or with none on it, there is none."""
    if card is None or not card.can_be_written_to:
        return ()
    phone, mail = "phone" in card.fields, "email" in card.fields
    open_ways: dict[Way, bool] = {
        "message": phone or card.takes_notes or "link" in card.fields,
        "mail": mail,
        "call": phone and card.comfort != "text",
        "shared": True,
        "coffee": card.comfort != "text",
        "video": card.comfort not in ("text", "voice"),
    }
    return tuple(way for way, is_open in open_ways.items() if is_open)


def suggest_way(allowed: Sequence[Way], last: Sequence[Way]) -> Way | None:
    """The first allowed way that is none of the last two (newest first), or the one that was used longest ago."""
    lately = list(last[:2])
    fresh = (way for way in allowed if way not in lately)
    used = sorted(allowed, key=lambda way: lately.index(way) if way in lately else 0)
    return next(fresh, None) or (used[-1] if used else None)
