"""Text from forms to days, numbers and limits."""

from collections.abc import Mapping
from datetime import date

from webapp.intentions.measuring import HIGHEST, LIMITS


def read_day(text: str, today: date) -> date:
    """A day that has come; today for anything else."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today


def read_number(text: str) -> int | None:
    """A number from 0 on as people type it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def read_limits(form: Mapping[str, str]) -> dict[str, int | None]:
    """The most of each; None where none was set."""
    numbers = {name: read_number(form.get(name, "")) for name in LIMITS}
    return {name: None if number is None else min(number, HIGHEST) for name, number in numbers.items()}
