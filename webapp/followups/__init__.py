"""What follows an evening: one quiet mail the next morning, in one's own words, and a way to stop it.

Whoever has the mail has its link, for a week, for what that mail showed and offered: no session arises, so nothing
else is behind it. A guest without an account is told who gave them a card, at the address on the organizer's list.
"""
