"""webapp/personal.toml is the record of what is kept and why: the models and it must agree, and it must be honest."""

import importlib
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import func, select

import webapp.app  # all models register with it
from tests.architecture.conftest import house_settings
from tests.architecture.house import open_house
from webapp.core.clock import now
from webapp.core.database import Base, db
from webapp.mydata.jobs import MINUTE
from webapp.reactions import CHORES

RECORD: dict[str, Any] = tomllib.loads((Path(webapp.app.__file__).parent / "personal.toml").read_text())
ABOUT_THE_TABLE = {"purpose", "seen_by", "retention"}
WHOSE = "mine"
RENAMED = {("one_time_codes", "purpose"): "purpose_column"}
"""A column whose name the record already uses for the table's own purpose."""


def columns_in_words() -> dict[tuple[str, str], str]:
    """Table and column → "class: why"."""
    return {
        (table, column): words
        for table, entry in RECORD["tables"].items()
        for column, words in entry.items()
        if column not in ABOUT_THE_TABLE | {WHOSE}
    }


def test_every_column_is_in_the_record_and_nothing_else_is() -> None:
    kept = {(t.name, RENAMED.get((t.name, c.name), c.name)) for t in Base.metadata.tables.values() for c in t.columns}
    assert kept - set(columns_in_words()) == set()
    assert set(columns_in_words()) - kept == set()


def test_every_column_has_a_class_and_a_purpose() -> None:
    odd = [place for place, words in columns_in_words().items() if not _class_and_purpose(words)]
    assert odd == []


def _class_and_purpose(words: str) -> bool:
    kind, _, purpose = words.partition(": ")
    return kind in {"personal", "technical"} and len(purpose) > 2


def test_every_table_says_what_it_is_for_who_sees_it_and_for_how_long() -> None:
    for table, entry in RECORD["tables"].items():
        assert set(entry) >= ABOUT_THE_TABLE, table
        assert entry["retention"] in RECORD["retention"], table
    others = {words.partition(" @")[2] for words in columns_in_words().values() if " @" in words}
    assert others <= set(RECORD["retention"])


def test_every_retention_is_kept_by_something_that_exists_or_says_that_nothing_does_yet() -> None:
    for name, rule in RECORD["retention"].items():
        assert rule["days"] >= 0, name
        how, _, what = rule["removed_by"].partition(": ")
        match how:
            case "act":
                assert callable(_found(what)), what
            case "key":
                assert _is_cascade(what), what
            case _:
                assert how == "rule", name
                assert rule["note"], f"{name}: say what happens until the purge exists"


def _found(path: str) -> Any:
    """What a dotted path names: a function, or a method of a class."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part)
        return thing
    raise LookupError(path)


def _is_cascade(words: str) -> bool:
    key, _, rule = words.partition(" ON DELETE ")
    pointing = [k for t in Base.metadata.tables.values() for k in t.foreign_keys if k.target_fullname == key]
    return any(k.ondelete == rule for k in pointing)


def test_what_hangs_on_a_person_goes_with_the_person() -> None:
    """Rows `with-account` and `meeting` must be reached by the cascade they name."""
    for table, entry in RECORD["tables"].items():
        if entry["retention"] not in {"with-account", "meeting"}:
            continue
        keys = Base.metadata.tables[table].foreign_keys
        assert any(key.target_fullname == "persons.id" and key.ondelete == "CASCADE" for key in keys), table


OUTLIVES = {"account", "with-account", "meeting", "introduction", "circle", "screens", "until-asked"}
"""Retentions that end with a person, a pair, a circle or a wish, and not by the calendar."""


def test_after_four_hundred_days_every_table_with_a_date_is_empty(tmp_path: Path) -> None:
    """trust.md 5.8: one of everything in the house, every chore there is; a new table is looked at by itself."""
    app = webapp.create_app(house_settings(tmp_path))
    app.config["TESTING"] = True
    dated = [name for name, entry in RECORD["tables"].items() if entry["retention"] not in OUTLIVES]
    at = (now() + timedelta(days=400)).replace(minute=MINUTE)
    with open_house(app):
        assert [name for name in dated if not _count(name)] == [], "the house has one of each"
        with time_machine.travel(at, tick=False):
            for chore in CHORES:
                db.session.remove()
                chore(app.extensions["mixwell.tools"], at)
        db.session.remove()
        assert {name: left for name in dated if (left := _count(name))} == {}


def _count(name: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0
