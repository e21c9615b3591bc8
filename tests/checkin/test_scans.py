"""Only our own badges mean anything; everything else in the world is no code."""

import string

from hypothesis import given
from hypothesis import strategies as st

from webapp.checkin.scans import BadgeToken, TypedCode, read_code

OURS = "https://mix.example.org"
TOKEN = "0123456789ABCDEFGHJKMNPQ"
BADGE = f"HTTPS://MIX.EXAMPLE.ORG/B/{TOKEN}"


def test_a_badge_is_read_in_any_letter_case() -> None:
    assert read_code(BADGE, OURS) == read_code(f" {BADGE.lower()}\n", OURS) == BadgeToken(TOKEN)


def test_a_typed_code_forgives_hyphens_blanks_and_letters_that_look_like_digits() -> None:
    assert read_code("abcd-0123", OURS) == read_code("ABCD OI23", OURS) == TypedCode("ABCD0123")


def test_an_address_that_only_looks_like_ours_is_no_badge() -> None:
    for text in (
        BADGE.replace("MIX.", "MIX-"),
        BADGE.replace("MIX.EXAMPLE.ORG", "MIX.EXAMPLE.ORG@EVIL.EXAMPLE"),
        BADGE.replace("MIX.EXAMPLE.ORG", "EVIL.EXAMPLE/MIX.EXAMPLE.ORG"),
        BADGE.replace("MIX", "MıX"),
        BADGE.replace("HTTPS", "HTTP"),
        BADGE.replace("/B/", "/S/"),
        BADGE + "?x=1",
        BADGE[:-1],
        BADGE + "0",
        BADGE.replace("Q", "U"),
        f"javascript:{BADGE}",
        "WIFI:S:hall;;",
        "",
        "A" * 600,
    ):
        assert read_code(text, OURS) is None


def test_a_server_on_plain_http_reads_its_own_badges_in_both_schemes() -> None:
    local = f"HTTP://127.0.0.1:8000/B/{TOKEN}"
    assert read_code(local, "http://127.0.0.1:8000") == BadgeToken(TOKEN)
    assert read_code(local.replace("HTTP", "HTTPS"), "http://127.0.0.1:8000") == BadgeToken(TOKEN)


@given(st.integers(0, len(BADGE) - 1), st.sampled_from(string.printable + "ſı\u202e\u0000"))
def test_a_badge_with_one_sign_changed_is_another_token_or_nothing(place: int, sign: str) -> None:
    changed = BADGE[:place] + sign + BADGE[place + 1 :]
    read = read_code(changed, OURS)
    same = changed.strip().upper() == BADGE and changed.isascii()
    assert read is None or isinstance(read, BadgeToken)
    assert (read == BadgeToken(TOKEN)) == same
