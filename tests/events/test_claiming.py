"""Saying *that is me*: by signing in, by an invitation, by a slip."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast, Row, keep
from webapp.accounts.models import Card
from webapp.badges.documents import private_code_of
from webapp.badges.issuing import issue, typed_code_of
from webapp.badges.slips import TRIES, Claimed, NotClaimed, claim_by_slip
from webapp.circles.models import CircleRole
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest
from webapp.events.inviting import invite, invite_again, link_of, reach
from webapp.events.models import Attendee, Invitation
from webapp.web.current import current_keyring

BASE = "https://mix.example.org"


def invited(cast: Cast, name: str = "Ana Silva", email: str = "ana@example.org") -> tuple[Attendee, str]:
    guest = cast.guest(name, email=email, headline="Bakes", company="Ovens")
    with writing() as session:
        invite(session, cast.mixer, keyring=current_keyring(), by=cast.actor(cast.dora.id), at=now())
        session.commit()
    invitation = db.session.scalars(select(Invitation).where(Invitation.attendee_id == guest.id)).one()
    return guest, link_of(current_keyring(), invitation.id)


def as_stored(model: type[Row], key: UUID) -> Row:
    """The row as the database has it now, whatever this session read before."""
    db.session.rollback()
    return db.session.get_one(model, key, populate_existing=True)


def test_opening_an_invitation_claims_nothing_and_one_tap_claims_it(cast: Cast, app: Flask) -> None:
    guest, link = invited(cast)
    browser = cast.browser()
    for _ in range(20):
        assert "I’m Ana Silva" in browser.get(f"/invitation/{link}").text
        browser.head(f"/invitation/{link}")
    assert browser.post(f"/invitation/{link}").status_code == 303
    assert browser.get("/scan").status_code == 200
    claimed, card = as_stored(Attendee, guest.id), as_stored(Card, guest.person_id)
    assert claimed.claimed_at is not None
    assert (card.headline, card.company, card.email) == ("Bakes", "Ovens", "ana@example.org")
    assert card.reach_chosen_at is None


def test_an_invitation_works_once(cast: Cast) -> None:
    _guest, link = invited(cast)
    cast.browser().post(f"/invitation/{link}")
    second = cast.browser()
    second.post(f"/invitation/{link}")
    assert second.get("/me/sessions").status_code == 303
    assert "used" in second.get(f"/invitation/{link}").text


def test_whoever_is_signed_in_claims_the_place_for_themselves(cast: Cast) -> None:
    guest, link = invited(cast)
    ann = cast.ann.person_id
    cast.browser(ann).post(f"/invitation/{link}", data={"who": "me"})
    assert as_stored(Attendee, guest.id).person_id == ann


def test_nobody_is_written_to_more_than_twice(cast: Cast) -> None:
    invited(cast)
    with writing() as session:
        by, keyring = cast.actor(cast.dora.id), current_keyring()
        sent = [invite(session, cast.mixer, keyring=keyring, by=by, at=now())]
        sent += [invite_again(session, cast.mixer, keyring=keyring, by=by, at=now()) for _ in range(3)]
        session.commit()
    assert sent == [0, 1, 0, 0]


def test_the_organizer_sees_who_is_unreached(cast: Cast) -> None:
    invited(cast)
    no_mail = cast.guest("Bo")
    bounced = cast.guest("Gone Away", email="gone@example.org")
    row = Invitation(id=bounced.id, event_id=cast.mixer.id, attendee_id=bounced.id, round=1, asked_at=now())
    row.link_digest, row.failed_at = digest("x"), now()
    keep(row)
    seen = reach(db.session(), cast.mixer)
    assert [g.name for g in seen.without_address if g.id == no_mail.id] == ["Bo"]
    assert [g.name for g in seen.failed] == ["Gone Away"]
    assert [g.name for g in seen.unanswered] == ["Ana Silva"]


def test_an_invitation_mail_goes_out_once_and_holds_the_link(cast: Cast, app: Flask, drain: Any) -> None:
    _guest, link = invited(cast)
    drain()
    drain()
    [mail] = list((app.extensions["mixwell.tools"].data_dir / "mail").glob("*.eml"))
    assert f"{BASE}/invitation/{link}" in mail.read_text().replace("=\n", "")


def test_badge_and_slip_together_claim_a_place_and_neither_alone(cast: Cast) -> None:
    keyring = current_keyring()
    guest, other = cast.guest("Bo"), cast.guest("Bo Two")
    with writing() as session:
        [badge] = issue(session, [guest], keyring=keyring, base_url=BASE, at=now())
        typed, private = typed_code_of(badge, keyring), private_code_of(guest, keyring)
        wrong = claim_by_slip(session, typed, private_code_of(other, keyring), keyring=keyring, by=NOBODY, at=now())
        right = claim_by_slip(
            session, f"{typed[:4]}-{typed[4:]}".lower(), private, keyring=keyring, by=NOBODY, at=now()
        )
        session.commit()
    assert (wrong, type(right)) == (NotClaimed(), Claimed)


def test_after_five_wrong_private_codes_only_the_desk_helps(cast: Cast) -> None:
    keyring, guest = current_keyring(), cast.guest("Bo")
    with writing() as session:
        [badge] = issue(session, [guest], keyring=keyring, base_url=BASE, at=now())
        typed = typed_code_of(badge, keyring)
        for _ in range(TRIES):
            claim_by_slip(session, typed, "22222222", keyring=keyring, by=NOBODY, at=now())
        private = private_code_of(guest, keyring)
        late = claim_by_slip(session, typed, private, keyring=keyring, by=NOBODY, at=now())
        session.commit()
    assert late == NotClaimed()


def test_a_slip_claims_the_place_of_someone_known_but_does_not_open_their_account(app: Flask, cast: Cast) -> None:
    ben = cast.person("Ben O’Hara", "ben@example.org")
    guest = cast.guest("Ben O’Hara", email="ben@example.org")
    with writing() as session:
        session.get_one(Attendee, guest.id).person_id = ben.id
        [badge] = issue(session, [guest], keyring=current_keyring(), base_url=BASE, at=now())
        session.commit()
    codes = {"badge_code": typed_code_of(badge, current_keyring())}
    browser = cast.browser()
    answer = browser.post("/claim", data={**codes, "private_code": private_code_of(guest, current_keyring())})
    assert answer.status_code == 303
    assert as_stored(Attendee, guest.id).claimed_at
    assert browser.get("/me/sessions").status_code == 303


def test_an_invitation_to_another_address_does_not_open_a_claimed_account(cast: Cast) -> None:
    guest, link = invited(cast, email="mallory@example.org")
    ben = cast.person("Ben O’Hara", "ben@example.org")
    with writing() as session:
        session.get_one(Attendee, guest.id).person_id = ben.id
        session.commit()
    browser = cast.browser()
    assert browser.post(f"/invitation/{link}").status_code == 303
    assert browser.get("/me/sessions").status_code == 303


def test_a_slip_never_opens_the_account_of_an_organizer(cast: Cast) -> None:
    keyring, guest = current_keyring(), cast.guest("Dora Two")
    keep(CircleRole(id=new_id(), circle_id=cast.circle.id, person_id=guest.person_id, given_at=now()))
    with writing() as session:
        [badge] = issue(session, [guest], keyring=keyring, base_url=BASE, at=now())
        codes = typed_code_of(badge, keyring), private_code_of(guest, keyring)
        assert claim_by_slip(session, *codes, keyring=keyring, by=NOBODY, at=now()) == NotClaimed()
