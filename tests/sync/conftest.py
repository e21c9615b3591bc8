"""Two door phones and two people's own without a network."""

import pytest

from tests.cast import Cast
from tests.checkin.room import Room
from tests.swaps.evening import EveningOut
from tests.sync.own_phones import Phone
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


@pytest.fixture
def two(evening: EveningOut) -> tuple[Phone, Phone]:
    """Ann's phone and Ben's, both without a network."""
    return Phone(evening, evening.cast.ann), Phone(evening, evening.cast.ben)
