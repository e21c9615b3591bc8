"""One counter per subject (a person, a door).

A phone that asks "anything new?" is answered 304 before any other query.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, cast, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from webapp.core.database import Base, FixedInsert


class Version(Base):
    """How often something changed that this subject's screens show.

    `subject` has no dashes: SQLite keeps ids without, PostgreSQL with, and a query goes from an id to its subject.
    """

    __tablename__ = "versions"

    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


_versions = Version.__table__
_COUNT = FixedInsert(
    _versions,
    lambda fresh: fresh.on_conflict_do_update(index_elements=["subject"], set_={"number": _versions.c.number + 1}),
)
_NUMBER = select(_versions.c.number).where(_versions.c.subject == bindparam("subject"))


def person_subject(person_id: ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[str]:
    """The subject of the person in this column, as both databases say it."""
    return "person:" + func.replace(cast(person_id, String), "-", "")


def version_of(session: Session, subject: str) -> int:
    """The subject's counter; 0 before its first change."""
    return session.connection().scalar(_NUMBER, {"subject": _kept(subject)}) or 0


def bump(session: Session, *subjects: str) -> None:
    """Count a change for each subject, in the transaction of the change itself. Sorted, so that two never deadlock."""
    kept = sorted({_kept(subject) for subject in subjects})
    session.execute(_COUNT(session), [{"subject": subject, "number": 1} for subject in kept])


def forget(session: Session, subject: str) -> None:
    """There is no such subject any more."""
    session.execute(delete(Version).where(Version.subject == _kept(subject)))


def _kept(subject: str) -> str:
    return subject.replace("-", "")
