"""When the page may offer to stay on this phone: after the first swap that was kept, and not after an answer."""

from tests.cast import Cast
from tests.people.evening import gave, met
from webapp.contacts.models import Meeting
from webapp.core.clock import now
from webapp.core.database import writing

HINT = "<install-hint"


def swapped(cast: Cast) -> Meeting:
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ann)
    return meeting


def test_it_is_offered_after_the_first_kept_swap_and_not_before(cast: Cast) -> None:
    ann = cast.browser(cast.ann.person_id)
    assert HINT not in ann.get("/people").text
    meeting = swapped(cast)
    assert HINT not in ann.get("/people").text, "nobody has answered yet"
    grant = gave(meeting, cast.ben)
    assert HINT in ann.get("/people").text
    with writing() as session:
        session.merge(grant).undone_at = now()
        session.commit()
    assert HINT not in ann.get("/people").text


def test_it_never_stands_where_a_camera_is_nor_after_an_answer(cast: Cast) -> None:
    gave(swapped(cast), cast.ben)
    ann = cast.browser(cast.ann.person_id)
    for path in ("/scan", "/scan/code", "/next", "/me", f"/people/{cast.ben.person_id}"):
        assert HINT not in ann.get(path).text, path
    ann.set_cookie("__Host-mixwell-install", "answered", domain="mix.example.org", secure=True)
    assert HINT not in ann.get("/people").text
