"""The network of a venue, between the phones and the server: it can be made bad in all the usual ways."""

import asyncio
import random
import re
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

Weather = Literal["fine", "dead", "slow", "lossy", "half open", "portal", "elsewhere", "cut short"]
SLOW_SECONDS = 2.0
LOSS = 0.3
ELSEWHERE = "http://127.0.0.1:9/login"
"""Where some networks send every question."""
PORTAL = (
    b"<!doctype html><title>Hotel</title><h1>Welcome to our network</h1><form action=/login><button>OK</button></form>"
)


@dataclass
class Wire:
    """One request a connection, each under the weather of its moment. Counts what went to the server and back."""

    server: int
    port: int
    dice: random.Random
    weather: Weather = "fine"
    asked: int = 0
    lost: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a phone."""
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._carry(await _read_request(reader), writer)
        self.tasks.discard(task)
        writer.close()

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        match self.weather:
            case "dead":
                writer.transport.abort()
            case "half open":
                await asyncio.sleep(3600)
            case "portal":
                await _send(writer, b"200 OK", b"Content-Type: text/html", PORTAL)
            case "elsewhere":
                await _send(writer, b"302 Found", b"Location: " + ELSEWHERE.encode(), b"")
            case _:
                await self._pass_on(request, writer)

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        is_lost = self.weather == "lossy" and self.dice.random() < LOSS
        if is_lost and self.dice.random() < 0.5:
            self.lost += 1
            return writer.transport.abort()
        answer = await self._ask(request)
        if self.weather == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if is_lost:
            self.lost += 1
            return writer.transport.abort()
        writer.write(_half(answer) if self.weather == "cut short" else answer)
        await writer.drain()
        return None

    async def _ask(self, request: bytes) -> bytes:
        self.asked += 1
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server)
        writer.write(request)
        await writer.drain()
        answer = await reader.read(-1)
        writer.close()
        return answer


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """A whole request, asked to be the only one of its connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


def _half(answer: bytes) -> bytes:
    """The same answer with half its body, which says that it is whole."""
    head, _, body = answer.partition(b"\r\n\r\n")
    body = body[: len(body) // 2]
    head = re.sub(rb"(?i)\r\ncontent-length: *\d+", b"\r\nContent-Length: %d" % len(body), head)
    return head + b"\r\n\r\n" + body


async def _send(writer: asyncio.StreamWriter, status: bytes, header: bytes, body: bytes) -> None:
    head = b"HTTP/1.1 %b\r\n%b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, header, len(body))
    writer.write(head + body)
    await writer.drain()


@contextmanager
def a_wire(server: int, port: int, seed: int) -> Iterator[Wire]:
    """The network on `port` in front of the server's, until the block ends. Prints its seed."""
    sys.stdout.write(f"weather seed {seed}\n")
    wire, loop = Wire(server, port, random.Random(seed)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result(20)

    listener = run(asyncio.start_server(wire.carry, "127.0.0.1", port))
    try:
        yield wire
    finally:
        run(_close(listener, wire))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(listener: asyncio.Server, wire: Wire) -> None:
    listener.close()
    for task in list(wire.tasks):
        task.cancel()
    await asyncio.gather(*wire.tasks, return_exceptions=True)
