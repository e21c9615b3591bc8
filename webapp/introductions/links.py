"""The link in a mailed question: it shows that one question, takes its answer, and opens nothing else. No session."""

import hmac
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.actor import NotHere
from webapp.core.tokens import Keyring, crockford
from webapp.introductions.models import IntroductionAsk

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""


def ask_link(keyring: Keyring, ask: IntroductionAsk) -> str:
    """The path of the page behind the mail: whoever has the mail has the link, as long as the question stands."""
    return f"/introductions/asks/{ask.id}/{_proof(keyring, ask)}"


def get_ask(session: Session, keyring: Keyring, ask_id: UUID, proof: str) -> IntroductionAsk:
    """The question this link is about. Raises NotHere for a link we did not make."""
    ask = session.get(IntroductionAsk, ask_id)
    if ask is None or not hmac.compare_digest(proof.encode(), _proof(keyring, ask).encode()):
        raise NotHere
    return ask


def _proof(keyring: Keyring, ask: IntroductionAsk) -> str:
    return crockford(keyring.mac("introduction ask", ask.id, ask.person_id), LENGTH)
