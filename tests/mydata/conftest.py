"""An evening on which Ann and Ben have arrived."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.swaps.evening import EveningOut


@pytest.fixture
def evening_out(app: Flask, cast: Cast) -> EveningOut:
    """Tonight, with Ann and Ben arrived."""
    evening = EveningOut(app, cast)
    evening.arrive(cast.ann, headline="Bakes")
    evening.arrive(cast.ben)
    return evening
