"""Tables of circles and who organizes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class Circle(Base):
    """A group that meets. It picks a hue; lightness and chroma are ours, so that contrast holds for every hue."""

    __tablename__ = "circles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    hue: Mapped[int]
    zone: Mapped[str]
    logo_png: Mapped[bytes | None] = mapped_column(deferred=True)
    created_at: Mapped[datetime]


class CircleRole(Base):
    """That a person organizes a circle, since when and by whose word."""

    __tablename__ = "circle_roles"
    __table_args__ = (
        Index(
            "uq_circle_roles_live",
            "circle_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    circle_id: Mapped[UUID] = mapped_column(ForeignKey("circles.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime]
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
