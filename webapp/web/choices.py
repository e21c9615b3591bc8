"""Options of a select or radio field, as WTForms wants them since 3.3."""

from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stub package describes 3.2


def choice(value: str, label: Any) -> Any:
    """One option: the value that is sent and the words that are shown."""
    return SelectChoice(value, label)
