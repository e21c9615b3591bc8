"""Events of a circle and who is expected: guests (*attendees*), their import, invitations, and the phones at the door.

An *attendee* is one person’s place at one event; it may exist before anyone has claimed it. Names are kept as
typed; what sorts and searches is derived. An import run is one transaction and can be undone whole. A *door device*
is a named, revocable phone, good for one event.
"""
