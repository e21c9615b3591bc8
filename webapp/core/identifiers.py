"""Ids that sort by creation (UUIDv7). Never a secret, never shown where order would tell who came when."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return compat.uuid7()
