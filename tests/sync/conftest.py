"""Two door phones without a network."""

import pytest

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone


@pytest.fixture
def room(cast: Cast) -> Room:
    """Tonight's door."""
    return Room(cast)


@pytest.fixture
def north(room: Room) -> DoorPhone:
    """Cora's phone at the north door."""
    return DoorPhone(room)


@pytest.fixture
def south(room: Room) -> DoorPhone:
    """Filip's phone at the south door."""
    return DoorPhone(room, name="Filip’s phone", door="South door")
