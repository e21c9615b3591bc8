"""Tables of when somebody wants quiet, and which addresses we leave alone."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class QuietHours(Base):
    """From when until when one person is sent nothing, by the clock where the event was; `until` may be tomorrow."""

    __tablename__ = "quiet_hours"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    starts: Mapped[time]
    until: Mapped[time]


class LeftAlone(Base):
    """An address that no account holds and that wants no mail of ours: known by a keyed proof, never written down.

    It outlives every guest list, for the wish holds for later ones too.
    """

    __tablename__ = "left_alone"

    address_mac: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
