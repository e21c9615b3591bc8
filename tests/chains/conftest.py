"""Ann and her ledger, on a Monday in November."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import Cast
from tests.chains.ledger import TODAY, Pages, noon


@pytest.fixture
def pages(cast: Cast) -> Iterator[Pages]:
    """Ann, signed in."""
    with time_machine.travel(noon(TODAY), tick=False):
        yield Pages(cast, cast.browser(cast.ann.person_id), cast.ann.person_id)
