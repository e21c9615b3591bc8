"""A note on the data folder that a server or a worker runs on it, so that nothing is restored under its feet.

The note is a lock of the operating system: it goes with the last process that holds it, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOTE = "in-use"


@contextmanager
def in_use(data_dir: Path) -> Iterator[None]:
    """Run on this folder. Many may at once; children forked meanwhile count too."""
    with _note(data_dir, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Have this folder alone; nothing can start on it meanwhile. Raises BlockingIOError when something runs on it."""
    with _note(data_dir, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def _note(data_dir: Path, kind: int) -> Iterator[None]:
    handle = os.open(data_dir / _NOTE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)
