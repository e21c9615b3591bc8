"""Founding a circle, changing how it looks, and saying who organizes it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.circles.models import Circle, CircleRole
from webapp.core.identifiers import new_id
from webapp.core.pictures import read_picture

KEPT_SIDE = 600
"""Side within which a logo is kept: enough for 50 mm in print at 300 dots an inch."""


@dataclass(frozen=True)
class LastOrganizer:
    """The circle would be left with nobody; the role was not ended."""


@dataclass(frozen=True)
class RoleEnded:
    """This person no longer organizes the circle."""

    person_id: UUID


def found_circle(session: Session, name: str, *, hue: int, zone: str, organizer_id: UUID, at: datetime) -> Circle:
    """A new circle with its first organizer."""
    circle = Circle(id=new_id(), name=name, hue=hue, zone=zone, created_at=at)
    session.add(circle)
    session.flush()
    add_organizer(session, circle, organizer_id, by=None, at=at)
    return circle


def add_organizer(session: Session, circle: Circle, person_id: UUID, *, by: UUID | None, at: datetime) -> CircleRole:
    """Let this person organize the circle. Safe to repeat."""
    live = select(CircleRole).where(CircleRole.circle_id == circle.id, CircleRole.ended_at.is_(None))
    role = session.scalar(live.where(CircleRole.person_id == person_id))
    if role is None:
        role = CircleRole(id=new_id(), circle_id=circle.id, person_id=person_id, given_at=at, given_by=by)
        session.add(role)
        session.flush()
    return role


def end_role(session: Session, circle: Circle, person_id: UUID, *, at: datetime) -> RoleEnded | LastOrganizer:
    """Take the role back. Refused for the last organizer: a circle always has somebody. Locks the circle's roles."""
    live = select(CircleRole).where(CircleRole.circle_id == circle.id, CircleRole.ended_at.is_(None)).with_for_update()
    roles = session.scalars(live).all()
    if {role.person_id for role in roles} == {person_id}:
        return LastOrganizer()
    for role in roles:
        if role.person_id == person_id:
            role.ended_at = at
    return RoleEnded(person_id)


def clean_logo(picture: bytes) -> bytes:
    """The picture decoded and encoded again as PNG: no metadata, no second meaning. Raises NotAPicture."""
    clean = read_picture(picture)
    clean.thumbnail((KEPT_SIDE, KEPT_SIDE))
    kept = BytesIO()
    clean.save(kept, "PNG", optimize=True)
    return kept.getvalue()
