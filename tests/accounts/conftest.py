"""Ann, at hand in every test of the front door."""

import pytest

from tests.cast import Cast
from webapp.events.models import Attendee


@pytest.fixture
def ann(cast: Cast) -> Attendee:
    """Ann, claimed, reading mail at ann@example.org."""
    return cast.ann
