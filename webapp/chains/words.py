"""What is said about outcomes, steps and links, and how a time between two days is told."""

from datetime import date

from webapp.web.words import _, _l, n_

OUTCOME_WORDS = {
    "job": _l("A job"),
    "client": _l("A client"),
    "referral": _l("A referral"),
    "mentor": _l("A mentor"),
    "friend": _l("A friend"),
    "supplier": _l("A supplier"),
    "idea": _l("An idea"),
    "help_given": _l("Help you gave"),
    "help_received": _l("Help you got"),
}
STATE_WORDS = {
    "closed": _l("It came"),
    "open": _l("Under way"),
    "too_early": _l("Too early to tell"),
}
SORT_WORDS = {
    "someone": _l("Outside Mixwell"),
    "act": _l("Something you did"),
    "introduction": _l("An introduction"),
    "wait": _l("A wait"),
}
TIE_WORDS = {
    "direct": _l("Directly"),
    "indirect": _l("Indirectly"),
    "feeling": _l("Just a feeling"),
    "unknown": _l("Unknown"),
}
TIE_LINES = {
    "direct": _l("One led to the other."),
    "indirect": _l("It helped on the way."),
    "feeling": _l("You can’t say why, but you think so."),
    "unknown": _l("You don’t know. It is drawn dotted and never counted."),
}


def months_between(first: date, last: date) -> int:
    """Whole months from one day to a later one; 0 if it is not later."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, months)


def span_words(first: date, last: date) -> str:
    """How long it took: days within a month, months within two years, then years and months."""
    months = months_between(first, last)
    if not months:
        days = max(0, (last - first).days)
        return str(n_("%(num)d day", "%(num)d days", days)) if days else _("the same day")
    if months < 24:
        return str(n_("%(num)d month", "%(num)d months", months))
    years, rest = divmod(months, 12)
    whole = str(n_("%(num)d year", "%(num)d years", years))
    return (
        _("%(years)s and %(months)s", years=whole, months=n_("%(num)d month", "%(num)d months", rest))
        if rest
        else whole
    )
