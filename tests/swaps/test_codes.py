"""The grammar of what a phone reads in the room, and the codes it makes: server and phone agree to the letter."""

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.core.tokens import SCREEN_STEP, screen_code
from webapp.swaps.codes import ScreenCode, read_code

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "js" / "screen-code-vectors.json").read_text())
"""The same file holds the phone to the same answers (tests/js/screen-code.test.js)."""


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda vector: str(vector["step"]))
def test_the_server_makes_the_phone_s_code(vector: dict[str, Any]) -> None:
    handle, key = bytes.fromhex(vector["handle"]), bytes.fromhex(vector["key"])
    assert screen_code(handle, key, vector["step"]) == vector["code"]
    assert SCREEN_STEP == 30


@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda vector: str(vector["text"])[-44:])
def test_a_name_behind_a_live_code_is_let_be_and_nothing_else_is(vector: dict[str, str]) -> None:
    expected = ScreenCode(VECTORS["codes"][1]["code"]) if vector["kind"] == "screen" else None
    assert read_code(vector["text"], VECTORS["origin"]) == expected


@pytest.mark.parametrize("vector", VECTORS["names"], ids=lambda vector: str(vector["kept"]))
def test_the_code_is_the_same_with_a_name_and_without(vector: dict[str, str]) -> None:
    code, origin = VECTORS["codes"][1]["code"], VECTORS["origin"]
    assert read_code(f"{origin}/S/{code}-{vector['signs']}", origin) == read_code(f"{origin}/S/{code}", origin)
