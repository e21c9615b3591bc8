"""An evening whose morning comes."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.swaps.evening import EveningOut
from webapp.contacts.models import Meeting
from webapp.core.database import db


@pytest.fixture
def evening(app: Flask, cast: Cast) -> EveningOut:
    """Ann gave Ben her card; she wrote a word about it."""
    evening = EveningOut(app, cast)
    ann, ben = evening.arrive(cast.ann, headline="Bakes"), evening.arrive(cast.ben)
    evening.meet(ann, ben)
    [meeting_id] = db.session.scalars(select(Meeting.id))
    cast.browser(ann.person_id).post(f"/meetings/{meeting_id}/memory", data={"note": "Rye bread"})
    return evening
