"""Things a child process is asked to do in tests: one that behaves and several that do not."""

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir

from webapp.core.child import Progress


def shout(payload: Mapping[str, str], progress: Progress) -> bytes:
    print("a library's stray print")  # noqa: T201 - what the test is about
    progress(1, 2)
    progress(2, 2)
    return payload["text"].upper().encode()


def measure(payload: bytes, progress: Progress) -> bytes:
    return str(len(payload)).encode()


def hog(payload: object, progress: Progress) -> bytes:
    blocks: list[bytearray] = []
    while True:
        blocks.append(bytearray(16 << 20))


def spin(payload: object, progress: Progress) -> bytes:
    while True:
        pass


def sleep(payload: object, progress: Progress) -> bytes:
    progress(os.getpid(), 0)
    time.sleep(600)
    return b""


def chatter(payload: object, progress: Progress) -> bytes:
    while True:
        progress(0, 0)


def crash(payload: Mapping[str, str], progress: Progress) -> bytes:
    raise ValueError(f"cannot print {payload['name']}")


def abort(payload: object, progress: Progress) -> bytes:
    os.abort()


def connect(payload: Mapping[str, int], progress: Progress) -> bytes:
    with socket.create_connection(("127.0.0.1", payload["port"]), timeout=1):
        return b"reached"


def environment(payload: object, progress: Progress) -> bytes:
    return "\n".join(os.environ).encode()


def write_slowly(payload: object, progress: Progress) -> bytes:
    progress(0, 1)
    time.sleep(1)
    return b"new"


def get_ready() -> None:
    """Called in a child that stands by: leaves a file, so that a test can wait for it."""
    (Path(gettempdir()) / f"ready-{os.getpid()}").touch()


def say_who(payload: object, progress: Progress) -> bytes:
    return str(os.getpid()).encode()
