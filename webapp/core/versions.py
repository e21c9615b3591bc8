"""One counter per subject (a person, a door).

A phone that asks "anything new?" is answered 304 before any other query.
"""

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base, insert_once


class Version(Base):
    """How often something changed that this subject's screens show."""

    __tablename__ = "versions"

    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


def version_of(session: Session, subject: str) -> int:
    """The subject's counter; 0 before its first change."""
    return session.scalar(select(Version.number).where(Version.subject == subject)) or 0


def bump(session: Session, *subjects: str) -> None:
    """Count a change for each subject, in the transaction of the change itself. Sorted, so that two never deadlock."""
    table = Version.__table__
    for subject in sorted(set(subjects)):
        fresh = insert_once(session, table).values(subject=subject, number=1)
        session.execute(fresh.on_conflict_do_update(index_elements=["subject"], set_={"number": table.c.number + 1}))
