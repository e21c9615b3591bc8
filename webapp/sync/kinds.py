"""Everything that may be told later."""

from webapp.sync.door_kinds import DOOR_KINDS
from webapp.sync.kind import Kind
from webapp.sync.room_kinds import ROOM_KINDS

KINDS: dict[str, Kind] = {**DOOR_KINDS, **ROOM_KINDS}
"""Kind of operation, as phones name it → how it is read and done."""
