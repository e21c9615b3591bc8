"""A list before it is brought in: read in a child process, staged beside its file, forgotten after a week."""

from collections.abc import Mapping as Lookup
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.core import child
from webapp.core.actor import Actor
from webapp.core.database import db, writing
from webapp.core.outbox import Tools
from webapp.core.text import clean_line
from webapp.events.columns import Mapping, guess_mapping, mapping_from_choices
from webapp.events.models import Event, ImportRun
from webapp.events.refusals import NotATable, Refusal
from webapp.events.rehearsal import Choice, mend
from webapp.events.tables import MAX_CELL, Table, table_from_json

KEPT_FOR = timedelta(days=7)
"""How long a list that nobody brought in is kept, and the file of any list that was not."""


def file_of(run_id: UUID, data_dir: Path) -> Path:
    """Where the uploaded file lies until its list is in: needed again only if the encoding was wrong."""
    return data_dir / "imports" / str(run_id)


def read_list(path: Path, file_name: str, encoding: str | None) -> Table | Refusal:
    """The list in this file, read by a child process; what kills the child is no list."""
    out = path.with_name(f"{path.name}.read")
    order = {"path": str(path), "file_name": file_name, "encoding": encoding}
    try:
        result = child.run("webapp.events.tables:read_table_job", order, out)
        return table_from_json(out.read_bytes()) if result == child.Done() else NotATable(PurePath(file_name).suffix)
    finally:
        out.unlink(missing_ok=True)


def stage(
    session: Session, event: Event, table: Table, *, run_id: UUID, file_name: str, by: Actor, at: datetime
) -> ImportRun:
    """Keep a list that was read, with its columns guessed, until it is brought in or put away."""
    run = ImportRun(id=run_id, event_id=event.id, file_name=clean_line(PurePath(file_name).name, 120), staged_at=at)
    run.staged_by = by.person.id if by.person else None
    run.table, run.choices, run.counts = table.to_json(), {}, {}
    set_mapping(run, guess_mapping(table))
    session.add(run)
    session.flush()
    return run


def table_of(run: ImportRun) -> Table:
    """The staged list, as mended so far. Raises ValueError when the run is over."""
    if run.table is None:
        raise ValueError("this list is not staged any more")
    return Table.from_json(run.table)


def mapping_of(run: ImportRun) -> Mapping:
    """What each column means, as guessed or corrected."""
    return mapping_from_choices(run.columns["fields"])


def set_mapping(run: ImportRun, mapping: Mapping) -> None:
    """Correct what the columns mean."""
    run.columns = {"fields": mapping.to_json()}


def choices_of(run: ImportRun) -> dict[int, Choice]:
    """The organizer's answers to doubtful rows so far, by row number."""
    return {int(number): Choice(answer) for number, answer in run.choices.items()}


def read_again(run: ImportRun, table: Table) -> None:
    """The same file in another encoding: what was mended in the first reading is gone, the columns stay if they fit."""
    chosen = mapping_of(run)
    run.table, run.choices = table.to_json(), {}
    set_mapping(run, chosen if len(chosen.columns) == len(table.header) else guess_mapping(table))


def answer(run: ImportRun, corrections: Lookup[int, Lookup[str, str]], choices: Lookup[int, Choice]) -> int:
    """Keep what the organizer retyped ({row number: {field: text}}) and decided; how many rows were mended."""
    table, mapping = table_of(run), mapping_of(run)
    mended = {row.number for row in table.rows} & corrections.keys()
    if mended:
        run.table = mend(table, mapping, {number: _capped(corrections[number]) for number in mended}).to_json()
    run.choices = {**run.choices, **{str(number): choice.value for number, choice in choices.items()}}
    return len(mended)


def _capped(texts: Lookup[str, str]) -> dict[str, str]:
    return {field: text[: MAX_CELL + 1] for field, text in texts.items()}


def put_away(session: Session, run: ImportRun) -> None:
    """Forget a list that was not brought in; the caller removes its file."""
    if run.committed_at is None:
        session.delete(run)
        session.flush()


def remove_expired(tools: Tools, at: datetime) -> None:
    """Forget lists nobody brought in for a week, and files left behind. Safe to repeat, and for several at once."""
    oldest = at - KEPT_FOR
    for file in (tools.data_dir / "imports").glob("*"):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) < oldest:
            file.unlink(missing_ok=True)
    forgotten = (ImportRun.staged_at < oldest) & ImportRun.committed_at.is_(None)
    waiting = db.session.scalar(select(ImportRun.id).where(forgotten).limit(1))
    db.session.rollback()
    if waiting:
        with writing() as session:
            session.execute(delete(ImportRun).where(forgotten))
            session.commit()
