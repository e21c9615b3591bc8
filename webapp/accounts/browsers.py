"""A browser's family in words a person knows, and nothing finer: version and model would be a fingerprint."""

_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_family(user_agent: str) -> str:
    """Such as "Firefox · Android"; "Browser" where nothing is recognized."""
    family, system = (_first(signs, user_agent) for signs in (_FAMILIES, _SYSTEMS))
    return " · ".join(part for part in (family or "Browser", system) if part)


def _first(signs: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in signs if sign in user_agent), "")
