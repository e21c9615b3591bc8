"""Door devices: a volunteer's phone, paired by a one-use code, revocable at once."""

from sqlalchemy import select

from webapp.core.actor import DeviceRef
from webapp.core.database import db
from webapp.core.tokens import digest
from webapp.events.models import DoorDevice


def find_device_ref(key: str) -> DeviceRef | None:
    """The paired phone that holds this key; None when it was revoked."""
    row = db.session.execute(
        select(DoorDevice.id, DoorDevice.name, DoorDevice.event_id).where(
            DoorDevice.key_digest == digest(key), DoorDevice.revoked_at.is_(None)
        )
    ).first()
    return DeviceRef(row.id, row.name, row.event_id) if row else None
