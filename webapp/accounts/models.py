"""Tables of people, cards, addresses, sessions and one-time codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.database import Base


class Person(Base):
    """A human, once. `claimed_at` is when they first proved it, `signed_in_at` when they last did.

    Of someone who left, a row without name, card or address stays as long as others remember having met them.
    """

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    asked_to_stay_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    card: Mapped["Card"] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan", back_populates="person")


class JoinedPerson(Base):
    """That what was `gone_id` is this person since both were proven to be one human.

    No foreign key: the row of `gone_id` is no more. Old links lead on by it, and leaving erases both in older backups.
    """

    __tablename__ = "joined_persons"

    gone_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]


class Address(Base):
    """An e-mail address of a person. Several may hope for it; once confirmed it has one owner."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index(
            "uq_addresses_confirmed",
            "address_key",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    no_news_at: Mapped[datetime | None]


class AddressChange(Base):
    """That an address gives way to another, once both mailboxes have said so; for three days the old one can undo it.

    `address_id` is the row that changes in place, whatever it is changed to later.
    """

    __tablename__ = "address_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[UUID] = mapped_column(ForeignKey("addresses.id", ondelete="CASCADE"), index=True)
    old_address: Mapped[str]
    old_key: Mapped[str] = mapped_column(index=True)
    new_address: Mapped[str]
    new_key: Mapped[str]
    asked_at: Mapped[datetime]
    old_proven_at: Mapped[datetime | None]
    new_proven_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]


class Card(Base):
    """What a person chooses to share. `reach_*` are the ways to be reached; None until they were asked, once.

    `comfort` is how far they like to go with people: "text", "voice", "video"; "" if they did not say (practices C17).
    """

    __tablename__ = "cards"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    ask_me_about: Mapped[str] = mapped_column(default="")
    ask_on_badge: Mapped[bool] = mapped_column(default=False)
    can_help_with: Mapped[str] = mapped_column(default="")
    looking_for: Mapped[str] = mapped_column(default="")
    not_about: Mapped[str] = mapped_column(default="")
    work: Mapped[str] = mapped_column(default="")
    work_link: Mapped[str] = mapped_column(default="")
    reach_email: Mapped[bool] = mapped_column(default=False)
    reach_phone: Mapped[bool] = mapped_column(default=False)
    reach_link: Mapped[bool] = mapped_column(default=False)
    reach_notes: Mapped[bool] = mapped_column(default=False, server_default=false())
    comfort: Mapped[str] = mapped_column(default="", server_default="")
    reach_chosen_at: Mapped[datetime | None]
    first_scan_explained_at: Mapped[datetime | None]
    photo_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", back_populates="card")

    @property
    def only_asks(self) -> bool:
        """Whether it says what its owner looks for and nothing that they can do for others (practices D8)."""
        return bool(self.looking_for) and not self.can_help_with


class Photo(Base):
    """The photo on a card, apart from it: cards are read by the hundred."""

    __tablename__ = "photos"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    jpeg: Mapped[bytes]


class SignInSession(Base):
    """One browser that is signed in. Only a digest of its cookie is kept."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    secret_digest: Mapped[bytes] = mapped_column(unique=True)
    browser: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PushSubscription(Base):
    """That one signed-in browser wants to be told something in the morning, and how its push service is reached.

    It hangs on the session: signing out, by whomever and wherever, ends it.
    """

    __tablename__ = "push_subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), unique=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[bytes]
    auth: Mapped[bytes]
    created_at: Mapped[datetime]


class OneTimeCode(Base):
    """A six-digit code and its twin link, both bound to the browser that asked. Only digests are kept."""

    __tablename__ = "one_time_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    code_mac: Mapped[bytes]
    link_digest: Mapped[bytes] = mapped_column(unique=True)
    browser_digest: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
