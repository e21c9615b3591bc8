"""The mail that carries a note, written by the outbox's runner."""

import base64
from typing import Any
from uuid import UUID

from webapp.accounts.people import confirmed_address
from webapp.contacts.models import Meeting
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.core.tokens import Sealed
from webapp.relay.stopping import stop_link
from webapp.swaps.granting import live_grant
from webapp.swaps.queries import granted_card, names_for
from webapp.web.words import _


def mail_note(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Pass the words on, once. Nothing goes out if its reader has closed this way, or left, meanwhile."""
    letter = _letter(row_id, payload, tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _letter(row_id: UUID, payload: dict[str, Any], tools: Tools) -> Letter | None:
    session, reader, writer = db.session(), UUID(payload["reader_id"]), UUID(payload["writer_id"])
    card, grant = granted_card(session, reader, writer), live_grant(session, reader, writer)
    address = confirmed_address(session, reader)
    if card is None or grant is None or not card.takes_notes or address is None:
        return None
    operation = UUID(payload["operation"])
    sealed = Sealed(tools.keyring, "notes through")
    words = sealed.open(base64.b64decode(payload["words"]), owner=operation)
    meeting = session.get_one(Meeting, grant.meeting_id)
    name = names_for(session, reader, [meeting])[meeting.id]
    theirs = granted_card(session, writer, reader)
    answer_to = theirs.fields.get("email", "") if theirs else ""
    stop = tools.base_url + stop_link(tools.keyring, grant.id)
    said = {"name": name, "words": words, "answer_to": answer_to, "stop": stop}
    said["page"] = f"{tools.base_url}/people/{writer}"
    return Letter(
        key=row_id,
        to=address,
        # A name in a subject stands on a lock screen: it says no more than that there is something to read.
        subject=_("A note from someone you met"),
        text=tools.render("mail/note.txt", **said),
        html=tools.render("mail/note.html", **said),
        headers=_headers(answer_to, stop),
    )


def _headers(answer_to: str, stop: str) -> dict[str, str]:
    # RFC 8058: the mail program's own button, which posts without asking anything.
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers | {"Reply-To": answer_to} if answer_to else headers
