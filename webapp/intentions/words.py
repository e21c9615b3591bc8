"""What is said about seasons and moods."""

from webapp.web.words import _l

SEASON_WORDS = {
    "work": _l("Work nobody advertises"),
    "change": _l("Another kind of work"),
    "cv": _l("A fuller CV"),
    "inside": _l("How things really work"),
    "people": _l("Meeting people"),
    "fun": _l("Having fun"),
    "talk": _l("One good talk"),
    "": _l("Nothing in particular"),
}
SEASON_QUESTIONS = {
    "work": _l("Who spoke of work that stands nowhere yet?"),
    "change": _l("Who showed you another way to work?"),
    "cv": _l("What did you do that you can show?"),
    "inside": _l("What did you hear that is written nowhere?"),
    "people": _l("Whom would you like to see again?"),
    "fun": _l("Was it fun?"),
    "talk": _l("Did you have one good talk?"),
}
"""What the look back asks first."""
MET_WORDS = {
    "fun": _l("It was fun. That is what this season is about."),
    "talk": _l("You had one good talk. That is what this season is about."),
}
MOOD_WORDS = {
    "lifted": _l("Full of energy"),
    "even": _l("As before"),
    "tired": _l("Worn out"),
}
