"""Circles, always seen through whoever asks."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.circles.models import Circle, CircleRole
from webapp.core.actor import Actor, NotHere


def organized_by(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a circle role is this actor's and alive."""
    person_id = actor.person.id if actor.person else None
    return (CircleRole.person_id == person_id) & CircleRole.ended_at.is_(None)


def circles_of(session: Session, actor: Actor) -> Sequence[Circle]:
    """The circles this person organizes, by name."""
    mine = select(Circle).join(CircleRole, CircleRole.circle_id == Circle.id).where(organized_by(actor))
    return session.scalars(mine.order_by(Circle.name)).all()


def get_circle_organized_by(session: Session, actor: Actor, circle_id: UUID) -> Circle:
    """This circle, if the actor organizes it. Raises NotHere otherwise."""
    mine = select(Circle).join(CircleRole, CircleRole.circle_id == Circle.id).where(Circle.id == circle_id)
    circle = session.scalar(mine.where(organized_by(actor)))
    if circle is None:
        raise NotHere
    return circle


def named(session: Session, circle_ids: Collection[UUID]) -> Sequence[Circle]:
    """These circles, by name."""
    return session.scalars(select(Circle).where(Circle.id.in_(circle_ids)).order_by(Circle.name, Circle.id)).all()


def organizes_something(session: Session, person_id: UUID) -> bool:
    """Whether this person organizes any circle: their account opens by a mailed code alone."""
    roles = select(CircleRole.id).where(CircleRole.person_id == person_id, CircleRole.ended_at.is_(None))
    return session.scalar(roles.limit(1)) is not None


def organizers_of(session: Session, circle: Circle) -> Sequence[Person]:
    """Who organizes this circle, in the order they came."""
    roles = select(Person).join(CircleRole, CircleRole.person_id == Person.id)
    live = roles.where(CircleRole.circle_id == circle.id, CircleRole.ended_at.is_(None))
    return session.scalars(live.order_by(CircleRole.given_at)).all()
