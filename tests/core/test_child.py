"""Hostile or heavy work ends by itself or is ended, and never leaves half a file (fault F13)."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.core import child
from webapp.core.child import Cancelled, Done, Failed, Limits, OutOfTime

pytestmark = pytest.mark.child

WORK = "tests.core.child_work"
TIGHT = Limits(memory_bytes=512 << 20)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "badges.pdf"
    assert [path.name for path in tmp_path.iterdir()] in ([], ["badges.pdf"]), "half a file was left behind"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_a_result_appears_under_its_name_with_progress_on_the_way(out: Path) -> None:
    steps: list[tuple[int, int]] = []
    result = child.run(f"{WORK}:shout", {"text": "Renée"}, out, on_progress=lambda *step: steps.append(step))
    assert result == Done()
    assert out.read_text() == "RENÉE"
    assert steps == [(1, 2), (2, 2)]


def test_a_large_file_goes_in_as_bytes(out: Path) -> None:
    assert child.run(f"{WORK}:measure", b"\x00\n" * 5_000_000, out) == Done()
    assert out.read_bytes() == b"10000000"


def test_a_memory_hog_is_stopped(out: Path) -> None:
    result = child.run(f"{WORK}:hog", {}, out, TIGHT)
    assert isinstance(result, Failed)
    assert result.reason.startswith("MemoryError")


def test_an_endless_loop_runs_out_of_processor_time(out: Path) -> None:
    """Not of clock time, of which it has plenty: the kernel counts what the child used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert child.run(f"{WORK}:spin", {}, out, Limits(cpu_seconds=1, wall_seconds=600)) == OutOfTime()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 30


@pytest.mark.parametrize("work", ["sleep", "chatter"])
def test_a_child_that_does_not_come_back_runs_out_of_clock_time(out: Path, work: str) -> None:
    assert child.run(f"{WORK}:{work}", {}, out, Limits(cpu_seconds=60, wall_seconds=2)) == OutOfTime()


def test_cancelling_ends_the_process(out: Path) -> None:
    pids: list[int] = []
    result = child.run(
        f"{WORK}:sleep", {}, out, on_progress=lambda pid, _: pids.append(pid), cancelled=lambda: bool(pids)
    )
    assert result == Cancelled()
    assert not alive(pids[0])


def test_a_failure_tells_its_kind_and_place_but_not_whose_data(out: Path) -> None:
    result = child.run(f"{WORK}:crash", {"name": "Ann Example"}, out)
    assert isinstance(result, Failed)
    assert result.reason.startswith("ValueError at child_work.py:")
    assert "Ann" not in result.reason


def test_a_crash_below_python_is_a_failure(out: Path) -> None:
    assert child.run(f"{WORK}:abort", {}, out) == Failed("ended by SIGABRT")


def test_an_older_result_stays_whole_until_the_new_one_is(out: Path) -> None:
    out.write_text("old")
    seen: list[str] = []
    child.run(f"{WORK}:write_slowly", {}, out, on_progress=lambda *_: seen.append(out.read_text()))
    assert (seen, out.read_text()) == (["old"], "new")
    assert isinstance(child.run(f"{WORK}:crash", {"name": ""}, out), Failed)
    assert out.read_text() == "new"


def test_a_child_has_no_network(out: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        result = child.run(f"{WORK}:connect", {"port": server.getsockname()[1]}, out)
        assert isinstance(result, Failed)
        assert result.reason.startswith("PermissionError")
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_child_does_not_see_our_secrets(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXWELL_MASTER_KEY_FILE", "/nowhere")
    assert child.run(f"{WORK}:environment", {}, out) == Done()
    assert "MIXWELL" not in out.read_text()


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import pathlib; from webapp.core import child; "
        f"child.run('{WORK}:sleep', {{}}, pathlib.Path({str(tmp_path / 'out')!r}), "
        "on_progress=lambda pid, _: print(pid, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=child.ROOT, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    for _ in range(600):
        if not alive(pid):
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent")


@pytest.fixture
def stand_by(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], int]]:
    """Have a child stand by for this work and wait until it is ready: its number."""
    folder = tmp_path_factory.mktemp("ready")
    monkeypatch.setenv("TMPDIR", str(folder))

    def ready(work: str) -> int:
        child.stand_by(f"{WORK}:{work}")
        for _ in range(2400):
            if found := [int(path.name.removeprefix("ready-")) for path in folder.glob("ready-*")]:
                (folder / f"ready-{found[0]}").unlink()
                return found[0]
            time.sleep(0.05)
        pytest.fail("no child got ready")

    yield ready
    child.send_home()


def test_a_child_that_stands_by_has_loaded_when_its_order_comes(out: Path, stand_by: Callable[[str], int]) -> None:
    pid = stand_by("say_who")
    assert child.run(f"{WORK}:say_who", {}, out) == Done()
    assert int(out.read_bytes()) == pid
    assert child.run(f"{WORK}:say_who", {}, out) == Done()
    assert int(out.read_bytes()) != pid, "a child drew twice"


def test_looking_again_keeps_the_one_that_stands_by(out: Path, stand_by: Callable[[str], int]) -> None:
    pid = stand_by("sleep")
    child.stand_by(f"{WORK}:sleep")
    pids: list[int] = []
    result = child.run(
        f"{WORK}:sleep", {}, out, on_progress=lambda pid, _: pids.append(pid), cancelled=lambda: bool(pids)
    )
    assert (result, pids) == (Cancelled(), [pid])
    assert not alive(pid)


def test_whoever_stands_by_has_the_same_limits(out: Path, stand_by: Callable[[str], int]) -> None:
    stand_by("hog")
    result = child.run(f"{WORK}:hog", {}, out, TIGHT)
    assert isinstance(result, Failed)
    assert result.reason.startswith("MemoryError")
    stand_by("spin")
    assert child.run(f"{WORK}:spin", {}, out, Limits(cpu_seconds=1, wall_seconds=600)) == OutOfTime()


def test_a_tap_does_not_notice_that_whoever_stood_by_has_died(out: Path, stand_by: Callable[[str], int]) -> None:
    os.kill(stand_by("say_who"), signal.SIGKILL)
    time.sleep(0.2)
    assert child.run(f"{WORK}:say_who", {}, out) == Done()


def test_one_who_stood_by_for_long_is_given_no_order(
    out: Path, stand_by: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = stand_by("say_who")
    monkeypatch.setattr(child, "IDLE_SECONDS", child._TOO_LATE_SECONDS)
    assert child.run(f"{WORK}:say_who", {}, out) == Done()
    assert int(out.read_bytes()) != pid
    assert not alive(pid)


def test_whoever_stands_by_goes_home_with_us(stand_by: Callable[[str], int]) -> None:
    pid = stand_by("sleep")
    child.send_home()
    assert not alive(pid)
