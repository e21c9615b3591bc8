"""What somebody wants of their own networking, said to themself: read by nobody else, and never asked for.

An *intention* is what a season is about, in one's own words and as one of a few kinds; the week's look back shows it
and asks about it first. A season may be for itself (*having fun*): then nothing is counted. *Help given* is kept as
given: there is no room for anything expected. A *mood* after an evening, *enquiries* of a month, and the *load* of what
one has taken on against limits one sets are off until asked for.
"""
