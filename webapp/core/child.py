"""Heavy or risky work in a process of its own, with limits it cannot argue with.

A PDF or a stranger's spreadsheet may loop, swell or crash; here that costs one child and no request. The parent sends
one request on the child's standard input and keeps the pipe open: when the parent dies the pipe closes and the child
ends too. The child answers in JSON lines on its standard output and leaves its result in a file beside `out`, which
gets its name only when it is whole. The child sees neither our secrets nor the network.

Half of a short document's time is loading libraries. Whoever sees a tap coming asks for a child to `stand_by`: it has
loaded, holds nobody's data, takes one order as any other child does, and goes home after ten idle minutes.
"""

import atexit
import gc
import importlib
import json
import math
import os
import resource
import select
import selectors
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

Payload = bytes | Mapping[str, object]
Progress = Callable[[int, int], None]

ROOT = Path(__file__).resolve().parent.parent.parent

# How often a running child is asked about: also the longest wait between a tap on cancel and its end.
POLL_SECONDS = 0.2
# Doors and phones come first when both want the processor.
NICENESS = 10

# What a child needs to find libraries, fonts and a place for temporary files. Secrets live in other variables.
_ENVIRONMENT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
    *("FONTCONFIG_PATH", "FONTCONFIG_FILE", "FONTCONFIG_SYSROOT", "XDG_CACHE_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_HOME"),
)

# A document is drawn in two thirds of the first one's time from about the fourth on: tables are filled, code is warm.
WARM_UPS = 4

# How long a child waits for an order, and how much earlier it is no longer given one.
IDLE_SECONDS = 600.0
_TOO_LATE_SECONDS = 60.0

# A font in a document says when it was cut to size: at no time, so that the same order always gives the same bytes.
_FIXED = {"SOURCE_DATE_EPOCH": "0"}


@dataclass(frozen=True)
class Limits:
    """What one child may use. Memory is address space, so leave room for libraries that map more than they use."""

    cpu_seconds: int = 15
    memory_bytes: int = 1 << 30
    wall_seconds: float = 20


@dataclass(frozen=True)
class Done:
    """The result stands at its name."""


@dataclass(frozen=True)
class Failed:
    """The work ended without a result. `reason` is for the log: a kind and a place, never anyone's data."""

    reason: str


@dataclass(frozen=True)
class Cancelled:
    """Somebody asked for it to stop, and it has."""


@dataclass(frozen=True)
class OutOfTime:
    """Ended because processor or clock time ran out."""


ChildResult = Done | Failed | Cancelled | OutOfTime


def run(
    function: str,
    payload: Payload,
    out: Path,
    limits: Limits = Limits(),
    on_progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ChildResult:
    """Run `package.module:name` on `payload` in a child; its bytes are at `out` if, and only if, this says Done.

    `function` is written in our own code, never taken from a request; it is called with the payload and a progress
    function and returns bytes. Callbacks run in the calling thread, every 0.2 s at least. Repeating is safe: `out` is
    replaced at once or left alone.
    """
    part = out.with_name(f".{out.name}.{uuid4().hex}.part")
    order = {"part": str(part), "limits": asdict(limits)}
    try:
        result = _supervise(_start(function, order, payload), limits, on_progress, cancelled)
        if result == Done():
            part.replace(out)
        return result
    finally:
        part.unlink(missing_ok=True)


def stand_by(function: str) -> None:
    """Have a child ready for the next `run` of this function, one for each process of ours. Returns at once.

    Its module may offer `get_ready()`, which is called a few times beforehand: short, because an order waits for it.
    """
    with _lock:
        if not _is_fit(_standing_by.get(function)):
            _dismiss(function)
            _standing_by[function] = _Waiting(_spawn(function), time.monotonic())


@dataclass(frozen=True)
class _Waiting:
    """A child without an order, and since when on the monotonic clock."""

    process: "subprocess.Popen[bytes]"
    since: float


_standing_by: dict[str, _Waiting] = {}
_lock = threading.Lock()


def _is_fit(waiting: _Waiting | None) -> bool:
    if waiting is None or waiting.process.poll() is not None:
        return False
    return time.monotonic() - waiting.since < IDLE_SECONDS - _TOO_LATE_SECONDS


def _dismiss(function: str) -> None:
    if waiting := _standing_by.pop(function, None):
        _end(waiting.process)


def _whoever_stands_by(function: str) -> "subprocess.Popen[bytes] | None":
    with _lock:
        if _is_fit(_standing_by.get(function)):
            return _standing_by.pop(function).process
        _dismiss(function)
        return None


@atexit.register
def send_home() -> None:
    """End every child that still waits for an order."""
    with _lock:
        for function in list(_standing_by):
            _dismiss(function)


def _start(function: str, order: Mapping[str, object], payload: Payload) -> "subprocess.Popen[bytes]":
    """A child that has been told its work."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    header = {**order, "length": len(raw), "json": not isinstance(payload, bytes)}
    process = _whoever_stands_by(function) or _spawn(function)
    message = json.dumps(header).encode() + b"\n" + raw
    # A child that hangs before it reads must not hang us: the clock runs while this thread waits.
    threading.Thread(target=_send, args=(_pipe(process.stdin), message), daemon=True).start()
    return process


def _spawn(function: str) -> "subprocess.Popen[bytes]":
    """A child that loads this function and waits, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.core.child", function],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=_FIXED | {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        start_new_session=True,
    )


