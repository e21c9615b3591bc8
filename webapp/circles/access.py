"""Who may knock at the desk: a person who is signed in. Whether they organize this circle, the look-up says."""

from webapp.web.access import ask_to_sign_in, marker

organizer = marker("organizer", ask_to_sign_in)
"""Someone signed in; the look-up behind it answers 404 unless the circle is theirs."""
