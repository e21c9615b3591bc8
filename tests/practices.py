"""Which practice is proved by which test: `python -m tests.practices > docs/practices.md`.

A test carries the ids of the rows it plays at the front of its name: `test_b1_c29_five_minutes_…`.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
ROWS: dict[str, str] = tomllib.loads((TESTS / "practices.toml").read_text(encoding="utf-8"))
"""Row id → what it is about, in one line."""
_IDS = re.compile(r"test_((?:[a-e]\d+_)+)")
_HEAD = """# Practices

What people who network well do, and the tests that play it with a browser or over HTTP and a clock that is moved. Made
by `python -m tests.practices`; a test compares. *proved*: by `bin/test` at every change; *proved before a release*: by
`bin/test --all`; *not yet*: nothing proves it.
"""


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
    proved = sum(1 for row in ROWS if known.get(row))
    lines = [
        _HEAD,
        f"{proved} of {len(ROWS)} rows have a test.",
        "",
        "| id | what | state | tests |",
        "|---|---|---|---|",
    ]
    for row, line in ROWS.items():
        tests = known.get(row, [])
        names = "<br>".join(f"`{test.file}` {_sentence(test.name)}" for test in tests)
        lines.append(f"| {row} | {line} | {_state(tests)} | {names} |")
    return "\n".join(lines) + "\n"


def _sentence(name: str) -> str:
    return _IDS.sub("", name).replace("_", " ")


def _state(tests: list[Proof]) -> str:
    if not tests:
        return "not yet"
    return "proved before a release" if all(test.slow for test in tests) else "proved"


if __name__ == "__main__":
    sys.stdout.write(page())
