"""What two claims of one human have twice, made one: table by table, before the rest simply changes its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.accounts.cards import CARD_FIELDS, NOTES, PHOTO, WAYS
from webapp.accounts.models import Address, Card, OneTimeCode, Photo, SignInSession
from webapp.accounts.moving import drop_unfinished
from webapp.chains.models import Link, Need, Outcome, Statement, Step, Story, StoryLine
from webapp.circles.models import CircleRole
from webapp.contacts.models import (
    AddressBook,
    Block,
    LooseNote,
    Meeting,
    Memory,
    OutsideContact,
    Promise,
    Reminder,
    Rest,
    Role,
    SamePerson,
    Tag,
    Takeaway,
    Touch,
    Wish,
)
from webapp.core.database import Base
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee
from webapp.followups.models import Keeping, Pace, Question, QuietHours
from webapp.intentions.models import Help, Intention, Measures
from webapp.introductions.models import CircleAsk, CircleAsked, IntroductionAsk, IntroductionChoice
from webapp.swaps.models import CardRequest, Grant, KindLine, PitchReport

Told = CircleAsk | CircleAsked | IntroductionAsk | Statement | Story | StoryLine
Noted = AddressBook | LooseNote | Memory | OutsideContact | Promise | Reminder | Role | Tag | Takeaway | Touch
Wanted = Help | Intention
OwnWords = Need | Noted | Outcome | Question | Step | Told | Wanted

SEALED: tuple[tuple[type[OwnWords], tuple[str, ...]], ...] = (
    (IntroductionAsk, ("sealed_words",)),
    (Help, ("sealed_words",)),
    (Intention, ("sealed_words", "sealed_season")),
    (AddressBook, ("sealed_book",)),
    (CircleAsk, ("sealed_words",)),
    (CircleAsked, ("sealed_words",)),
    (LooseNote, ("sealed_words",)),
    (Memory, ("sealed_note", "sealed_reason", "sealed_place")),
    (Need, ("sealed_words",)),
    (Outcome, ("sealed_words",)),
    (OutsideContact, ("sealed_entry",)),
    (Promise, ("sealed_words",)),
    (Reminder, ("sealed_words", "sealed_link")),
    (Role, ("sealed_word",)),
    (Statement, ("sealed_page",)),
    (Step, ("sealed_words",)),
    (Story, ("sealed_title",)),
    (Tag, ("sealed_word",)),
    (StoryLine, ("sealed_phrase",)),
    (Takeaway, ("sealed_idea", "sealed_tip")),
    (Touch, ("sealed_words",)),
    (Question, ("sealed_words",)),
)
"""Tables of texts that are sealed for one person (`person_id`) → the columns that hold them."""

Row = TypeVar("Row", bound=Base)

_CAREFUL = ("not_tonight", "take", "ask", "swap")
"""Choices for an evening, the most careful first."""


@dataclass(frozen=True)
class Two:
    """What is being joined: `goes` becomes `stays`."""

    session: Session
    stays: UUID
    goes: UUID
    sealed: Sealed
    at: datetime

    def now_called(self, person_id: UUID) -> UUID:
        return self.stays if person_id == self.goes else person_id


def forget_between(two: Two) -> None:
    """Nobody meets, asks or blocks themself."""
    both = (two.stays, two.goes)
    for table, one, other in (
        (Grant, Grant.giver_id, Grant.receiver_id),
        (CardRequest, CardRequest.asker_id, CardRequest.asked_id),
        (Block, Block.blocker_id, Block.blocked_id),
        (KindLine, KindLine.about_id, KindLine.writer_id),
        (PitchReport, PitchReport.reporter_id, PitchReport.reported_id),
        (Reminder, Reminder.person_id, Reminder.other_id),
        (Rest, Rest.person_id, Rest.other_id),
        (Role, Role.person_id, Role.other_id),
        (SamePerson, SamePerson.person_id, SamePerson.other_id),
        (Touch, Touch.person_id, Touch.other_id),
        (Keeping, Keeping.person_id, Keeping.other_id),
        (Question, Question.person_id, Question.other_id),
        (Meeting, Meeting.first_id, Meeting.second_id),
    ):
        two.session.execute(delete(table).where(one.in_(both), other.in_(both)))
    two.session.expire_all()


def join_meetings(two: Two) -> None:
    """Pairs are sorted anew; where both met the same person at the same event, that is one meeting."""
    theirs = or_(Meeting.first_id == two.goes, Meeting.second_id == two.goes)
    for meeting in two.session.scalars(select(Meeting).where(theirs)).all():
        first, second = sorted((two.stays, meeting.other_of(two.goes)))
        pair = (Meeting.first_id == first) & (Meeting.second_id == second)
        # "IS": one met outside every event has NULL there, and is joined with another such.
        twin = two.session.scalar(select(Meeting).where(pair, Meeting.event_id.is_not_distinct_from(meeting.event_id)))
        if twin:
            _join_meeting(two, meeting, twin)
        else:
            meeting.first_id, meeting.second_id = first, second
        two.session.flush()


def _join_meeting(two: Two, gone: Meeting, kept: Meeting) -> None:
    kept.met_at = min(kept.met_at, gone.met_at)
    for memory in two.session.scalars(select(Memory).where(Memory.meeting_id == gone.id)).all():
        owner = two.now_called(memory.person_id)
        twin = two.session.scalar(select(Memory).where(Memory.meeting_id == kept.id, Memory.person_id == owner))
        if twin:
            _join_memory(two, memory, twin)
        else:
            memory.meeting_id = kept.id
    two.session.flush()
    for table in (Grant, CardRequest, Promise):
        two.session.execute(update(table).where(table.meeting_id == gone.id).values(meeting_id=kept.id))
    two.session.delete(gone)


def _join_memory(two: Two, gone: Memory, kept: Memory) -> None:
    """Both notes stay, one under the other; what was said of having known each other first, was said first."""
    kept.sealed_note = _both(two, kept, gone, "sealed_note", "\n\n")
    kept.sealed_reason = _both(two, kept, gone, "sealed_reason", " / ")
    kept.sealed_place = _both(two, kept, gone, "sealed_place", " / ")
    if kept.knew_each_other is None:
        kept.knew_each_other = gone.knew_each_other
    kept.updated_at = max(kept.updated_at, gone.updated_at)
    two.session.delete(gone)
    two.session.flush()


def _both(two: Two, kept: Memory | Takeaway, gone: Memory | Takeaway, column: str, between: str) -> bytes | None:
    """The texts of both, one after the other, sealed for whoever keeps them."""
    texts = [opened(two, getattr(row, column), row.person_id) for row in (kept, gone)]
    whole = between.join(dict.fromkeys(filter(None, texts)))
    return two.sealed.seal(whole, owner=kept.person_id) if whole else None


def opened(two: Two, sealed: bytes | None, owner: UUID) -> str:
    """A text that was sealed for this owner; "" if there is none."""
    return two.sealed.open(sealed, owner=owner) if sealed else ""


def join_takeaways(two: Two) -> None:
    """What both took home from one event is one idea and one tip, in both words."""
    mine = select(Takeaway).where(Takeaway.person_id.in_((two.stays, two.goes)))
    for one, other in doubles(two.session.scalars(mine).all(), "event_id"):
        kept, gone = (one, other) if one.person_id == two.stays else (other, one)
        kept.sealed_idea = _both(two, kept, gone, "sealed_idea", " / ")
        kept.sealed_tip = _both(two, kept, gone, "sealed_tip", " / ")
        two.session.delete(gone)
    two.session.flush()


def reseal(two: Two) -> None:
    """A sealed text is bound to its owner: it is opened as theirs and sealed as theirs again."""
    for table, columns in SEALED:
        rows: Sequence[Any] = two.session.scalars(select(table).where(table.person_id == two.goes)).all()
        for row in rows:
            row.person_id = two.stays
            for column in columns:
                text = opened(two, getattr(row, column), two.goes)
                setattr(row, column, two.sealed.seal(text, owner=two.stays) if text else None)
    two.session.flush()


def join_links(two: Two) -> None:
    """What each drew is drawn by the one, and who was somebody else in a chain is the one there, too: each link once.

    What led from one of both to the other, or through oneself, led nowhere.
    """
    both = (two.stays, two.goes)
    from_us, to_us = Link.from_id.in_(both), Link.to_id.in_(both)
    two.session.execute(delete(Link).where(or_(from_us & to_us, Link.person_id.in_(both) & or_(from_us, to_us))))
    named = or_(Link.person_id.in_(both), Link.from_id == two.goes, Link.to_id == two.goes)
    authors = select(Link.person_id).where(named)
    ours_first = (Link.person_id != two.stays, Link.made_at, Link.id)
    links = two.session.scalars(select(Link).where(Link.person_id.in_(authors)).order_by(*ours_first)).all()
    first: dict[tuple[UUID, ...], Link] = {}
    for link in links:
        first.setdefault(tuple(map(two.now_called, (link.person_id, link.from_id, link.to_id))), link)
    kept = {link.id for link in first.values()}
    two.session.execute(delete(Link).where(Link.id.in_([link.id for link in links if link.id not in kept])))
    for (person_id, from_id, to_id), link in first.items():
        link.person_id, link.from_id, link.to_id = person_id, from_id, to_id
    two.session.flush()


def join_grants(two: Two) -> None:
    """Of two cards that hold in one direction the newer stays, with every field that either gave and no other."""
    live = Grant.undone_at.is_(None) & Grant.withdrawn_at.is_(None)
    for one, two_way in ((Grant.giver_id, Grant.receiver_id), (Grant.receiver_id, Grant.giver_id)):
        rows = two.session.scalars(select(Grant).where(live, one.in_((two.stays, two.goes))).order_by(Grant.at))
        for older, newer in doubles(rows.all(), two_way.key):
            given = {*older.fields, *newer.fields}
            newer.under_block = newer.under_block and older.under_block
            newer.fields = [field for field in (*CARD_FIELDS, PHOTO, NOTES) if field in given]
            two.session.delete(older)
    two.session.flush()


def join_requests(two: Two) -> None:
    """Of two questions that wait in one direction the newer stays."""
    waits = CardRequest.answered_at.is_(None) & CardRequest.undone_at.is_(None)
    for one, other in ((CardRequest.asker_id, CardRequest.asked_id), (CardRequest.asked_id, CardRequest.asker_id)):
        mine = select(CardRequest).where(waits, one.in_((two.stays, two.goes))).order_by(CardRequest.at)
        for older, _newer in doubles(two.session.scalars(mine).all(), other.key):
            two.session.delete(older)
    two.session.flush()


def join_blocks(two: Two) -> None:
    """Whoever one of them blocked, or was blocked by, is blocked from and by both."""
    for one, other in ((Block.blocker_id, Block.blocked_id), (Block.blocked_id, Block.blocker_id)):
        mine = select(Block).where(one.in_((two.stays, two.goes))).order_by(Block.at.desc())
        for newer, _older in doubles(two.session.scalars(mine).all(), other.key):
            two.session.delete(newer)
    two.session.flush()


def join_kind_lines(two: Two) -> None:
    """Of two lines by one writer about one person the approved one stays, else the later."""
    for one, other in ((KindLine.about_id, KindLine.writer_id), (KindLine.writer_id, KindLine.about_id)):
        mine = select(KindLine).where(one.in_((two.stays, two.goes)))
        rows = sorted(two.session.scalars(mine).all(), key=lambda row: (row.approved_at is not None, row.written_at))
        for lesser, _better in doubles(rows, other.key):
            two.session.delete(lesser)
    two.session.flush()


def join_keepings(two: Two) -> None:
    """Of two rhythms of one pair the one chosen last stays."""
    for one, other in ((Keeping.person_id, Keeping.other_id), (Keeping.other_id, Keeping.person_id)):
        mine = select(Keeping).where(one.in_((two.stays, two.goes)))
        never = datetime.min.replace(tzinfo=UTC)
        rows = sorted(two.session.scalars(mine).all(), key=lambda row: row.chosen_at or never)
        for lesser, _later in doubles(rows, other.key):
            two.session.delete(lesser)
    two.session.flush()


def join_organizing(two: Two) -> None:
    """Who organizes a circle twice does so once."""
    mine = select(CircleRole).where(CircleRole.person_id.in_((two.stays, two.goes)), CircleRole.ended_at.is_(None))
    for _older, newer in doubles(two.session.scalars(mine.order_by(CircleRole.given_at)).all(), "circle_id"):
        newer.ended_at = two.at
    two.session.flush()


def doubles(rows: Sequence[Row], key: str) -> Iterable[tuple[Row, Row]]:
    """Rows that agree in this column, one before the other in the order given."""
    first: dict[object, Row] = {}
    pairs = []
    for row in rows:
        before = first.get(getattr(row, key))
        if before is not None:
            pairs.append((before, row))
        first[getattr(row, key)] = row
    return pairs


def join_addresses(two: Two) -> None:
    """Every proven address opens the one door; of one that both only hoped for, one row is left."""
    both = Address.person_id.in_((two.stays, two.goes))
    rows = two.session.scalars(select(Address).where(both).order_by(Address.confirmed_at.desc().nulls_last())).all()
    by_key: dict[str, Address] = {}
    for row in rows:
        kept = by_key.setdefault(row.address_key, row)
        if kept is not row:
            kept.no_news_at = kept.no_news_at or row.no_news_at
            two.session.delete(row)
    for person_id in (two.stays, two.goes):
        drop_unfinished(two.session, person_id)
    two.session.execute(delete(OneTimeCode).where(OneTimeCode.person_id == two.goes))
    # A browser in which no code was typed for this person does nothing dangerous as them.
    theirs = update(SignInSession).where(SignInSession.person_id == two.goes)
    two.session.execute(theirs.values(stepped_up_at=None))
    two.session.flush()


def join_cards(two: Two) -> None:
    """The card of who stays holds, and their choice how to be reached; what is empty is filled from the other."""
    kept, gone = (two.session.get_one(Card, person_id) for person_id in (two.stays, two.goes))
    if kept.reach_chosen_at is None:
        for column in (*(f"reach_{way}" for way in WAYS), "reach_chosen_at"):
            setattr(kept, column, getattr(gone, column))
    for table in (Photo, QuietHours, Pace, Wish, Measures, IntroductionChoice):
        if two.session.get(table, two.stays) is None:
            two.session.execute(update(table).where(table.person_id == two.goes).values(person_id=two.stays))
    kept.photo_at = kept.photo_at or gone.photo_at
    kept.comfort = kept.comfort or gone.comfort
    for field in CARD_FIELDS[1:]:
        setattr(kept, field, getattr(kept, field) or getattr(gone, field))
    kept.first_scan_explained_at = kept.first_scan_explained_at or gone.first_scan_explained_at
    kept.version, kept.updated_at = max(kept.version, gone.version) + 1, two.at
    two.session.flush()


def join_hands(two: Two) -> None:
    """Who lends a hand at both of their places at an event lends one."""
    mine = select(Attendee).where(Attendee.person_id.in_((two.stays, two.goes)), Attendee.helps_as != "")
    rows = two.session.scalars(mine.where(Attendee.cancelled_at.is_(None)).order_by(Attendee.id.desc())).all()
    for one_more, _kept in doubles(rows, "event_id"):
        one_more.helps_as = ""
    two.session.flush()


def agree_on_tonight(two: Two) -> None:
    """Who has two places at one event wants there what the more careful of their two choices says."""
    mine = select(Attendee).where(Attendee.person_id.in_((two.stays, two.goes)))
    for one, other in doubles(two.session.scalars(mine).all(), "event_id"):
        one.shows_coming = other.shows_coming = one.shows_coming and other.shows_coming
        one.swap_mode = other.swap_mode = min(one.swap_mode, other.swap_mode, key=_CAREFUL.index)
        chosen = [place.gives for place in (one, other) if place.gives is not None]
        if chosen:
            one.gives = other.gives = [field for field in chosen[0] if all(field in gives for gives in chosen)]
    two.session.flush()
