"""One's own photo: made anew by us, on one's card, gone when one says so (S-38)."""

from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.swaps.evening import EveningOut
from webapp.accounts.photos import SIDE, photo_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee

PLACE = b"48.8584 N 2.2945 E"


def snapshot(kind: str = "JPEG", size: tuple[int, int] = (300, 200), **more: object) -> bytes:
    """A picture as a phone makes it, blue on the left and red on the right."""
    image = Image.new("RGB", size, "navy")
    image.paste("red", (size[0] // 2, 0, size[0], size[1]))
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def send(cast: Cast, guest: Attendee, sent: bytes) -> TestResponse:
    """What the form sends."""
    data = {"photo": (BytesIO(sent), "me.jpg")}
    return cast.browser(guest.person_id).post("/me/photo", data=data, content_type="multipart/form-data")


def kept(guest: Attendee) -> bytes | None:
    db.session.rollback()
    return photo_of(db.session(), guest.person_id)


def test_s_38_what_is_kept_is_a_square_of_ours_without_what_the_camera_wrote(cast: Cast) -> None:
    assert send(cast, cast.ann, snapshot(exif=b"Exif\0\0" + PLACE) + b"<script>").status_code == 303
    jpeg = kept(cast.ann)
    assert jpeg
    assert PLACE not in jpeg
    assert b"<script>" not in jpeg
    with Image.open(BytesIO(jpeg)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (SIDE, SIDE), {})


def test_a_photo_taken_on_its_side_stands_upright(cast: Cast) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter to the right
    send(cast, cast.ann, snapshot(exif=turned.tobytes()))
    with Image.open(BytesIO(kept(cast.ann) or b"")) as image:
        top, bottom = image.getpixel((SIDE // 2, 40)), image.getpixel((SIDE // 2, SIDE - 40))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 90 > top[0], "blue was on the left"
    assert bottom[0] > 200 > 90 > bottom[2], "red was on the right"


@pytest.mark.parametrize("sent", [b"", b"<svg/>", b"GIF89a", snapshot()[:90], snapshot("GIF")])
def test_what_is_no_picture_changes_nothing_and_says_so(cast: Cast, sent: bytes) -> None:
    send(cast, cast.ann, snapshot())
    before = kept(cast.ann)
    answer = send(cast, cast.ann, sent)
    assert answer.status_code == 303
    assert kept(cast.ann) == before is not None


def seen(evening: EveningOut, by: Attendee, of: Attendee) -> int:
    db.session.rollback()
    db.session.expire_all()
    return evening.cast.browser(by.person_id).get(f"/people/{of.person_id}/photo.jpg").status_code


def test_only_who_has_the_card_sees_the_photo_and_only_while_they_have_it(evening: EveningOut) -> None:
    amy, ben = evening.come("Amy Boatwright", reach_chosen_at=now()), evening.cast.ben
    send(evening.cast, amy, snapshot())
    assert seen(evening, ben, amy) == 404
    evening.meet(amy, ben)
    assert seen(evening, ben, amy) == 200
    assert "Photo of Amy" in evening.cast.browser(ben.person_id).get(f"/people/{amy.person_id}").text
    grant = evening.grant(amy, ben)
    assert grant
    evening.withdraw(amy, grant.id)
    assert seen(evening, ben, amy) == 404


def test_taken_off_it_is_gone_with_everybody(evening: EveningOut) -> None:
    amy, ben = evening.come("Amy Boatwright", reach_chosen_at=now()), evening.cast.ben
    send(evening.cast, amy, snapshot())
    evening.meet(amy, ben)
    browser = evening.cast.browser(amy.person_id)
    assert browser.get("/me/photo.jpg").status_code == 200
    assert browser.post("/me/photo", data={"remove": "yes"}).status_code == 303
    assert (seen(evening, ben, amy), browser.get("/me/photo.jpg").status_code, kept(amy)) == (404, 404, None)


def test_before_i_said_how_to_be_reached_a_swap_gives_no_photo(evening: EveningOut) -> None:
    amy, ben = evening.come("Amy Boatwright"), evening.cast.ben
    send(evening.cast, amy, snapshot())
    evening.meet(amy, ben)
    assert seen(evening, ben, amy) == 404
