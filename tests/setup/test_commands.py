"""The commands a newcomer types: quiet when there is nothing to do, clear when something is missing."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
COMMANDS = ["bin/setup", "bin/demo", "bin/test", "bin/mixwell", "bin/lock", ".ci/run"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with pip and nothing else; what set-up installs in these tests must land in here."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    venv.create(folder, with_pip=True)
    return folder


@pytest.fixture
def checkout(tmp_path: Path, environment: Path) -> Path:
    """A checkout that was set up before: the real commands, with the stamps of a finished set-up."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    for step in ("place-assets", "pack_assets.py"):
        (tmp_path / "bin" / step).write_text("")
    shutil.copytree(environment, tmp_path / ".venv", symlinks=True)
    (tmp_path / ".venv" / "pdf-works").touch()
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    shutil.copy(tmp_path / "package-lock.json", tmp_path / "node_modules" / ".installed-run")
    shutil.copy(tmp_path / "bin" / "requirements" / "run.txt", tmp_path / ".venv" / "installed-run.txt")
    return tmp_path


def run(checkout: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=checkout,
        capture_output=True,
        text=True,
        env=os.environ | OFFLINE | variables,
        timeout=300,
        check=False,
    )


def make_wheel(folder: Path) -> Path:
    """The smallest package that pip installs."""
    wheel = folder / "lantern-1.0-py3-none-any.whl"
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: lantern\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lantern.py", "")
        for name, text in about.items():
            archive.writestr(f"lantern-1.0.dist-info/{name}", text)
    return wheel


def lock(checkout: Path, digest: str) -> None:
    (checkout / "bin" / "requirements" / "run.txt").write_text(f"lantern==1.0 --hash=sha256:{digest}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_can_be_started_and_is_sound_shell(command: str) -> None:
    assert os.access(ROOT / command, os.X_OK)
    assert subprocess.run(["sh", "-n", ROOT / command], check=False).returncode == 0


def test_a_second_setup_says_nothing(checkout: Path) -> None:
    done = run(checkout, "bin/setup")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_setup_works_from_any_folder(checkout: Path) -> None:
    assert run(checkout / "node_modules", "../bin/setup").returncode == 0


def test_a_lock_that_changed_is_installed_again_and_then_remembered(checkout: Path) -> None:
    (checkout / "bin" / "requirements" / "run.txt").write_text("")
    assert run(checkout, "bin/setup").stdout == "setup: installing Python packages (run)\n"
    assert run(checkout, "bin/setup").stdout == ""


def test_a_package_whose_content_changed_is_refused(checkout: Path) -> None:
    wheel = make_wheel(checkout)
    lock(checkout, "0" * 64)
    refused = run(checkout, "bin/setup", PIP_FIND_LINKS=str(checkout))
    assert (refused.returncode, "do not match the hashes" in refused.stderr.lower()) == (1, True)
    assert list(checkout.glob(".venv/lib/*/site-packages/lantern.py")) == []
    lock(checkout, hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert run(checkout, "bin/setup", PIP_FIND_LINKS=str(checkout)).returncode == 0
    assert len(list(checkout.glob(".venv/lib/*/site-packages/lantern.py"))) == 1


def test_without_a_python_setup_names_the_command_to_type(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    tools = checkout / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "uname", "mkdir", "id"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    done = run(checkout, "bin/setup", PATH=str(tools), MIXWELL_PYTHON="no-such-python")
    assert done.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_a_demo_on_a_busy_port_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        command = (sys.executable, "-m", "webapp.cli", "demo", "--port", str(port))
        done = run(ROOT, *command, MIXWELL_DATA_DIR=str(tmp_path / "demo"), MIXWELL_MODE="demo")
    assert done.returncode == 1
    assert f"Port {port} is taken. Try: bin/demo --port {port + 2}" in done.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("command", ["bin/setup", "bin/test"])
def test_an_unknown_option_is_answered_with_the_usage(checkout: Path, command: str) -> None:
    done = run(checkout, command, "--no-such-option")
    assert done.returncode == 2
    assert f"usage: {command}" in done.stderr.lower()
