"""Sealed records: the browser's code and ours open the same vectors; equal records are equal bytes."""

import json
from base64 import b64decode
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import FIXED_KEY
from webapp.core.identifiers import new_id
from webapp.core.sealing import NONCE, RecordSealer, open_record, record_key
from webapp.core.tokens import Keyring, lookup_id
from webapp.web.builds import ROOT

VECTORS: list[dict[str, Any]] = json.loads((ROOT / "tests/js/sealing-vectors.json").read_text())
KEYRING = Keyring(bytes.fromhex(FIXED_KEY))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['label']} {vector['record']['n']}")
def test_the_vectors_that_browsers_open_are_ours(vector: dict[str, Any]) -> None:
    token, event, label = vector["token"], UUID(vector["event"]), vector["label"]
    assert lookup_id(token) == vector["lookup"]
    assert record_key(token, event, label).hex() == vector["key"]
    assert open_record(b64decode(vector["sealed"]), token, event, vector["lookup"], label) == vector["record"]


def test_equal_records_are_equal_bytes_and_no_two_others_share_a_nonce() -> None:
    event, token = new_id(), "7ZK4M9QWXC3T0VBN8RH2D5JF"
    sealer, lookup = RecordSealer(KEYRING, event, "seal"), lookup_id(token)
    sealed = [sealer.seal(token, lookup, {"n": name}) for name in ("Ana", "Ana", "Anna", "山田")]
    assert sealed[0] == sealed[1]
    assert len({b64decode(one)[:NONCE] for one in sealed}) == 3
    other_kind = RecordSealer(KEYRING, event, "face").seal(token, lookup, {"n": "Ana"})
    assert b64decode(other_kind)[:NONCE] != b64decode(sealed[0])[:NONCE]


def test_a_sealed_record_opens_with_its_badge_alone() -> None:
    event, token = new_id(), "7ZK4M9QWXC3T0VBN8RH2D5JF"
    lookup = lookup_id(token)
    sealed = b64decode(RecordSealer(KEYRING, event, "seal").seal(token, lookup, {"n": "Ana"}))
    assert open_record(sealed, token, event, lookup, "seal") == {"n": "Ana"}
    assert open_record(sealed, token[:-1] + "0", event, lookup, "seal") is None
    assert open_record(sealed, token, new_id(), lookup, "seal") is None
    assert open_record(sealed, token, event, lookup_id("0" * 24), "seal") is None
