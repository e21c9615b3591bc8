"""The commands a keeper types, on real files."""

import signal
import sqlite3
import time
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import webapp
from tests.keeper.conftest import ADDRESS, Mixwell, start
from webapp.circles.models import CircleRole
from webapp.core import schema
from webapp.core.identifiers import new_id
from webapp.events.models import Event
from webapp.settings import read_settings


def rows(folder: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "mixwell.db")) as connection:
        return connection.execute(question).fetchall()


@pytest.fixture
def circle_id(mixwell: Mixwell) -> str:
    """A circle founded by the command, on an up-to-date database."""
    assert mixwell("db", "upgrade").exit_code == 0
    said = mixwell("organizer", "invite", "dora@example.org", "--name", "Dora Lindqvist", "--zone", "Europe/Lisbon")
    assert said.output.startswith("Dora Lindqvist organizes My circle (")
    return said.output.partition("(")[2].partition(")")[0]


def test_upgrading_twice_is_upgrading_once(mixwell: Mixwell, folder: Path) -> None:
    first, before = mixwell("db", "upgrade"), rows(folder, "SELECT type, name, sql FROM sqlite_master")
    second = mixwell("db", "upgrade")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.output == "The database is up to date.\n"
    assert rows(folder, "SELECT type, name, sql FROM sqlite_master") == before


def test_a_first_start_makes_a_folder_for_its_owner_only(mixwell: Mixwell, folder: Path) -> None:
    folder.rmdir()
    mixwell("db", "upgrade")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_wrong_settings_are_all_named_before_anything_is_done(
    mixwell: Mixwell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIXWELL_BASE_URL", "mix")
    monkeypatch.setenv("MIXWELL_JOBS", "some")
    refused = mixwell("db", "upgrade")
    assert refused.exit_code == 1
    assert "MIXWELL_BASE_URL must" in refused.output
    assert "MIXWELL_JOBS must" in refused.output
    assert list(folder.iterdir()) == []


def test_inviting_an_organizer_twice_gives_one_person_one_circle_and_one_role(
    mixwell: Mixwell, circle_id: str, folder: Path
) -> None:
    again = mixwell("organizer", "invite", "Dora@example.org", "--name", "Somebody Else")
    assert again.output.startswith(f"Dora Lindqvist organizes My circle ({circle_id})")
    assert rows(folder, "SELECT count(*) FROM circle_roles") == [(1,)]
    assert rows(folder, "SELECT name, zone FROM circles") == [("My circle", "Europe/Lisbon")]


@pytest.mark.parametrize(
    ("words", "answer"), [(["no-address"], "is not an e-mail address"), (["a@b.org", "--zone", "Mars/North"], "IANA")]
)
def test_an_organizer_who_cannot_be_is_refused_in_words(
    mixwell: Mixwell, circle_id: str, words: list[str], answer: str
) -> None:
    refused = mixwell("organizer", "invite", *words)
    assert refused.exit_code != 0
    assert answer in refused.output


def test_two_circles_of_one_name_are_not_confused(mixwell: Mixwell, circle_id: str, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "mixwell.db")) as connection:
        twin = (
            "INSERT INTO circles (id, name, hue, zone, created_at) SELECT ?, name, hue, zone, created_at FROM circles"
        )
        connection.execute(twin, (new_id().hex,))
        connection.commit()
    assert "Several circles are called My circle." in mixwell("organizer", "invite", "eve@example.org").output
    assert rows(folder, "SELECT count(*) FROM persons") == [(1,)]


def test_an_event_is_planned_in_its_circles_zone_and_may_end_after_midnight(
    mixwell: Mixwell, circle_id: str, folder: Path
) -> None:
    said = mixwell(
        *("event", "create", circle_id, "Late mixer", "--on", "2026-12-01", "--starts", "21:00", "--ends", "01:30"),
        *("--place", "Old Customs House", "--capacity", "80", "--open-door"),
    )
    assert said.exit_code == 0
    engine = create_engine(f"sqlite:///{folder / 'mixwell.db'}", poolclass=NullPool)
    with Session(engine) as session:
        event = session.get_one(Event, UUID(said.output.strip()))
        assert (event.title, event.place, event.capacity, event.open_door) == (
            "Late mixer",
            "Old Customs House",
            80,
            True,
        )
        assert f"{event.starts_at:%d %H:%M} {event.ends_at:%d %H:%M}" == "01 21:00 02 01:30"
        assert session.scalars(select(CircleRole.ended_at)).all() == [None]


