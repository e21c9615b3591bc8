"""The link of a morning mail does what that mail offered, for a week, and nothing else."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tests.architecture.test_poison import infections
from tests.followups.mornings import link_in, mails, next_morning, words
from tests.people.pages import counted_statements, fill_card
from tests.poison import POISON
from tests.swaps.evening import EveningOut
from webapp.accounts.models import SignInSession
from webapp.accounts.sessions import open_session
from webapp.contacts.models import Meeting, Promise
from webapp.contacts.promising import promise
from webapp.contacts.queries import OpenedPromise, memory_of, promises_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.followups.links import LIFE
from webapp.followups.morning import MetThere, Step
from webapp.mydata.leaving import erase
from webapp.settings import Settings
from webapp.swaps.blocking import block
from webapp.swaps.models import CardRequest


def sealed(evening: EveningOut) -> Sealed:
    return Sealed(evening.keyring, "notes")


def meeting_of(me: Attendee, other: Attendee) -> Meeting:
    db.session.rollback()
    first, second = sorted([me.person_id, other.person_id])
    return db.session.scalars(select(Meeting).where(Meeting.first_id == first, Meeting.second_id == second)).one()


def say(evening: EveningOut, me: Attendee, other: Attendee, line: str) -> UUID:
    """I promise them something."""
    meeting = meeting_of(me, other)
    with writing() as session:
        by = evening.cast.actor(me.person_id)
        said = promise(session, new_id(), meeting, line, by=by, keyring=evening.keyring, at=now())
        session.commit()
    assert said.promise_id
    return said.promise_id


def mail_to(evening: EveningOut, settings: Settings, who: str) -> EmailMessage:
    return mails(evening, next_morning(evening), settings)[f"{who}@example.org"]


def later() -> time_machine.travel:
    """When a mail of this very second has arrived."""
    return time_machine.travel(now() + timedelta(minutes=5), tick=False)


def request_of(asker: Attendee) -> UUID:
    db.session.rollback()
    return db.session.scalars(select(CardRequest.id).where(CardRequest.asker_id == asker.person_id)).one()


def test_the_subject_counts_people_and_promises_in_words(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    for name in ("Cleo Third", "Dan Fourth", "Elif Fifth", "Finn Sixth"):
        evening.meet(ann, evening.come(name))
    say(evening, ann, ben, "send the recipe")
    say(evening, ann, ben, "ask about the boat")
    mail = mail_to(evening, settings, "ann")
    assert mail["Subject"] == "Five people, and two promises"
    said = words(mail)
    order = ["Ben Adeyemi", "You promised: send the recipe", "Did it:", "Cleo Third", "Write one line:", "Finn Sixth"]
    places = [said.index(part) for part in order]
    assert places == sorted(places)
    assert said.index("That’s all. Enjoy your day.") > places[-1]
    assert "recipe" not in mail["Subject"]


def test_each_has_one_next_step(evening: EveningOut, settings: Settings) -> None:
    """Their question before my promise, that before a word of mine, that before a way to them."""
    done, still = (OpenedPromise(new_id(), new_id(), "x", now(), done_at) for done_at in (now(), None))
    plain = MetThere(new_id(), new_id(), "Ben", "", "swapped", "a word", [], None, {})
    steps: list[tuple[dict[str, Any], Step]] = [
        ({"request_id": new_id(), "promises": [still], "note": ""}, "give"),
        ({"promises": [done, still], "note": ""}, "settle"),
        ({"promises": [done], "note": "", "ways": {"phone": "1"}}, "write"),
        ({"ways": {"phone": "1"}}, "reach"),
        ({}, "rest"),
    ]
    assert [replace(plain, **changes).step for changes, _ in steps] == [step for _, step in steps]
    assert "Give mine:" in words(mail_to(evening, settings, "ben"))
    assert "Did it" not in words(mail_to(evening, settings, "ben"))


def test_give_mine_from_the_mail_gives_once_and_opens_no_session(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    link, stranger = link_in(mail_to(evening, settings, "ben")), evening.cast.browser()
    sessions = db.session.scalar(select(func.count()).select_from(SignInSession))
    form = {"act": "give", "about": str(request_of(ann)), "operation_id": str(new_id())}
    for _ in range(2):
        assert stranger.post(link, data=form).status_code == 303
    assert evening.grant(ben, ann)
    assert "You have each other’s card." in stranger.get(link).text
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == sessions
    assert "/sign-in" in stranger.get("/people").location
    assert "Set-Cookie" not in stranger.get(link).headers


def test_a_line_from_the_mail_is_added_to_my_own_words(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    meeting_id, anns, bens = meeting_of(ann, ben).id, ann.person_id, ben.person_id
    link, stranger = link_in(mail_to(evening, settings, "ben")), evening.cast.browser()
    for line in ("Bakes rye", "Bakes rye", "  ", "Two\nlines"):
        stranger.post(link, data={"act": "write", "about": str(meeting_id), "line": line})
    db.session.rollback()
    assert memory_of(db.session(), meeting_id, bens, sealed(evening)).note == "Bakes rye\nTwo lines"
    assert memory_of(db.session(), meeting_id, anns, sealed(evening)).note == "Rye bread"


def test_did_it_and_not_yet_from_the_mail(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    promise_id = say(evening, ann, ben, "send the recipe")
    link, stranger = link_in(mail_to(evening, settings, "ann")), evening.cast.browser()
    with later():
        for act, button, done in (("did", "Not yet", True), ("not yet", "Did it", False)):
            stranger.post(link, data={"act": act, "about": str(promise_id)})
            assert button in stranger.get(link).text
            db.session.rollback()
            [mine] = promises_of(db.session(), ann.person_id, sealed(evening))
            assert (mine.done_at is not None) is done


def test_looking_changes_nothing(evening: EveningOut, settings: Settings) -> None:
    link, stranger = link_in(mail_to(evening, settings, "ben")), evening.cast.browser()
    with counted_statements() as statements:
        assert all(stranger.get(link).status_code == 200 for _ in range(3))
    assert not any(re.match(r"\s*(INSERT|UPDATE|DELETE)", statement) for statement in statements)
    answer = stranger.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_shows_no_card_the_mail_did_not_show(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    link = link_in(mail_to(evening, settings, "ann"))
    with later():
        fill_card(ben.person_id, headline="Sails to Norway")
        evening.answer(ben, ann)
        evening.meet(ann, evening.come("Zoe Tooolate"))
        assert evening.grant(ben, ann)
        page = evening.cast.browser().get(link).text
    assert "Sails to Norway" not in page
    assert "Has your card." in page
    assert "Zoe" not in page


def test_the_link_can_do_nothing_to_what_is_not_in_the_mail(evening: EveningOut, settings: Settings) -> None:
    """S-16: other people's questions, notes and promises, and mine of other evenings, are not within reach."""
    ann, ben = evening.cast.ann, evening.cast.ben
    anns = say(evening, ann, ben, "send the recipe")
    link, stranger = link_in(mail_to(evening, settings, "ben")), evening.cast.browser()
    cleo = evening.come("Cleo Third")
    with later():
        evening.meet(cleo, ben)
        evening.meet(cleo, ann)
        of_cleo = [
            request.id for request in db.session.scalars(select(CardRequest)) if request.asker_id == cleo.person_id
        ]
        db.session.rollback()
        tries = [{"act": "give", "about": str(request)} for request in of_cleo]
        tries += [{"act": "write", "about": str(meeting_of(cleo, ann).id), "line": "x"}]
        tries += [{"act": "write", "about": str(meeting_of(cleo, ben).id), "line": "x"}]
        tries += [{"act": "did", "about": str(anns)}, {"act": "did", "about": "nothing"}, {"act": "leave"}, {}]
        answers = [stranger.post(link, data=form) for form in tries]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.text for answer in answers} == {stranger.get(link + "0").text}
    assert evening.grant(ben, cleo) is None
    assert [row.done_at for row in db.session.scalars(select(Promise))] == [None]


