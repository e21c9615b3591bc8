"""A keeper's terminal: an environment of its own, and the real command in a real process or called in this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import webapp
from webapp.cli import main
from webapp.serving import let_go_of_connections
from webapp.settings import VARIABLES, Settings

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8123"

Mixwell = Callable[..., Result]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is set for a small server whose mail goes to a folder; in this process and for its children."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    values = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": ADDRESS, "MIXWELL_DATA_DIR": str(folder)}
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def folder(environ: dict[str, str]) -> Path:
    """The server's data folder."""
    return Path(environ["MIXWELL_DATA_DIR"])


@pytest.fixture
def mixwell(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mixwell:
    """Type a command; what came of it. Its connections end with it, as they would with its process."""
    made: list[Flask] = []
    create_app = webapp.create_app

    def create_and_remember(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    def run(*words: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words])
        while made:
            let_go_of_connections(made.pop())
        return result

    monkeypatch.setattr(webapp, "create_app", create_and_remember)
    return run


def start(*words: str, **variables: str) -> "subprocess.Popen[str]":
    """The command in a process of its own, in a group of its own; the caller ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", *words],
        cwd=ROOT,
        env=os.environ | variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