def _send(pipe: IO[bytes], message: bytes) -> None:
    with suppress(OSError, ValueError):  # the child ended first; the verdict comes from its exit
        pipe.write(message)
        pipe.flush()


def _supervise(
    process: "subprocess.Popen[bytes]", limits: Limits, on_progress: Progress, cancelled: Callable[[], bool]
) -> ChildResult:
    """Follow the child to its end; whatever happens here, it is gone afterwards."""
    deadline = time.monotonic() + limits.wall_seconds
    answer: ChildResult | None = None
    try:
        for line in _lines(_pipe(process.stdout)):
            match line:
                case None if cancelled():
                    return Cancelled()
                case None if time.monotonic() > deadline:
                    return OutOfTime()
                case {"progress": [int(done), int(total)]}:
                    on_progress(done, total)
                case {"done": True}:
                    return Done()  # its file is whole and on the disk: taking the libraries down is nobody's wait
                case {"failed": str(reason)}:
                    answer = Failed(reason)
    finally:
        code = _end(process)
    return answer or _ended_by(code)


def _lines(pipe: IO[bytes]) -> Iterator[object | None]:
    """What the child says, line by line, with a None at least every 0.2 s, until it hangs up."""
    rest = b""
    asked = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            # By the clock and not only on silence: a child that talks without end is asked about too.
            if time.monotonic() - asked >= POLL_SECONDS:
                yield None
                asked = time.monotonic()
            if not selector.select(POLL_SECONDS):
                continue
            if not (chunk := os.read(pipe.fileno(), 65536)):
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from map(json.loads, lines)


def _end(process: "subprocess.Popen[bytes]") -> int:
    """Kill the group and reap the child. Until it is reaped its number cannot belong to anyone else."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says PermissionError of a zombie
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            _pipe(pipe).close()
    return code


def _ended_by(code: int) -> ChildResult:
    if code == -signal.SIGXCPU:
        return OutOfTime()
    return Failed(f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - Popen was given PIPE for this one
    return pipe


def main(function: str) -> None:
    """The child's side: load, wait for the order, accept its limits, work, leave the result, say so."""
    say = _voice()
    sys.excepthook = lambda kind, problem, _: say({"failed": _where(problem)})
    os.nice(NICENESS)
    module, _, name = function.partition(":")
    loaded = importlib.import_module(module)
    sys.addaudithook(_stay_offline)
    for _ in range(WARM_UPS):
        if not _told_within(0):
            getattr(loaded, "get_ready", lambda: None)()
    if not _told_within(IDLE_SECONDS) or not (line := sys.stdin.buffer.readline()):
        return
    order = json.loads(line)
    raw = sys.stdin.buffer.read(order["length"])
    _end_with_parent()
    _accept(Limits(**order["limits"]))
    # One document is this process's whole life: looking for cycles to free is an eighth of its time for nothing.
    gc.disable()
    work = getattr(loaded, name)
    result = work(json.loads(raw) if order["json"] else raw, lambda done, total: say({"progress": [done, total]}))
    _keep(Path(order["part"]), result)
    say({"done": True})


def _told_within(seconds: float) -> bool:
    """Whether the order is there, or the parent is gone, which reads the same."""
    return bool(select.select([0], [], [], seconds)[0])


def _voice() -> Callable[[Mapping[str, object]], None]:
    """A way to speak to the parent that a library's stray print cannot garble."""
    private = os.dup(1)
    os.dup2(2, 1)

    def say(line: Mapping[str, object]) -> None:
        os.write(private, json.dumps(line).encode() + b"\n")

    return say


def _end_with_parent() -> None:
    def wait() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _accept(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The soft limit ends the process by SIGXCPU, which the parent can tell from a crash. Loading is not the order's.
    cpu_seconds = limits.cpu_seconds + math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    with suppress(ValueError, OSError):  # macOS knows the name and refuses the value
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def _stay_offline(event: str, arguments: tuple[object, ...]) -> None:
    """A second wall behind the fetcher that denies everything: Python's own sockets do not open here."""
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        raise PermissionError(f"{event} in a child without network")


def _keep(part: Path, result: bytes) -> None:
    with part.open("wb") as file:
        file.write(result)
        file.flush()
        os.fsync(file.fileno())


def _where(problem: BaseException) -> str:
    """Kind and place of an exception. Its words may quote a name from the guest list, so they stay here."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(problem).__name__ + place


if __name__ == "__main__":
    main(sys.argv[1])
