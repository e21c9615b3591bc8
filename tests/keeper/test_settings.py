"""A server that is set up wrongly does not start, and says everything that is wrong at once."""

from pathlib import Path

import pytest

from webapp.settings import Settings, SettingsError, read_settings

PRODUCTION = {
    "MIXWELL_BASE_URL": "https://mix.example.org",
    "MIXWELL_SMTP_URL": "smtp://user:secret@mail.example.org:587",
    "MIXWELL_MAIL_FROM": "Mixwell <hello@example.org>",
}

WRONG = {
    "MIXWELL_MODE": "producton",
    "MIXWELL_BASE_URL": "https://mix.example.org/app",
    "MIXWELL_DATABASE_URL": "mysql://db.example.org/mixwell",
    "MIXWELL_SMTP_URL": "mail.example.org",
    "MIXWELL_MAIL_FROM": "Mixwell",
    "MIXWELL_JOBS": "both",
    "MIXWELL_PROXIES": "one",
    "WEB_CONCURRENCY": "0",
    "REDIS_URL": "localhost:6379",
    "MIXWELL_PUSH_HOSTS": "push.example.org, 169.254.169.254",
}
UNSAFE = {
    "MIXWELL_BASE_URL": "http://mix.example.org",
    "MIXWELL_SMTP_URL": "folder:/var/mail/mixwell",
    "MIXWELL_LIFT_LIMITS": "yes",
    "MIXWELL_PUSH_LOOPBACK": "yes",
    "FLASK_DEBUG": "1",
    "MIXWELL_DATABASE_URL": "sqlite:///:memory:",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder as it should be."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def problems(environ: dict[str, str]) -> list[str]:
    try:
        read_settings(environ)
    except SettingsError as error:
        return error.problems
    return []


def production(folder: Path, **changes: str) -> dict[str, str]:
    return PRODUCTION | {"MIXWELL_DATA_DIR": str(folder)} | changes


def test_a_complete_production_environment_is_accepted(folder: Path) -> None:
    settings = read_settings(production(folder))
    assert (settings.mode, settings.secure, settings.host) == ("production", True, "mix.example.org")
    assert settings.sqlite_file == folder / "mixwell.db"


@pytest.mark.parametrize(("name", "value"), [*WRONG.items(), *UNSAFE.items()], ids=lambda text: str(text)[:28])
def test_a_bad_value_is_refused_by_its_name(folder: Path, name: str, value: str) -> None:
    changes = {name: value}
    if name == "WEB_CONCURRENCY":
        changes["MIXWELL_DATABASE_URL"] = "postgresql://localhost/mixwell"
    [problem] = problems(production(folder, **changes))
    assert problem.startswith(name)
    assert problem.endswith((".", "try it)."))


@pytest.mark.parametrize("hosts", ["https://push.example.org", "localhost", "2130706433", "*.example.org", "None"])
def test_a_push_service_is_a_host_with_a_name(folder: Path, hosts: str) -> None:
    [problem] = problems(production(folder, MIXWELL_PUSH_HOSTS=hosts))
    assert problem.startswith("MIXWELL_PUSH_HOSTS")


def test_push_services_are_those_of_the_usual_browsers_others_or_none(folder: Path) -> None:
    def known(**changes: str) -> tuple[str, ...]:
        return read_settings(production(folder, **changes)).push_hosts

    assert len(known()) == 4
    assert known(MIXWELL_PUSH_HOSTS="push.example.org, push.example.net") == ("push.example.org", "push.example.net")
    assert known(MIXWELL_PUSH_HOSTS="none") == ()


@pytest.mark.parametrize("address", ["", "mix.example.org", "https://", "https://a:b@c.org", "https://x.org:99999"])
def test_an_address_nobody_can_type_is_refused(folder: Path, address: str) -> None:
    [problem] = problems(production(folder, MIXWELL_BASE_URL=address))
    assert problem.startswith("MIXWELL_BASE_URL")


def test_a_data_folder_open_to_other_users_is_refused_with_the_command_that_mends_it(folder: Path) -> None:
    folder.chmod(0o755)
    assert f"Run: chmod 700 {folder}" in problems(production(folder))[0]


def test_a_master_key_open_to_other_users_is_refused_with_the_command_that_mends_it(folder: Path) -> None:
    key = folder / "master.key"
    key.touch(mode=0o644)
    assert problems(production(folder)) == [f"The master key must be its owner's alone. Run: chmod 600 {key}"]


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch(mode=0o600)
    assert problems(production(file)) == ["MIXWELL_DATA_DIR must be a folder."]


def test_everything_that_is_wrong_is_named_at_once(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "master.key").touch(mode=0o644)
    named = problems(production(folder, **WRONG | UNSAFE | {"MIXWELL_MODE": "production"}))
    first_words = [problem.split(" ", 1)[0] for problem in named]
    assert len(named) == len(set(named)) == 13
    assert {name for name in WRONG | UNSAFE if name not in first_words} == {"MIXWELL_MODE", "WEB_CONCURRENCY"}


def test_nothing_set_at_all_is_refused_in_words() -> None:
    named = problems({})
    assert [problem.split(" ", 1)[0] for problem in named] == [
        "MIXWELL_BASE_URL",
        "MIXWELL_SMTP_URL",
        "MIXWELL_MAIL_FROM",
    ]


def test_an_empty_variable_counts_as_not_set(folder: Path) -> None:
    changes = {"DATABASE_URL": "", "REDIS_URL": "", "MIXWELL_JOBS": "", "WEB_CONCURRENCY": ""}
    assert read_settings(production(folder, **changes)) == read_settings(production(folder))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_hosts_own_database_address_is_understood(folder: Path, scheme: str) -> None:
    settings = read_settings(production(folder, DATABASE_URL=f"{scheme}://u:p@db.example.org/mix", WEB_CONCURRENCY="3"))
    assert settings.database_url == "postgresql+psycopg://u:p@db.example.org/mix"
    assert (settings.sqlite_file, settings.processes) == (None, 3)


def test_sqlite_is_served_by_one_process_whatever_the_host_suggests(folder: Path) -> None:
    assert read_settings(production(folder, WEB_CONCURRENCY="4")).processes == 1


def test_a_relative_database_file_is_the_same_for_every_part_of_the_server(folder: Path) -> None:
    settings = read_settings(production(folder, MIXWELL_DATABASE_URL="sqlite:///mix.db"))
    assert settings.sqlite_file == Path("mix.db").absolute()


def test_passwords_do_not_show_when_settings_are_printed(folder: Path) -> None:
    settings = read_settings(
        production(folder, DATABASE_URL="postgres://u:secret@db/mix", REDIS_URL="redis://:secret@r")
    )
    assert isinstance(settings, Settings)
    assert "secret" not in repr(settings)
