"""What follows what, across features: the only upward wiring. One outbox row per handler and recipient, safe to repeat."""

from webapp.core.outbox import Reactions

REACTIONS: Reactions = {}
