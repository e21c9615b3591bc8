"""No door is told welcome before the disk has the check-in: system calls are watched, because a kill cannot show it.

`kill -9` never loses what the operating system holds in memory; a power cut does. Between the arrival of a request and
its answer there must be a sync of our database's own files.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.faults.hall import Door, Server, make_badges
from webapp.core.identifiers import new_id
from webapp.settings import Settings

SCANS = 30
CALLS = "recvfrom,recvmsg,read,sendto,sendmsg,write,fdatasync,fsync"

_ASKED = re.compile(r'(?:recvfrom|recvmsg|read)(?:\(| resumed>).*"POST /events/')  # a call may be cut in two lines
_SYNCED = re.compile(r"f(?:data)?sync\(\d+<[^>]*mixwell\.db")
_ANSWERED = re.compile(r'(?:sendto|sendmsg|write)\(.*"HTTP/1\.1 200')


def _may_watch() -> bool:
    """Whether there is strace, and this machine lets it look at other processes."""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, check=False).returncode == 0
    )


pytestmark = [
    pytest.mark.skipif(not _may_watch(), reason="strace is not here, or may not watch: apt-get install strace"),
    pytest.mark.skipif(
        "config.getoption('--database') != 'sqlite'", reason="PostgreSQL syncs in processes of its own; it is asked"
    ),
]


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """Our server, its system calls written down with the names of files."""
    watch = ("strace", "-f", "-y", "-qq", "-s", "40", "-e", f"trace={CALLS}", "-o", str(tmp_path / "calls"))
    server = Server(settings, watched_by=watch)
    yield server
    server.kill()


def synced_before_answered(server: Server, cast: Cast, calls: Path) -> list[bool]:
    """For each of so many check-ins in series: was there a sync between its arrival and its answer?"""
    tokens = make_badges(cast, SCANS)
    key = cast.door()[1]
    server.start()
    door = Door(server, cast.mixer.id, key)
    assert [door.scan(token, new_id()).outcome for token in tokens] == ["agreed"] * SCANS
    door.hang_up()
    server.stop()
    return list(_verdicts(calls.read_text(errors="replace").splitlines()))


def _verdicts(calls: list[str]) -> Iterator[bool]:
    asked, synced = False, False
    for call in calls:
        if _ASKED.search(call):
            asked, synced = True, False
        elif _SYNCED.search(call):
            synced = True
        elif asked and _ANSWERED.search(call):
            yield synced
            asked = False


def test_every_welcome_left_after_its_own_sync(server: Server, cast: Cast, tmp_path: Path) -> None:
    verdicts = synced_before_answered(server, cast, tmp_path / "calls")
    sys.stdout.write(f"{sum(verdicts)} of {len(verdicts)} answers after their own sync\n")
    assert verdicts == [True] * SCANS


def test_with_the_popular_setting_most_welcomes_leave_too_early(server: Server, cast: Cast, tmp_path: Path) -> None:
    server.weakness = "no-sync"
    verdicts = synced_before_answered(server, cast, tmp_path / "calls")
    sys.stdout.write(f"{sum(verdicts)} of {len(verdicts)} answers after their own sync\n")
    assert len(verdicts) == SCANS
    assert sum(verdicts) < SCANS // 2
