"""Heavy work of which one person or event may have one at a time, in this process."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock


class OneByOne:
    """Whose work is being done right now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._busy: set[Hashable] = set()

    @contextmanager
    def alone(self, whose: Hashable) -> Iterator[bool]:
        """Whether nothing else is done for them; then they are busy until the block ends."""
        with self._lock:
            free = whose not in self._busy
            self._busy.add(whose)
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._busy.discard(whose)
