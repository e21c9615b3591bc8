"""Sign-in sessions: opened by a proof, listed, ended. The cookie holds a secret, the row its digest."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person, SignInSession
from webapp.core.actor import PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest, random_secret

IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)


def open_session(session: Session, person: Person, *, browser: str, at: datetime, stepped_up: bool = False) -> str:
    """A new signed-in browser of this person; returns the secret for its cookie, which nobody else ever sees."""
    secret = random_secret()
    row = SignInSession(id=new_id(), person_id=person.id, secret_digest=digest(secret), browser=browser)
    row.created_at = row.seen_at = at
    row.stepped_up_at = at if stepped_up else None
    session.add(row)
    session.flush()
    return secret


def find_person_ref(secret: str) -> PersonRef | None:
    """Who is signed in with this cookie now; None when it was ended or went stale."""
    at = now()
    alive = (
        SignInSession.ended_at.is_(None) & (SignInSession.seen_at > at - IDLE) & (SignInSession.created_at > at - LONGEST)
    )
    row = db.session.execute(
        select(SignInSession.id, SignInSession.stepped_up_at, SignInSession.person_id, Person.name)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.secret_digest == digest(secret), alive)
    ).first()
    return PersonRef(row.person_id, row.name, row.id, row.stepped_up_at) if row else None
