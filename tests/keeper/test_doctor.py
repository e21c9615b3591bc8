"""The doctor names each bad condition, and what to do about it."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.faults.hall import free_port
from tests.keeper.conftest import Mixwell
from webapp import doctor
from webapp.core.clock import now
from webapp.core.identifiers import new_id
from webapp.doctor import Finding, examine


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper has tests of its own, and takes seconds."""
    monkeypatch.setattr(doctor, "CHECKS", tuple(check for check in doctor.CHECKS if check.__name__ != "_paper"))


@pytest.fixture
def server(mixwell: Mixwell, paper: None) -> None:
    """A server that has been set up and started once."""
    mixwell("db", "upgrade")
    assert mixwell("organizer", "invite", "dora@example.org").exit_code == 0


def to_mend(environ: dict[str, str]) -> list[Finding]:
    return [finding for finding in examine(environ) if not finding.fine]


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "mixwell.db")) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_a_sound_server_has_nothing_to_mend(server: None, environ: dict[str, str]) -> None:
    assert to_mend(environ) == []
    assert any("synchronous full, journal wal" in finding.what for finding in examine(environ))


def test_wrong_settings_are_all_found(paper: None) -> None:
    assert [finding.do.split()[0] for finding in examine({})] == [
        *("MIXWELL_BASE_URL", "MIXWELL_SMTP_URL", "MIXWELL_MAIL_FROM")
    ]


def test_before_the_first_start_it_says_what_to_run(paper: None, environ: dict[str, str], folder: Path) -> None:
    folder.rmdir()
    found = to_mend(environ)
    assert [finding.do for finding in found if "mixwell db upgrade" in finding.do]
    assert not folder.exists()


def test_a_key_that_others_may_read_or_that_is_none_is_named(
    server: None, environ: dict[str, str], folder: Path
) -> None:
    key = folder / "master.key"
    key.chmod(0o644)
    assert ["chmod 600" in finding.do for finding in to_mend(environ)] == [True]
    key.chmod(0o600)
    key.write_text("secret")
    assert [finding.what for finding in to_mend(environ)] == ["master key"]


def test_an_old_schema_is_named(server: None, environ: dict[str, str], folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = '0000'")
    assert to_mend(environ) == [Finding("database schema", "It is not at this version. Run: mixwell db upgrade")]


def test_a_database_that_is_none_or_does_not_answer_is_named(
    server: None, environ: dict[str, str], folder: Path
) -> None:
    away = environ | {"MIXWELL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert ["It does not answer" in finding.do for finding in to_mend(away)] == [True]
    (folder / "mixwell.db").write_bytes(b"not a database, but long enough to be read as one" * 200)
    assert ["restore a backup" in finding.do for finding in to_mend(environ)] == [True]


def test_a_damaged_database_is_named(server: None, environ: dict[str, str], folder: Path) -> None:
    content = bytearray((folder / "mixwell.db").read_bytes())
    content[-8192:] = b"\1" * 8192
    (folder / "mixwell.db").write_bytes(content)
    assert any("mixwell restore" in finding.do or "restore a backup" in finding.do for finding in to_mend(environ))


def test_a_clock_that_went_back_is_named(server: None, environ: dict[str, str], folder: Path) -> None:
    later = (now() + timedelta(hours=2)).replace(tzinfo=None).isoformat(" ")
    operation = "INSERT INTO operations (id, kind, actor, body_hash, received_at) VALUES (?, 'check_in', 'x', x'00', ?)"
    change(folder, operation, new_id().hex, later)
    assert [finding.what for finding in to_mend(environ)] == ["clock"]
    with time_machine.travel("2001-01-01T00:00:00Z", tick=False):
        assert "clock" in [finding.what for finding in to_mend(environ)]


def test_mails_that_wait_and_mails_that_were_given_up_are_counted(
    server: None, environ: dict[str, str], folder: Path
) -> None:
    row = """INSERT INTO outbox
        (id, cause, created_at, due_at, gave_up_at, kind, handler, recipient, payload, attempts)
        VALUES (?, ?, ?, ?, ?, 'code.asked', 'x', '', '{}', 0)"""
    at = (now() - timedelta(minutes=10)).replace(tzinfo=None).isoformat(" ")
    for gave_up in (None, None, at):
        change(folder, row, new_id().hex, new_id().hex, at, at, gave_up)
    found = to_mend(environ)
    assert [finding.do[:7] for finding in found] == ["2 wait ", "1 faile"]


def test_an_address_that_changed_and_one_that_is_too_long_are_named(server: None, environ: dict[str, str]) -> None:
    assert to_mend(environ) == []
    moved = to_mend(environ | {"MIXWELL_BASE_URL": "http://localhost:9000"})
    assert [finding.what for finding in moved] == ["address was http://127.0.0.1:8123"]
    long = to_mend(environ | {"MIXWELL_BASE_URL": f"https://{'networking-' * 4}.example.org"})
    assert any("Use a shorter address." in finding.do for finding in long)


@pytest.fixture
def relay() -> Iterator[int]:
    """A mail relay that takes everything; its port."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def test_a_mail_relay_is_greeted_and_a_silent_one_is_named(server: None, environ: dict[str, str], relay: int) -> None:
    assert to_mend(environ | {"MIXWELL_SMTP_URL": f"smtp://127.0.0.1:{relay}"}) == []
    nobody = to_mend(environ | {"MIXWELL_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"})
    assert [finding.what for finding in nobody] == ["mail relay"]
    strange = to_mend(environ | {"MIXWELL_SMTP_URL": f"smtp://user:secret@127.0.0.1:{relay}"})
    assert ["secret" in finding.do for finding in strange] == [False]


def test_paper_and_fonts_that_are_missing_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*command: str, **options: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", nothing)
    found = examine(
        {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": "http://127.0.0.1", "MIXWELL_DATA_DIR": "/nonexistent"}
    )
    assert ["apt-get install libpango" in finding.do for finding in found[-2:]] == [True, True]


def test_the_command_ends_with_an_error_while_there_is_something_to_mend(
    server: None, mixwell: Mixwell, folder: Path
) -> None:
    assert mixwell("doctor").exit_code == 0
    (folder / "master.key").chmod(0o644)
    said = mixwell("doctor")
    assert said.exit_code == 1
    assert "MEND  master key\n      It cannot be used" in said.output
