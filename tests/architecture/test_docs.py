"""The documents a keeper reads name every setting and every command; the map's paths are true."""

import re

import click

from tests.architecture.test_source import modules
from webapp.cli import main
from webapp.settings import VARIABLES
from webapp.web.builds import ROOT

DOCS = {file.name: file.read_text() for file in (ROOT / "docs").glob("*.md")}
KEEPERS = DOCS["deploy.md"] + DOCS["operate.md"]


def commands(group: click.Group, path: str = "mixwell") -> list[str]:
    """Every command a keeper may type."""
    found = []
    for name, command in group.commands.items():
        if command.hidden:
            continue
        found += commands(command, f"{path} {name}") if isinstance(command, click.Group) else [f"{path} {name}"]
    return found


def test_every_setting_is_described() -> None:
    assert [name for name in VARIABLES if f"`{name}" not in DOCS["deploy.md"]] == []


def test_every_variable_the_code_reads_is_a_setting() -> None:
    read = {
        name for file in modules() for name in re.findall(r"\bMIXWELL_[A-Z_]+", (ROOT / "webapp" / file).read_text())
    }
    assert read <= set(VARIABLES)


def test_every_command_is_described() -> None:
    assert [command for command in commands(main) if f"`{command}" not in KEEPERS] == []


def test_every_file_the_documents_name_exists() -> None:
    named = {
        path
        for text in DOCS.values()
        for path in re.findall(r"`((?:webapp|templates|static|tests|bin)/[\w./-]+)`", text)
    }
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_place_in_the_vocabulary_exists() -> None:
    rooms = re.findall(r"`(\w+)(?:\.(\w+))?(?:/(\w+\.py))?[.\w]*`", DOCS["vocabulary.md"].split("## Never")[0])
    missing = [room for room, module, file in rooms if (module or file) and not _exists(room, module, file)]
    assert missing == []


def _exists(room: str, module: str, file: str) -> bool:
    folder = ROOT / "webapp" / room
    return (folder / file).exists() if file else (folder / f"{module}.py").exists() or room in {"swaps", "people"}


def test_links_between_documents_lead_somewhere() -> None:
    links = [link for text in DOCS.values() for link in re.findall(r"\]\(([\w./-]+)\)", text)]
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_the_five_files_of_the_readme_are_the_path_of_a_badge() -> None:
    """Each step names the next: the page posts to the view, the view calls the rule, the rule writes the row."""
    path = re.findall(r"^\d\. \[`([\w./]+)`\]", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert len(path) == 5
    page, view, rule, row, promises = ((ROOT / file).read_text() for file in path)
    assert "checkin.create_check_in" in page
    assert "verdict = check_in(" in view
    assert "def check_in(" in rule
    assert "uq_check_ins_live" in row
    assert "def test_a_badge_scanned_twice_is_welcomed_once" in promises