def test_an_event_of_no_circle_is_refused_in_words(mixwell: Mixwell, circle_id: str) -> None:
    words = ("Mixer", "--on", "2026-12-01", "--starts", "19:00", "--ends", "22:00")
    refused = mixwell("event", "create", str(new_id()), *words)
    assert (refused.exit_code, "There is no such circle." in refused.output) == (1, True)


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["organizer", "invite", "dora@example.org"]])
def test_an_old_schema_is_named_and_nothing_starts(mixwell: Mixwell, folder: Path, command: list[str]) -> None:
    refused = mixwell(*command)
    assert refused.exit_code == 1
    assert "Run: mixwell db upgrade" in refused.output
    assert list(folder.iterdir()) == []


def test_a_lost_master_key_is_asked_for_and_never_made_anew(mixwell: Mixwell, circle_id: str, folder: Path) -> None:
    key = folder / "master.key"
    kept = key.read_bytes()
    key.unlink()
    refused = mixwell("serve")
    assert refused.exit_code == 1
    assert f"Put your copy of it at {key}" in refused.output
    assert not key.exists()
    key.write_bytes(kept)
    key.chmod(0o644)
    assert "chmod 600" in mixwell("serve").output
    key.chmod(0o600)
    assert mixwell("organizer", "invite", "ben@example.org").exit_code == 0


def test_a_database_that_does_not_answer_sends_to_the_doctor(
    mixwell: Mixwell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIXWELL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    refused = mixwell("serve")
    assert (refused.exit_code, "Run: mixwell doctor" in refused.output) == (1, True)


def test_what_was_backed_up_comes_back(mixwell: Mixwell, circle_id: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mixwell.backup"
    assert f"Kept in {file}." in mixwell("backup", file).output
    mixwell("organizer", "invite", "eve@example.org")
    said = mixwell("restore", file)
    assert said.output.startswith(f"Restored. What was there before: {folder}/before-restore-")
    assert rows(folder, "SELECT name FROM persons") == [("Dora Lindqvist",)]
    assert schema.is_current(f"sqlite:///{folder / 'mixwell.db'}")


def test_a_restore_without_the_master_key_asks_for_it(
    mixwell: Mixwell, circle_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mixwell.backup"
    mixwell("backup", file)
    monkeypatch.setenv("MIXWELL_DATA_DIR", str(tmp_path / "fresh"))
    assert f"Put your copy at {tmp_path / 'fresh' / 'master.key'}" in mixwell("restore", file).output
    assert "The master key of this database is missing." in mixwell("serve").output


def test_a_backup_of_nothing_and_a_restore_of_nothing_are_refused(mixwell: Mixwell, tmp_path: Path) -> None:
    assert "There is no database yet." in mixwell("backup", tmp_path / "none").output
    assert "There is no file" in mixwell("restore", tmp_path / "none").output
    assert not (tmp_path / "none").exists()


def test_a_worker_sends_what_the_web_process_left_in_the_outbox(mixwell: Mixwell, circle_id: str, folder: Path) -> None:
    app = webapp.create_app(read_settings())
    same_origin = {"Sec-Fetch-Site": "same-origin"}
    app.test_client().post("/sign-in", data={"email": "dora@example.org"}, headers=same_origin, base_url=ADDRESS)
    assert rows(folder, "SELECT kind, done_at FROM outbox") == [("code.asked", None)]
    worker = start("worker", MIXWELL_JOBS="worker")
    try:
        mails = wait_for_mail(folder / "mail")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=120)
    assert [message_from_bytes(mail.read_bytes())["To"] for mail in mails] == ["dora@example.org"]
    assert rows(folder, "SELECT count(*) FROM outbox WHERE done_at IS NOT NULL") == [(1,)]


def wait_for_mail(folder: Path) -> list[Path]:
    for _ in range(1800):
        if mails := list(folder.glob("[!.]*.eml")):
            return mails
        time.sleep(0.1)
    return []
