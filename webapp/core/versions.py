"""One counter per subject (a person, a door).

A phone that asks "anything new?" is answered 304 before any other query.
"""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base, FixedInsert


class Version(Base):
    """How often something changed that this subject's screens show."""

    __tablename__ = "versions"

    subject: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


_versions = Version.__table__
_COUNT = FixedInsert(
    _versions,
    lambda fresh: fresh.on_conflict_do_update(index_elements=["subject"], set_={"number": _versions.c.number + 1}),
)
_NUMBER = select(_versions.c.number).where(_versions.c.subject == bindparam("subject"))


def version_of(session: Session, subject: str) -> int:
    """The subject's counter; 0 before its first change."""
    return session.connection().scalar(_NUMBER, {"subject": subject}) or 0


def bump(session: Session, *subjects: str) -> None:
    """Count a change for each subject, in the transaction of the change itself. Sorted, so that two never deadlock."""
    session.execute(_COUNT(session), [{"subject": subject, "number": 1} for subject in sorted(set(subjects))])