def test_an_old_a_changed_and_an_erased_link_are_the_same_page(evening: EveningOut, settings: Settings) -> None:
    ben, stranger = evening.cast.ben, evening.cast.browser()
    link = link_in(mail_to(evening, settings, "ben"))
    _, _, event, address, sent, proof = link.split("/")
    changed = [
        f"/morning/{event}/{address}/{int(sent) + 1}/{proof}",
        f"/morning/{event}/{new_id()}/{sent}/{proof}",
        f"/morning/{new_id()}/{address}/{sent}/{proof}",
        f"/morning/{event}/{address}/{sent}/{proof[:-1]}é",
        f"/morning/{event}/{address}/{sent}/{proof.lower()}",
        f"/morning/{event}/{address}/{10**30}/{proof}",
    ]
    answers = [stranger.get(path) for path in changed]
    with time_machine.travel(now() + LIFE + timedelta(minutes=1), tick=False):
        answers += [stranger.get(link), stranger.post(link, data={"act": "give"})]
    with time_machine.travel(now() + LIFE - timedelta(minutes=5), tick=False):
        assert stranger.get(link).status_code == 200
    with writing() as session:
        erase(session, ben.person_id, at=now())
        session.commit()
    answers.append(stranger.get(link))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "This link is over" in answers[0].text


