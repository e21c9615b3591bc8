"""A door to test at."""

import pytest

from tests.cast import Cast
from tests.checkin.room import Room


@pytest.fixture
def room(cast: Cast) -> Room:
    """Tonight's door."""
    return Room(cast)
