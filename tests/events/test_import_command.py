"""`mixwell import` and `mixwell badges`, as typed on a server."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from tests.conftest import BASE_URL
from tests.events.lists import MIXER, csv_of
from webapp.core import schema

ROOT = Path(__file__).resolve().parents[2]
Typed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this server keeps everything."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def typed(data_dir: Path) -> Typed:
    """Type a command on a server; a process each, so one server serves all tests here."""
    url = f"sqlite:///{data_dir / 'mixwell.db'}"
    schema.upgrade(url)
    settings = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": BASE_URL, "MIXWELL_DATA_DIR": str(data_dir)}
    environment = os.environ | settings | {"MIXWELL_DATABASE_URL": url}

    def command(*words: object) -> "subprocess.CompletedProcess[str]":
        order = [sys.executable, "-m", "webapp.cli", *map(str, words)]
        return subprocess.run(order, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)

    return command


@pytest.fixture(scope="module")
def event_id(typed: Typed) -> str:
    """An event, planned by commands too."""
    invited = typed("organizer", "invite", "dora@example.org", "--circle", "Harbour Chamber").stdout
    circle = re.search(r"\(([0-9a-f-]{36})\)", invited)
    assert circle, invited
    when = ["--on", "2027-03-04", "--starts", "18:00", "--ends", "21:00"]
    return typed("event", "create", circle[1], "Spring mixer", *when).stdout.strip()


def test_what_cannot_be_done_is_said_in_words(typed: Typed, event_id: str, tmp_path: Path) -> None:
    picture = tmp_path / "list.pdf"
    picture.write_bytes(b"%PDF-1.7")
    for words, answer in [
        (("import", event_id, picture), "We could not read this as a list (PDF)"),
        (("import", event_id, MIXER, "--encoding", "klingon"), "No such encoding"),
        (("import", "01a20548-30e0-748c-ad26-a62456e1db9b", MIXER), "There is no such event."),
        (("badges", event_id, "-o", tmp_path / "none.pdf", "--stock", "papyrus"), "No such stock."),
    ]:
        refused = typed(*words)
        assert refused.returncode == 1
        assert answer in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not (tmp_path / "none.pdf").exists()


def test_a_list_is_rehearsed_then_brought_in_and_its_badges_scan(
    typed: Typed, event_id: str, data_dir: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "badges.pdf"
    assert "Nobody to print." in typed("badges", event_id, "-o", paper).stderr
    rehearsed = typed("import", event_id, MIXER)
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert "   193  New" in rehearsed.stdout
    assert "Row 42, Bad 502 Row: “paula.example.org” is no e-mail address." in rehearsed.stdout
    few = tmp_path / "few.csv"
    few.write_bytes(csv_of(["Ana Silva", "ana@example.org", "", ""], ["張偉", "", "", ""]))
    assert "2 added, 0 changed" in typed("import", event_id, few, "--commit").stdout
    assert "     2  Same as before" in typed("import", event_id, few).stdout
    assert [*(data_dir / "imports").glob("*")] == []

    printed = typed("badges", event_id, "-o", paper)
    assert printed.returncode == 0, printed.stderr
    with pypdfium2.PdfDocument(paper) as document:
        pictures = [page.render(scale=3).to_pil() for page in document]
        codes = {code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)}
    assert len(codes) == 2
    assert all(code.casefold().startswith(f"{BASE_URL}/b/") for code in codes)
