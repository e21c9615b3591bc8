"""What gets installed is what was read: every package pinned, hashed, and from no address of ours."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "bin" / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; [^\\]+)? \\((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)$", re.MULTILINE)


def pins(lock: Path) -> set[tuple[str, str]]:
    return {(name, version) for name, version, _ in PIN.findall(lock.read_text())}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_nothing_but_pins_with_hashes(lock: Path) -> None:
    """S-45: what is not pinned and hashed is not installed."""
    assert unpinned(lock.read_text()) == ""


def unpinned(lock: str) -> str:
    """What of a lock is no pin with hashes."""
    return PIN.sub("", lock).strip()


@pytest.mark.parametrize(
    "line", ["flask>=3", "flask==3.1.2", "flask @ https://example.org/flask.whl", "--index-url https://example.org"]
)
def test_a_loose_line_in_a_lock_is_found(line: str) -> None:
    """S-45, its canary."""
    whole = (ROOT / "bin/requirements/run.txt").read_text()
    assert unpinned(f"{whole}\n{line}\n") == line


def test_everything_that_runs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {name for name, _ in pins(ROOT / "bin/requirements/run.txt")}
    assert names(project["project"]["dependencies"]) <= locked


def test_everything_that_tests_is_locked_beside_the_very_same_running_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tested = pins(ROOT / "bin/requirements/test.txt")
    assert names(project["dependency-groups"]["test"]) <= {name for name, _ in tested}
    assert pins(ROOT / "bin/requirements/run.txt") <= tested


def test_browser_libraries_are_named_exactly_and_their_lock_has_hashes_but_no_addresses() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    entries = {
        name: entry for name, entry in json.loads((ROOT / "package-lock.json").read_text())["packages"].items() if name
    }
    assert [name for name, entry in entries.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in entries.items() if "resolved" in entry] == []
    assert {name: entries[f"node_modules/{name}"]["version"] for name in wanted} == wanted
