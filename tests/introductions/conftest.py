"""Ann, who knows Ben and Cleo."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.introductions.trio import Trio, make_trio


@pytest.fixture
def trio(app: Flask, cast: Cast) -> Trio:
    """Ann swapped with both; they have never met."""
    return make_trio(app, cast)
