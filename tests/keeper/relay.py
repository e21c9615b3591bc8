"""Mail relays of this machine: one takes everything and knows which process brought it, one never answers."""

import asyncio
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.hall import free_port


@dataclass
class Taken:
    """What a relay took: Message-IDs in order, and the processes that brought them."""

    keys: list[str] = field(default_factory=list)
    brought_by: set[int] = field(default_factory=set)
    seconds: float = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take one message, slowly if so told."""
        await asyncio.sleep(self.seconds)
        assert isinstance(envelope.content, bytes)
        assert session.peer
        self.keys.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        if found := owner_of_port(int(session.peer[1])):
            self.brought_by.add(found)
        return "250 OK"


@contextmanager
def relay(seconds: float = 0.0) -> Iterator[tuple[str, Taken]]:
    """A relay on loopback: its address for MIXWELL_SMTP_URL, and what it takes."""
    taken = Taken(seconds=seconds)
    controller = Controller(taken, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}", taken
    finally:
        controller.stop()


@contextmanager
def silent_relay() -> Iterator[tuple[str, socket.socket]]:
    """A relay that accepts connections and says nothing; its address and its listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", listener


def owner_of_port(port: int) -> int | None:
    """The process whose connection begins at this local port (Linux), or None."""
    table = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    found = re.search(rf"^ *\d+: [0-9A-F]{{8}}:{port:04X} (?:\S+ +){{7}}(\d+)", table, re.MULTILINE)
    return next((pid for pid in _processes() if _holds(pid, f"socket:[{found[1]}]")), None) if found else None


def _processes() -> Iterator[int]:
    return (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())


def _holds(pid: int, link: str) -> bool:
    with suppress(OSError):
        return any(os.readlink(handle) == link for handle in Path(f"/proc/{pid}/fd").iterdir())  # noqa: PTH115  # not a path
    return False
