"""What time it is, and nothing else: acts get the time as an argument, so only edges ask."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)
