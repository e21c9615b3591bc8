"""huey as the outbox's runner. The truth is in our database: a lost wake-up costs a minute, never a mail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer


class _QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that may run inside a web process, where signals belong to the server."""

    def _set_signal_handlers(self) -> None:
        return


class Runner:
    """Runs outbox rows, woken after each commit and swept each minute.

    The queue is a file beside the database (its own, so that it never waits for our write lock), or Redis when
    processes run on several machines.
    """

    def __init__(self, queue_file: Path, redis_url: str | None) -> None:
        self.huey = _queue(queue_file, redis_url)
        self._consumer: Consumer | None = None

    def attach(self, run: Callable[[UUID], Any], sweep: Callable[[], Any]) -> Callable[[UUID], None]:
        """Tell the runner what a row and a minute mean; returns how to wake it for one row."""

        @self.huey.task(name="run_row")  # type: ignore[untyped-decorator]  # huey has no types
        def run_row(row_id: str) -> None:
            run(UUID(row_id))

        @self.huey.periodic_task(crontab(minute="*"), name="sweep_rows")  # type: ignore[untyped-decorator]  # likewise
        def sweep_rows() -> None:
            sweep()

        return lambda row_id: run_row(str(row_id)) and None

    def let_go(self) -> None:
        """Close the queue's connection, as before a fork; the next use opens another."""
        self.huey.storage.close()

    def start(self, workers: int = 2) -> None:
        """Start worker threads in this process."""
        options = {"workers": workers, "worker_type": "thread", "initial_delay": 0.05, "max_delay": 1.0}
        self._consumer = _QuietConsumer(self.huey, **options)
        self._consumer.start()

    def stop(self, patience: float = 2) -> None:
        """Start nothing new, and give running work so many seconds to finish; what is cut off is swept up later."""
        if self._consumer:
            self._consumer.shutdown_timeout = patience
            self._consumer.stop(graceful=True)

    def run_for_ever(self, patience: float) -> None:
        """Be a worker process until a signal ends it; then running work has so many seconds to finish."""
        ending = {"graceful_signal": "TERM", "shutdown_timeout": patience}
        Consumer(self.huey, workers=2, worker_type="thread", initial_delay=0.05, max_delay=1.0, **ending).run()


def _queue(queue_file: Path, redis_url: str | None) -> Huey:
    if redis_url:
        return RedisHuey("mixwell", url=redis_url)
    queue_file.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("mixwell", filename=str(queue_file))
