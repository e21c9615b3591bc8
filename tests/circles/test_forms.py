"""What an organizer may change about a circle."""

from tests.cast import Cast
from webapp.circles.models import Circle
from webapp.core.database import db, writing


def test_a_circle_founded_in_utc_can_be_kept_as_it_is(cast: Cast) -> None:
    dora, circle = cast.dora, cast.circle
    with writing() as session:
        session.get_one(Circle, circle.id).zone = "UTC"
        session.commit()
    sent = {"name": "Harbour Chamber", "hue": "200", "zone": "UTC"}
    assert cast.browser(dora.id).post(f"/circles/{circle.id}", data=sent).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Circle, circle.id).hue == 200
