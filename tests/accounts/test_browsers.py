"""Browsers by family."""

import pytest

from webapp.accounts.browsers import browser_family

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [(PHONE, "Chrome · Android"), (IPHONE, "Safari · iPhone"), (DESK, "Firefox · Linux"), ("", "Browser")],
)
def test_a_browser_is_named_as_its_owner_would(user_agent: str, family: str) -> None:
    assert browser_family(user_agent) == family


def test_nothing_finer_than_the_family_is_kept() -> None:
    assert not set("0123456789") & set(browser_family(PHONE))
