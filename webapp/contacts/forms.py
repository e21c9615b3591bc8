"""Text from forms to clean values."""

from collections.abc import Mapping
from uuid import UUID

from webapp.core.identifiers import new_id


def operation_id(form: Mapping[str, str]) -> UUID:
    """The id made before this form was sent. A form without one is a new operation each time it is sent."""
    try:
        return UUID(form.get("operation_id", ""))
    except ValueError:
        return new_id()
