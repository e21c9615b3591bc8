"""The register of threats (trust.md, section 1): each whose subject exists is proven by a test that carries its id.

A test carries an id in its name (`test_s_15_…`), in its docstring or the one of its file (`S-15`), or in the comment
over it (`# S-15: …`). In a browser's script the comment stands over the test.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from webapp.web.builds import ROOT

TESTS = ROOT / "tests"
ID = re.compile(r"\bS-(\d\d)\b")

LATER = {
    11: "a directory of guests: there is none; the door's own look-up is limited (test_limits.py)",
    12: "exhibitors",
    18: "minors",
}
"""Id → the subject that does not exist yet. A test that appears moves its id to PROVEN."""
BY_FAULTS = {4, 8, 14, 20, 22, 25, 35, 42, 49, 50}
"""Rows of the register whose proof is a fault test (F-nn) or comes with offline work."""
PROVEN = set(range(1, 51)) - set(LATER) - BY_FAULTS


def ids_in_python(source: str) -> Iterator[int]:
    """Ids that a test carries."""
    tree = ast.parse(source)
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    if tests:
        yield from _ids(ast.get_docstring(tree))
    for test in tests:
        yield from (int(number) for number in re.findall(r"^test_s_(\d\d)_", test.name))
        yield from _ids(ast.get_docstring(test))
    for comment in re.findall(
        r"^# (.+)\n(?:@.*\n|    .*\n|\)\n)*(?:def test_|@pytest|[A-Z]+ = )", source, re.MULTILINE
    ):
        yield from _ids(comment)


def _ids(text: str | None) -> Iterator[int]:
    return (int(number) for number in ID.findall(text or ""))


@cache
def carried() -> dict[int, list[str]]:
    """Id → files with a test that carries it."""
    found: dict[int, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        if file != Path(__file__):
            for number in ids_in_python(file.read_text()):
                found.setdefault(number, []).append(file.name)
    for file in sorted(TESTS.rglob("*.test.js")):
        for comment in re.findall(r"^// (.+)\ntest\(", file.read_text(), re.MULTILINE):
            for number in _ids(comment):
                found.setdefault(number, []).append(file.name)
    return found


@pytest.mark.parametrize("number", sorted(PROVEN), ids=lambda number: f"S-{number:02d}")
def test_a_threat_whose_subject_exists_is_proven(number: int) -> None:
    assert carried().get(number), f"no test carries S-{number:02d}"


def test_what_comes_later_has_no_test_yet_or_is_no_longer_later() -> None:
    assert {number: carried()[number] for number in LATER if number in carried()} == {}


def test_no_test_carries_an_id_that_the_register_does_not_have() -> None:
    assert set(carried()) <= PROVEN | set(LATER)


def test_an_id_without_a_test_is_not_taken_for_one() -> None:
    assert list(ids_in_python('"""S-01"""\nX = 1\n')) == []
    assert list(ids_in_python('def other() -> None:\n    """S-01"""\n')) == []
    assert list(ids_in_python('# S-02: why\ndef test_it() -> None:\n    """S-03: what."""\n')) == [3, 2]
    assert list(ids_in_python("def test_s_15_it() -> None: ...\n")) == [15]
