"""The evening out of the swaps’ tests."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.swaps.evening import EveningOut


@pytest.fixture
def evening(app: Flask, cast: Cast) -> EveningOut:
    """Tonight, with Ann and Ben arrived."""
    evening = EveningOut(app, cast)
    evening.arrive(cast.ann)
    evening.arrive(cast.ben)
    return evening
