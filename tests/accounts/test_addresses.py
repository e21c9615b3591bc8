"""One address, one key."""

import pytest

from webapp.accounts.addresses import NotAnAddress, address_key, clean_address


@pytest.mark.parametrize("typed", ["ann@example.org", " Ann@Example.ORG ", "ANN@EXAMPLE.org"])
def test_case_and_blanks_do_not_make_another_address(typed: str) -> None:
    assert address_key(typed) == "ann@example.org"


def test_the_address_written_to_keeps_the_case_before_the_at_sign() -> None:
    assert clean_address(" Ann.Achebe@EXAMPLE.org") == "Ann.Achebe@example.org"


def test_a_domain_is_the_same_in_unicode_and_in_punycode() -> None:
    assert address_key("jo@xn--exmple-cua.org") == address_key("jo@exämple.org")


@pytest.mark.parametrize(
    "typed", ["", "ann", "ann@", "@example.org", "ann@localhost", "a b@example.org", "ann@example.org\r\nBcc: x@y.org"]
)
def test_what_cannot_be_an_address_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        address_key(typed)