def test_no_proof_opens_what_another_is_for(evening: EveningOut, settings: Settings) -> None:
    """V9: the proofs of both links of one mail, and a sign-in secret, are offered to every place but their own."""
    mail = mail_to(evening, settings, "ben")
    link, stranger = link_in(mail), evening.cast.browser()
    _, _, event, address, sent, proof = link.split("/")
    stop = str(mail["List-Unsubscribe"]).rpartition("/")[2].rstrip(">")
    with writing() as session:
        secret = open_session(
            session, session.get_one(type(evening.cast.dora), evening.cast.ben.person_id), browser="x", at=now()
        )
        session.commit()
    for foreign in (stop, secret, proof[::-1]):
        assert stranger.get(f"/morning/{event}/{address}/{sent}/{foreign}").status_code == 404
    for foreign in (proof, secret):
        assert stranger.get(f"/no-more-mail/{address}/{foreign}").status_code == 404
        assert stranger.post(f"/no-more-mail/{address}/{foreign}").status_code == 404
        assert stranger.get(f"/invitation/{foreign}").text == stranger.get("/invitation/nothing").text
    for name in ("session", "door", "scan"):
        stranger.set_cookie(f"__Host-mixwell-{name}", proof, domain="mix.example.org", secure=True)
    assert stranger.get("/people").status_code in {302, 303}


def test_whom_i_blocked_since_is_not_on_the_page(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    link = link_in(mail_to(evening, settings, "ben"))
    with writing() as session:
        block(session, new_id(), ann.person_id, by=evening.cast.actor(ben.person_id), at=now())
        session.commit()
    page = evening.cast.browser().get(link).text
    assert "Ann Achebe" not in page
    form = {"act": "give", "about": str(request_of(ann))}
    assert evening.cast.browser().post(link, data=form).status_code == 404


def test_s_33_a_foreign_page_cannot_press_these_buttons(evening: EveningOut, settings: Settings) -> None:
    """S-33: unlike the button of the mail program, an act here comes from our own page."""
    link = link_in(mail_to(evening, settings, "ben"))
    form = {"act": "give", "about": str(request_of(evening.cast.ann))}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert evening.cast.browser().post(link, data=form, headers=headers).status_code == 403
    assert evening.grant(evening.cast.ben, evening.cast.ann) is None


def test_a_way_to_reach_somebody_stands_in_the_mail_and_not_behind_its_link(
    evening: EveningOut, settings: Settings
) -> None:
    """A link that is passed on hands nobody's number on: the page shows what was written, not how to be reached."""
    ann, ben = evening.cast.ann, evening.cast.ben
    fill_card(ben.person_id, email="ben.work@example.org", reach_email=True, reach_chosen_at=now())
    evening.answer(ben, ann)
    mail = mail_to(evening, settings, "ann")
    assert "ben.work@example.org" in words(mail)
    assert "ben.work@example.org" not in evening.cast.browser().get(link_in(mail)).text


def test_the_link_is_limited_like_everything_that_acts(evening: EveningOut, settings: Settings) -> None:
    link, stranger = link_in(mail_to(evening, settings, "ben")), evening.cast.browser()
    with time_machine.travel(now(), tick=False):
        answers = [stranger.get(link).status_code for _ in range(61)]
        assert stranger.get(link + "0").status_code == 404, "what is no link counts nothing and tells nothing"
    assert answers == [200] * 60 + [429]


def test_s_05_poison_stays_text_in_both_mails(evening: EveningOut) -> None:
    """S-05: a name, a headline, a note, a promise and a way to be reached that would like to be markup."""
    event = db.session.get_one(Event, evening.cast.mixer.id, options=[joinedload(Event.circle)])
    met = [
        MetThere(new_id(), new_id(), bad, bad, "holds", bad, promises, None, {"phone": bad, "link": bad})
        for bad in POISON
        for promises in ([OpenedPromise(new_id(), new_id(), bad, now(), None)], [])
    ]
    links = dict.fromkeys(("page", "everybody", "stop"), "https://mix.example.org/x")
    render = evening.app.extensions["mixwell.tools"].render
    for template in ("mail/morning.html", "mail/cards.html"):
        mail = render(template, event=event, people=met, more=0, name=POISON[0], **links)
        assert "7*7" in mail
        own_web_pages = "<a> leads to ['https://"
        assert [what for what in infections(mail) if not what.startswith(own_web_pages)] == []
