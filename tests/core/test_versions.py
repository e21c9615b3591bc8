"""A phone that asks "anything new?" is answered by one number."""

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from webapp.accounts.models import Person
from webapp.core.database import db, writing
from webapp.core.versions import Version, bump, person_subject, version_of


def test_a_subject_begins_at_nothing_and_counts_each_change_once(app: Flask) -> None:
    with writing() as session:
        assert version_of(session, "person:1") == 0
        bump(session, "person:1", "person:2", "person:1")
        bump(session, "person:1")
        session.commit()
        assert (version_of(session, "person:1"), version_of(session, "person:2")) == (2, 1)


def test_a_change_that_was_not_kept_is_not_counted(app: Flask) -> None:
    with writing() as session:
        bump(session, "person:1")
        session.rollback()
        assert version_of(session, "person:1") == 0


def test_a_query_finds_the_subject_of_a_person_by_their_id(cast: Cast) -> None:
    with writing() as session:
        bump(session, f"person:{cast.ben.person_id}")
        session.commit()
    found = select(Person.id).join(Version, Version.subject == person_subject(Person.id))
    assert list(db.session.scalars(found)) == [cast.ben.person_id]
