"""An evening may be told about; a person never is, outside (practices C30)."""

import re

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.conftest import make_client
from tests.people.evening import gave, met
from tests.people.pages import fill_card, words
from webapp.core.clock import now

OWN_EXPORTS = {"people.card", "people.all_cards", "people.table", "people.sheet", "mydata.export"}


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone; she and Ben have swapped."""
    fill_card(cast.ben.person_id, email="ben@example.org", reach_email=True, reach_chosen_at=now())
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ann)
    gave(meeting, cast.ben, "name headline email")
    return cast.browser(cast.ann.person_id)


def test_c30_a_persons_page_shares_nobody_outside(phone: FlaskClient, cast: Cast) -> None:
    page = phone.get(f"/people/{cast.ben.person_id}").text
    # What stands under *Share* offers an introduction and nothing else: tests/introductions/test_suggesting.py.
    page, found = re.subn(r'<details class="more" id="share">.*?</details>', "", page, flags=re.DOTALL)
    assert found == 1
    main = page[page.index("<main") :]
    assert not re.search(r"(?i)\bshare|forward|send to\b", words(page))
    leaving = [link for link in re.findall(r'(?:href|action)="([^"]+)"', main) if not link.startswith(("/", "#"))]
    assert leaving == ["mailto:ben@example.org"], "to the person, not about them"


def test_c30_the_page_of_a_person_opens_for_nobody_it_was_sent_to(phone: FlaskClient, cast: Cast) -> None:
    stranger, other = make_client(cast.app), cast.browser(cast.guest("Cleo Third", claimed=True).person_id)
    for path in (f"/people/{cast.ben.person_id}", f"/people/{cast.ben.person_id}/card.vcf"):
        assert phone.get(path).status_code in {200, 409}
        assert stranger.get(path).location.startswith("/sign-in")
        assert other.get(path).status_code == 404


def test_c30_what_leaves_the_house_is_my_own_copy_and_for_me_alone(phone: FlaskClient, cast: Cast) -> None:
    files = {
        rule.endpoint
        for rule in cast.app.url_map.iter_rules()
        if rule.endpoint.startswith(("people.", "mydata.", "contacts.", "swaps.")) and "GET" in (rule.methods or ())
    }
    with cast.app.test_request_context():
        answered = {name for name in files if _is_a_file(phone, cast, name)}
    assert answered == OWN_EXPORTS


def _is_a_file(phone: FlaskClient, cast: Cast, endpoint: str) -> bool:
    rule = next(rule for rule in cast.app.url_map.iter_rules() if rule.endpoint == endpoint)
    values = {"person_id": cast.ben.person_id, "event_id": cast.mixer.id}
    if rule.arguments - values.keys():
        return False  # a sheet, an answer or a code: pages all of them
    path = cast.app.url_map.bind("mix.example.org").build(endpoint, {name: values[name] for name in rule.arguments})
    return not phone.get(path).content_type.startswith("text/html")


def test_c30_an_evening_is_told_about_with_its_place_and_day_and_nobody_in_it(phone: FlaskClient, cast: Cast) -> None:
    page = phone.get(f"/people/evenings/{cast.mixer.id}").text
    [told] = re.findall(r'href="(mailto:[^"]*)"', page)
    assert told.startswith("mailto:?subject=Autumn%20mixer&amp;body=Autumn%20mixer")
    assert "Customs%20House" in told
    assert not any(name in told for name in ("Ann", "Ben", "example.org"))
