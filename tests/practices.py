"""Which practice is proved by which test: `python -m tests.practices > docs/practices.md`.

A test carries the ids of the rows it plays at the front of its name: `test_b1_c29_five_minutes_…`.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
_WRITTEN: dict[str, str | dict[str, Any]] = tomllib.loads((TESTS / "practices.toml").read_text(encoding="utf-8"))
ROWS: dict[str, str] = {row: said if isinstance(said, str) else said["what"] for row, said in _WRITTEN.items()}
"""Row id → what it is about, in one line."""
SEE: dict[str, list[str]] = {row: said["see"] for row, said in _WRITTEN.items() if isinstance(said, dict)}
"""Row id → the rows whose tests are its tests: without one of its own it is proved when every one of them is."""
_IDS = re.compile(r"test_((?:[a-e]\d+_)+)")
_HEAD = """# Practices

What people who network well do, and the tests that play it with a browser or over HTTP and a clock that is moved. Made
by `python -m tests.practices`; a test compares. *proved*: by `bin/test` at every change; *proved before a release*: by
`bin/test --all`; *not yet*: nothing proves it. A row that says *see* has the tests of those rows.
"""
_STATES = ("not yet", "proved before a release", "proved")


@dataclass(frozen=True)
class Proof:
    """A test of a row. `slow`: only `bin/test --all` runs it."""

    file: str
    name: str
    slow: bool


def proofs() -> dict[str, list[Proof]]:
    """Row id → its tests, in the order of files and lines."""
    found: dict[str, list[Proof]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for test in _tests_in(file):
            if named := _IDS.match(test.name):
                slow = any("pytest.mark.slow" in ast.unparse(mark) for mark in test.decorator_list)
                proof = Proof(str(file.relative_to(TESTS.parent)), test.name, slow)
                for row in named[1].upper().split("_")[:-1]:
                    found.setdefault(row, []).append(proof)
    return found


def _tests_in(file: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def page() -> str:
    """docs/practices.md."""
    known = proofs()
    proved = sum(state(row, known) != "not yet" for row in ROWS)
    lines = [
        _HEAD,
        f"{proved} of {len(ROWS)} rows have a test.",
        "",
        "| id | what | state | tests |",
        "|---|---|---|---|",
    ]
    for row, line in ROWS.items():
        there = [f"see {', '.join(SEE[row])}"] if row in SEE else []
        names = "<br>".join(there + [f"`{test.file}` {_sentence(test.name)}" for test in known.get(row, [])])
        lines.append(f"| {row} | {line} | {state(row, known)} | {names} |")
    return "\n".join(lines) + "\n"


def _sentence(name: str) -> str:
    return _IDS.sub("", name).replace("_", " ")


def state(row: str, known: Mapping[str, list[Proof]]) -> str:
    """How this row stands; without tests of its own, as the least proved of those it points to."""
    if row in SEE and not known.get(row):
        return min((state(other, known) for other in SEE[row]), key=_STATES.index)
    if not known.get(row):
        return "not yet"
    return "proved before a release" if all(test.slow for test in known[row]) else "proved"


if __name__ == "__main__":
    sys.stdout.write(page())
