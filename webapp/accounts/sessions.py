"""Sign-in sessions: opened by a proof, listed, ended. The cookie holds a secret, the row its digest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Person, PushSubscription, SignInSession
from webapp.core.actor import PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest, random_secret
from webapp.core.versions import Version, person_subject

IDLE = timedelta(days=14)
"""A browser that was not used for so long has to sign in again (trust.md V7)."""
LONGEST = timedelta(days=90)
MOST = 10
"""Sessions a person may have; one more ends the oldest."""
FRESH = timedelta(minutes=10)
"""How long a typed code opens dangerous acts."""
SEEN_EVERY = timedelta(hours=1)
"""`seen_at` is no finer than this, so that reading costs no write."""


def alive(at: datetime) -> ColumnElement[bool]:
    """Sessions that are neither ended nor stale."""
    return SignInSession.ended_at.is_(None) & _in_use(at)


def alive_then(at: datetime) -> ColumnElement[bool]:
    """Sessions that were neither ended nor stale at a moment that may be past: nobody is let in by this."""
    return (SignInSession.ended_at.is_(None) | (SignInSession.ended_at > at)) & _in_use(at)


def _in_use(at: datetime) -> ColumnElement[bool]:
    return (SignInSession.seen_at > at - IDLE) & (SignInSession.created_at > at - LONGEST)


def open_session(session: Session, person: Person, *, browser: str, at: datetime, stepped_up: bool = False) -> str:
    """A new signed-in browser of this person; returns the secret for its cookie, which nobody else ever sees."""
    secret = random_secret()
    row = SignInSession(id=new_id(), person_id=person.id, secret_digest=digest(secret), browser=browser)
    row.created_at = row.seen_at = at
    row.stepped_up_at = at if stepped_up else None
    person.signed_in_at, person.asked_to_stay_at = at, None
    session.add(row)
    session.flush()
    _end_surplus(session, person.id, at)
    return secret


def _end_surplus(session: Session, person_id: UUID, at: datetime) -> None:
    surplus = [row.id for row in sessions_of(session, person_id, at)[MOST:]]
    if surplus:
        _end(session, SignInSession.id.in_(surplus), at)


# Every request of a person asks this, waiting phones by the thousand: on plain tables, built once.
_sessions, _persons = cast("Table", SignInSession.__table__), cast("Table", Person.__table__)
_versions = cast("Table", Version.__table__)
_IS_ITS_COOKIE = (
    (_sessions.c.secret_digest == bindparam("secret"))
    & _sessions.c.ended_at.is_(None)
    & (_sessions.c.seen_at > bindparam("idle_since"))
    & (_sessions.c.created_at > bindparam("begun_since"))
)
_BY_SECRET = (
    select(_persons.c.id, _persons.c.name, _sessions.c.id, _sessions.c.stepped_up_at, _sessions.c.seen_at)
    .join(_sessions, _persons.c.id == _sessions.c.person_id)
    .where(_IS_ITS_COOKIE)
)
_VERSION_BY_SECRET = (
    select(func.coalesce(_versions.c.number, 0))
    .select_from(_sessions)
    .outerjoin(_versions, _versions.c.subject == person_subject(_sessions.c.person_id))
    .where(_IS_ITS_COOKIE)
)


def find_person_ref(secret: str) -> PersonRef | None:
    """Who is signed in with this cookie now; None when it was ended or went stale."""
    row = db.session.connection().execute(_BY_SECRET, _asked(secret)).first()
    return PersonRef(*row) if row else None


def find_version(secret: str) -> int | None:
    """The version of what is shown to who is signed in with this cookie; None as in `find_person_ref`.

    One query where two would do: it is all that a waiting phone asks.
    """
    number: int | None = db.session.connection().scalar(_VERSION_BY_SECRET, _asked(secret))
    return number


def _asked(secret: str) -> dict[str, object]:
    at = now()
    return {"secret": digest(secret), "idle_since": at - IDLE, "begun_since": at - LONGEST}


def sessions_of(session: Session, person_id: UUID, at: datetime) -> Sequence[SignInSession]:
    """Where this person is signed in, newest first."""
    newest = (SignInSession.created_at.desc(), SignInSession.id.desc())
    return session.scalars(
        select(SignInSession).where(SignInSession.person_id == person_id, alive(at)).order_by(*newest)
    ).all()


def end_session(session: Session, person_id: UUID, session_id: UUID, at: datetime) -> None:
    """Sign this browser of this person out, at once. Repeating changes nothing; other people's are left alone."""
    _end(session, (SignInSession.id == session_id) & (SignInSession.person_id == person_id), at)


def end_other_sessions(session: Session, person_id: UUID, keep: UUID, at: datetime) -> None:
    """Sign this person out everywhere but here."""
    _end(session, (SignInSession.person_id == person_id) & (SignInSession.id != keep), at)


def end_all_sessions(session: Session, person_id: UUID, at: datetime) -> None:
    """Sign this person out everywhere."""
    _end(session, SignInSession.person_id == person_id, at)


def _end(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    ended = update(SignInSession).where(which, SignInSession.ended_at.is_(None)).values(ended_at=at)
    ids = session.scalars(ended.returning(SignInSession.id)).all()
    # Whoever takes this browser up next is told nothing that was meant for them.
    if ids:
        session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(ids)))


def step_up(session: Session, session_id: UUID, at: datetime) -> str:
    """This browser's person typed a fresh code: dangerous acts are open for a while. Returns the cookie's new secret.

    The old secret is worthless from here on, so that one stolen before does not rise with it.
    """
    secret = random_secret()
    fresh = {"secret_digest": digest(secret), "stepped_up_at": at, "seen_at": at}
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(fresh))
    return secret


def is_fresh(person: PersonRef, at: datetime) -> bool:
    """Whether this person typed a code recently enough for dangerous acts."""
    return person.stepped_up_at is not None and at - person.stepped_up_at <= FRESH


def due_to_be_seen(person: PersonRef, at: datetime) -> bool:
    """Whether `seen_at` of this browser is older than it should be."""
    return person.seen_at is not None and at - person.seen_at >= SEEN_EVERY


def mark_seen(session: Session, session_id: UUID, at: datetime) -> None:
    """This browser was used now."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=at))
