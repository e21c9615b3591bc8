"""The cookie that says who is signed in. It holds the session's secret and nothing else."""

from webapp.accounts.sessions import LONGEST
from webapp.web.cookies import Response, drop_cookie, keep_cookie


def set_session_cookie(response: Response, secret: str) -> None:
    """Let this browser be the one that the secret's session belongs to."""
    keep_cookie(response, "session", secret, LONGEST)


def drop_session_cookie(response: Response) -> None:
    """Let this browser be nobody's again."""
    drop_cookie(response, "session")
