"""Secrets are derived, hard to guess, and told apart by purpose."""

import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.identifiers import new_id
from webapp.core.tokens import (
    CROCKFORD,
    PRIVATE_LETTERS,
    SCREEN_CODE_LENGTH,
    SCREEN_GRACE,
    SCREEN_STEP,
    Keyring,
    Sealed,
    crockford,
    lookup_id,
    normal_code,
    six_digits,
)

KEYS = Keyring(bytes.fromhex("5d" * 32))
EVENT = UUID("00000000-0000-7000-8000-000000000001")
BADGE = UUID("00000000-0000-7000-8000-000000000002")


def test_a_badge_has_the_same_codes_for_ever() -> None:
    """Known answers: a change here would kill every printed badge."""
    assert KEYS.badge_token(EVENT, BADGE, 1) == "M4XADSDHHTA61S07B2RQS6H6"
    assert KEYS.typed_code(EVENT, BADGE, 1) == "CSTABTCC"
    assert KEYS.private_code(EVENT, BADGE, 1) == "X6UJ48U3"
    assert lookup_id("0" * 24) == "69f7be62dc616b9a56cc802a18195fa6"


def test_codes_are_told_apart_by_badge_event_generation_purpose_and_key() -> None:
    others = [
        KEYS.badge_token(EVENT, BADGE, 1),
        KEYS.badge_token(EVENT, BADGE, 2),
        KEYS.badge_token(EVENT, new_id(), 1),
        KEYS.badge_token(new_id(), BADGE, 1),
        Keyring(bytes(32)).badge_token(EVENT, BADGE, 1),
    ]
    assert len(set(others)) == 5
    assert not others[0].startswith(KEYS.typed_code(EVENT, BADGE, 1))


def test_badge_tokens_are_unique_and_every_bit_is_even() -> None:
    tokens = [KEYS.badge_token(EVENT, UUID(int=number), 1) for number in range(1000)]
    assert len(set(tokens)) == 1000
    assert all(re.fullmatch(rf"[{CROCKFORD}]{{24}}", token) for token in tokens)
    ones = Counter(place for token in tokens for place in range(120) if _number(token) >> place & 1)
    assert all(abs(ones[place] / 1000 - 0.5) < 0.08 for place in range(120))  # five standard deviations


def _number(token: str) -> int:
    total = 0
    for letter in token:
        total = total << 5 | CROCKFORD.index(letter)
    return total


def test_private_codes_use_no_sign_that_is_mistaken_for_another() -> None:
    codes = "".join(KEYS.private_code(EVENT, UUID(int=number), 1) for number in range(500))
    assert set(codes) <= set(PRIVATE_LETTERS)
    assert not set(codes) & set("01ILO")


@given(st.binary(min_size=1, max_size=32))
def test_crockford_letters_hold_every_bit(data: bytes) -> None:
    length = -(-len(data) * 8 // 5)
    number = _number(crockford(data, length)) >> length * 5 - len(data) * 8
    assert number.to_bytes(len(data), "big") == data


@pytest.mark.parametrize(("typed", "meant"), [(" ab-cd o0il ", "ABCD0011"), ("7k2m-9xq4", "7K2M9XQ4"), ("", "")])
def test_a_code_typed_by_hand_has_one_written_form(typed: str, meant: str) -> None:
    assert normal_code(typed) == meant


def test_six_digits_keep_their_zeros() -> None:
    assert all(re.fullmatch(r"\d{6}", six_digits()) for _ in range(200))


def test_a_screen_code_lives_two_minutes_and_no_longer() -> None:
    handle, shown = bytes(range(16)), 1_000 * SCREEN_STEP
    code = KEYS.screen_code(handle, 1_000)
    assert len(code) == SCREEN_CODE_LENGTH
    assert KEYS.screen_handle(code, shown) == (handle, 1_000)
    assert KEYS.screen_handle(code, shown + SCREEN_GRACE + SCREEN_STEP - 1) == (handle, 1_000)
    assert KEYS.screen_handle(code, shown + SCREEN_GRACE + SCREEN_STEP) is None
    assert KEYS.screen_handle(code, shown - SCREEN_STEP - 1) is None


def test_a_screen_code_of_another_key_or_with_one_letter_changed_opens_nothing() -> None:
    code = KEYS.screen_code(bytes(16), 1_000)
    forged = code[:-1] + CROCKFORD[(CROCKFORD.index(code[-1]) + 1) % 32]
    assert KEYS.screen_handle(forged, 1_000 * SCREEN_STEP) is None
    assert Keyring(bytes(32)).screen_handle(code, 1_000 * SCREEN_STEP) is None


def test_parts_of_a_mac_are_told_apart_by_length() -> None:
    assert KEYS.mac("purpose", "ab", "c") != KEYS.mac("purpose", "a", "bc")
    assert KEYS.mac("purpose", "ab") != KEYS.mac("other purpose", "ab")


def test_a_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "new" / "master.key"
    made = Keyring.load(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert Keyring.load(file) == made


def test_a_key_that_others_may_read_or_that_is_no_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.write_text("5d" * 32)
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        Keyring.load(file)
    file.chmod(0o600)
    file.write_text("5d" * 31)
    with pytest.raises(ValueError, match="256-bit"):
        Keyring.load(file)


def test_a_sealed_note_opens_for_its_owner_under_its_key_only() -> None:
    ann, ben, notes = new_id(), new_id(), Sealed(KEYS, "notes")
    sealed = notes.seal("hums while thinking", owner=ann)
    assert b"hums" not in sealed
    assert sealed != notes.seal("hums while thinking", owner=ann)
    assert notes.open(sealed, owner=ann) == "hums while thinking"
    for stranger, owner, text in (
        (notes, ben, sealed),
        (Sealed(KEYS, "other"), ann, sealed),
        (Sealed(Keyring(bytes(32)), "notes"), ann, sealed),
        (notes, ann, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(InvalidTag):
            stranger.open(text, owner=owner)
