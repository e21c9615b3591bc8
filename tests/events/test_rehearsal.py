"""What an import would do: every row once, sure matches before doubts, and the same list twice changes nothing."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.events.files import make_mixer_200
from tests.steps import LINEAR, growth
from webapp.events.columns import Field, Mapping, guess_mapping
from webapp.events.rehearsal import (
    Choice,
    Kind,
    KnownGuest,
    Reason,
    Rehearsal,
    RowPlan,
    Why,
    mend,
    rehearse,
    settle,
)
from webapp.events.tables import Row, Table, read_table

MIXER = Path(__file__).parent / "files" / "mixer-200.csv"
F = Field
COLUMNS = (F.NAME, F.EMAIL, F.COMPANY, F.HEADLINE, F.EXTERNAL_REF, F.STATUS)


def table(*rows: Sequence[str], columns: tuple[Field | None, ...] = COLUMNS) -> tuple[Table, Mapping]:
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 2))
    return Table("utf-8", False, False, tuple(column or "" for column in columns), numbered), Mapping(columns)


def known(
    name: str, email: str = "", company: str = "", headline: str = "", ref: str = "", cancelled: bool = False
) -> KnownGuest:
    given, _, family = name.partition(" ")
    return KnownGuest(uuid4(), name, given, family, email, company, headline, ref, cancelled)


def only(rehearsal: Rehearsal) -> RowPlan:
    (plan,) = every_plan(rehearsal)
    return plan


def every_plan(rehearsal: Rehearsal) -> list[RowPlan]:
    return [*rehearsal.new, *rehearsal.changed, *rehearsal.same, *rehearsal.doubtful, *rehearsal.bad]


def one(row: Sequence[str], *guests: KnownGuest) -> RowPlan:
    return only(rehearse(*table(row), guests))


def imported(rehearsal: Rehearsal, choices: dict[int, Choice], guests: Sequence[KnownGuest]) -> list[KnownGuest]:
    """The guests after this import, as the import act leaves them."""
    settled = settle(rehearsal, choices)
    after = {guest.id: guest for guest in guests}
    for plan in settled.update:
        assert plan.match
        guest = replace(after[plan.match], cancelled=plan.values.cancelled)
        for field, (old, new) in plan.changes.items():
            assert getattr(guest, field) == old
            object.__setattr__(guest, field, new)
        after[plan.match] = guest
    for plan in settled.add:
        v = plan.values
        parts = (v.name, v.given_name, v.family_name, v.email, v.company, v.headline, v.external_ref)
        guest = KnownGuest(uuid4(), *parts, cancelled=v.cancelled)
        after[guest.id] = guest
    return list(after.values())


# Bad rows


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["", "ana@example.org"], Why(Reason.NO_NAME)),
        (["—", "ana@example.org"], Why(Reason.NO_NAME, text="—")),
        (["ana@example.org", "ana@example.org"], Why(Reason.NO_NAME, text="ana@example.org")),
        (["Ana", "ana.example.org"], Why(Reason.BAD_EMAIL, field=F.EMAIL, text="ana.example.org")),
        (["Ana", "ana@example"], Why(Reason.BAD_EMAIL, field=F.EMAIL, text="ana@example")),
        (
            ["Ana", "a@example.org, b@example.org"],
            Why(Reason.BAD_EMAIL, field=F.EMAIL, text="a@example.org, b@example.org"),
        ),
        (["A" * 201, ""], Why(Reason.CELL_TOO_LONG, field=F.NAME, text="A" * 60)),
        (["Ana", "", "x" * 5_000], Why(Reason.CELL_TOO_LONG, field=F.COMPANY, text="x" * 60)),
        (["Ana", "", "", "", "", "", "spill", "more"], Why(Reason.TOO_MANY_CELLS, text="spill")),
        (["Ana", "ana@example.org", "", "", "", "Refunded"], Why(Reason.CANCELLED_IN_LIST)),
        (["Ana", "ana@example.org", "", "", "", "storniert"], Why(Reason.CANCELLED_IN_LIST)),
        (["Ana", "ana@example.org", "", "", "", "Annulé"], Why(Reason.CANCELLED_IN_LIST)),
    ],
)
def test_a_bad_row_says_why(row: list[str], why: Why) -> None:
    plan = one(row)
    assert (plan.kind, plan.why) == (Kind.BAD, why)


def test_bad_rows_are_all_named_at_once_and_good_ones_go_on() -> None:
    rehearsal = rehearse(*table(["", ""], ["Ana", "nonsense"], ["Ben", "ben@example.org"]), [])
    assert [plan.row_number for plan in rehearsal.bad] == [2, 3]
    assert [plan.values.name for plan in rehearsal.new] == ["Ben"]


def test_the_same_row_twice_names_the_first_whatever_the_case_of_the_address() -> None:
    rehearsal = rehearse(
        *table(["Ana Silva", "ana@example.org", "Boats"], ["Ana Silva", "Ana@Example.org", "Boats"]), []
    )
    assert [plan.row_number for plan in rehearsal.new] == [2]
    assert [plan.why for plan in rehearsal.bad] == [Why(Reason.DUPLICATE_ROW, row=2)]


def test_a_good_row_is_no_duplicate_of_a_bad_one() -> None:
    rehearsal = rehearse(*table(["Ana", "ana@example.org", "", "", "", "", "spill"], ["Ana", "ana@example.org"]), [])
    assert [plan.row_number for plan in rehearsal.new] == [3]


# Values


def test_names_are_kept_exactly_as_typed() -> None:
    assert one([" DE LA cruz,  ana\u202e ", ""]).values.name == "DE LA cruz,  ana"


def test_two_columns_make_one_name() -> None:
    columns = (F.FAMILY_NAME, F.GIVEN_NAME)
    plans = rehearse(*table(["Silva", "Ana María"], ["山田", "太郎"], ["", "Cher"], columns=columns), []).new
    assert [plan.values.name for plan in plans] == ["Ana María Silva", "山田太郎", "Cher"]
    assert (plans[1].values.given_name, plans[1].values.family_name) == ("太郎", "山田")


def test_a_typed_given_name_is_stronger_than_the_guess() -> None:
    columns = (F.NAME, F.GIVEN_NAME)
    plans = rehearse(*table(["Ana María Silva", "Ana María"], ["Li Wei", "Wei"], columns=columns), []).new
    assert [(plan.values.given_name, plan.values.family_name) for plan in plans] == [
        ("Ana María", "Silva"),
        ("Wei", ""),
    ]


def test_a_dash_for_an_address_is_no_address() -> None:
    assert one(["Ana", "-"]).values.email == ""


def test_a_column_that_is_not_mapped_leaves_no_trace() -> None:
    sheet, mapping = table(["Ana", "555-0100", "vegan"], columns=(F.NAME, None, None))
    assert "555" not in repr(rehearse(sheet, mapping, []))
    assert "vegan" not in repr(rehearse(sheet, mapping, []))


# Whom we have


def test_a_guest_is_known_by_ticket_and_the_new_spelling_is_shown() -> None:
    guest = known("Ana Sliva", "ana@example.org", ref="T1")
    plan = one(["Ana Silva", "ana@example.org", "", "", "T1"], guest)
    assert (plan.kind, plan.match) == (Kind.CHANGED, guest.id)
    assert plan.changes == {"name": ("Ana Sliva", "Ana Silva"), "family_name": ("Sliva", "Silva")}


def test_a_ticket_with_another_name_and_address_has_perhaps_changed_hands() -> None:
    guest = known("Ana Silva", "ana@example.org", ref="T1")
    plan = one(["Ben Berg", "ben@example.org", "", "", "T1"], guest)
    assert plan.why == Why(Reason.TICKET_CHANGED_HANDS, text="Ana Silva")
    assert plan.choices == (Choice.UPDATE, Choice.NEW, Choice.SKIP)


def test_one_order_number_for_several_guests_does_not_mix_them_up() -> None:
    guests = [known("Ana", "ana@example.org", ref="R1"), known("Ben", "ben@example.org", ref="R1")]
    rows = (
        ["Ben", "ben@example.org", "", "", "R1"],
        ["Ana", "ana@example.org", "", "", "R1"],
        ["Cora", "", "", "", "R1"],
    )
    rehearsal = rehearse(*table(*rows), guests)
    assert [plan.match for plan in rehearsal.same] == [guests[1].id, guests[0].id]
    assert [plan.values.name for plan in rehearsal.new] == ["Cora"]


def test_a_guest_is_known_by_address_and_name_whatever_case_and_order() -> None:
    guest = known("Ana Silva", "ana@example.org", "Boats")
    plan = one(["ana SILVA", "ANA@example.org", "Boats & Sons"], guest)
    assert (plan.kind, plan.match) == (Kind.CHANGED, guest.id)
    assert set(plan.changes) == {"name", "given_name", "family_name", "company"}
    assert one(["Silva, Ana", "ana@example.org"], guest).match == guest.id


def test_another_case_of_an_address_is_no_change() -> None:
    assert one(["Ana Silva", "ANA@example.org"], known("Ana Silva", "ana@example.org")).kind is Kind.SAME


def test_an_empty_cell_never_erases() -> None:
    guest = known("Ana Silva", "ana@example.org", "Boats", "Sailor", "T1")
    assert one(["Ana Silva", "ana@example.org", "", "", ""], guest).kind is Kind.SAME


def test_one_address_with_another_name_is_asked_about() -> None:
    guest = known("Ana Silva", "ana@example.org")
    plan = one(["A. da Silva", "ana@example.org"], guest)
    assert (plan.kind, plan.match) == (Kind.DOUBTFUL, guest.id)
    assert plan.why == Why(Reason.SAME_EMAIL_OTHER_NAME, text="Ana Silva")
    assert plan.choices == (Choice.NEW, Choice.UPDATE, Choice.SKIP)
    assert plan.changes["name"] == ("Ana Silva", "A. da Silva")


def test_a_partner_on_one_address_is_a_second_guest_without_a_doubt() -> None:
    guest = known("Ana Silva", "ana@example.org")
    rehearsal = rehearse(*table(["Ben Berg", "ana@example.org"], ["Ana Silva", "ana@example.org"]), [guest])
    assert [plan.values.name for plan in rehearsal.new] == ["Ben Berg"]
    assert [plan.match for plan in rehearsal.same] == [guest.id]


def test_two_names_on_one_address_in_one_list_are_two_people_with_a_note() -> None:
    rehearsal = rehearse(*table(["Ana Silva", "home@example.org"], ["Ben Silva", "home@example.org"]), [])
    assert [plan.values.name for plan in rehearsal.new] == ["Ana Silva", "Ben Silva"]
    assert all(plan.notes == (Why(Reason.SHARED_EMAIL, text="home@example.org"),) for plan in rehearsal.new)


def test_two_addresses_of_one_name_in_one_list_are_two_people_with_a_note() -> None:
    rehearsal = rehearse(*table(["Ana Silva", "ana@example.org"], ["Ana Silva", "as@example.org"]), [])
    assert len(rehearsal.new) == 2
    assert all(plan.notes == (Why(Reason.NAMESAKE, text="Ana Silva"),) for plan in rehearsal.new)


def test_a_name_without_an_address_is_the_guest_we_have_if_nothing_speaks_against_it() -> None:
    guest = known("Ana Silva", "", "Boats")
    assert one(["Ana Silva", "", "Boats"], guest).kind is Kind.SAME
    assert one(["Ana Silva", "ana@example.org", "Boats"], guest).changes == {"email": ("", "ana@example.org")}
    assert one(["Ana Silva", ""], known("Ana Silva", "ana@example.org")).kind is Kind.SAME


@pytest.mark.parametrize(
    ("row", "guest", "reason"),
    [
        (["Ana Silva", "", "Acme"], known("Ana Silva", "", "Boats"), Reason.SAME_NAME_OTHER_DETAILS),
        (["Ana Silva", "", "", "", "T2"], known("Ana Silva", "", "", "", "T1"), Reason.SAME_NAME_OTHER_DETAILS),
        (["Ana Silva", "as@example.org"], known("Ana Silva", "ana@example.org"), Reason.SAME_NAME_OTHER_EMAIL),
    ],
)
def test_a_name_with_something_against_it_is_asked_about(row: list[str], guest: KnownGuest, reason: Reason) -> None:
    plan = one(row, guest)
    assert (plan.kind, plan.match) == (Kind.DOUBTFUL, guest.id)
    assert plan.why == Why(reason, text="Ana Silva")


def test_a_bare_name_that_two_guests_bear_is_asked_about() -> None:
    guests = known("Ana Silva", "a@example.org"), known("Ana Silva", "b@example.org")
    assert one(["Ana Silva", ""], *guests).kind is Kind.DOUBTFUL


def test_a_second_ticket_under_one_name_is_asked_about() -> None:
    rows = ["Ana Silva", "ana@example.org", "", "", "T1"], ["Ana Silva", "ana@example.org", "", "", "T2"]
    rehearsal = rehearse(*table(*rows), [])
    assert len(rehearsal.new) == 1
    assert [plan.why for plan in rehearsal.doubtful] == [Why(Reason.SAME_PERSON_TWICE, row=2, text="Ana Silva")]
    assert rehearsal.doubtful[0].choices == (Choice.NEW, Choice.SKIP)


def test_two_bare_names_alike_are_asked_about_not_dropped() -> None:
    rehearsal = rehearse(*table(["Anna Müller"], ["Anna Müller"]), [])
    assert (len(rehearsal.new), len(rehearsal.doubtful), len(rehearsal.bad)) == (1, 1, 0)


def test_guests_the_list_does_not_mention_are_named_and_stay() -> None:
    guests = known("Ana", "ana@example.org"), known("Ben", "ben@example.org")
    assert rehearse(*table(["Ana", "ana@example.org"]), guests).unmentioned == (guests[1].id,)


# Who cancelled


def test_a_known_guest_cancelled_in_the_list_is_asked_about() -> None:
    guest = known("Ana", "ana@example.org")
    rehearsal = rehearse(*table(["Ana", "ana@example.org", "", "", "", "Cancelled"]), [guest])
    plan = only(rehearsal)
    assert (plan.why, plan.choices) == (Why(Reason.CANCELLED_IN_LIST, text="Ana"), (Choice.UPDATE, Choice.SKIP))
    assert imported(rehearsal, {2: Choice.UPDATE}, [guest])[0].cancelled


def test_a_guest_cancelled_here_does_not_come_back_by_himself() -> None:
    guest = known("Ana", "ana@example.org", cancelled=True)
    rehearsal = rehearse(*table(["Ana", "ana@example.org"]), [guest])
    assert only(rehearsal).why == Why(Reason.CANCELLED_HERE, text="Ana")
    assert imported(rehearsal, {}, [guest]) == [guest]
    assert not imported(rehearsal, {2: Choice.UPDATE}, [guest])[0].cancelled


def test_cancelled_on_both_sides_is_the_same() -> None:
    assert one(["Ana", "", "", "", "", "cancelled"], known("Ana", cancelled=True)).kind is Kind.SAME


def test_who_cancelled_and_booked_again_is_coming() -> None:
    rows = ["Ana", "ana@example.org", "", "", "T1", "cancelled"], ["Ana", "ana@example.org", "", "", "T2", "valid"]
    first = rehearse(*table(*rows), [])
    assert [(plan.row_number, plan.kind) for plan in every_plan(first)] == [(3, Kind.NEW), (2, Kind.BAD)]
    again = rehearse(*table(*rows), imported(first, {}, []))
    assert [(plan.row_number, plan.kind) for plan in every_plan(again)] == [(3, Kind.SAME), (2, Kind.BAD)]


# Choices and mending


def test_a_doubtful_row_without_a_choice_or_with_one_not_offered_is_skipped() -> None:
    rehearsal = rehearse(*table(["Ana"], ["Ana"]), [])
    for choices in ({}, {3: Choice.SKIP}, {3: Choice.UPDATE}, {2: Choice.NEW}):
        settled = settle(rehearsal, choices)
        assert [plan.row_number for plan in settled.add] == [2]
        assert settled.update == ()
    assert [plan.row_number for plan in settle(rehearsal, {3: Choice.NEW}).add] == [2, 3]


def test_a_mended_row_is_good() -> None:
    sheet, mapping = table(["", "ana@", "", "", "", "", "spill"], ["Ben", "ben@example.org"])
    mended = mend(sheet, mapping, {2: {"name": "Ana", "email": "ana@example.org", "phone": "1"}})
    assert [plan.values.name for plan in rehearse(mended, mapping, []).new] == ["Ana", "Ben"]
    assert mended.rows[1] == sheet.rows[1]


# Whole lists


def test_the_ticket_shops_export_has_193_guests_and_seven_bad_rows() -> None:
    sheet = read_table(MIXER.read_bytes(), MIXER.name)
    assert isinstance(sheet, Table)
    mapping = guess_mapping(sheet)
    dropped = [sheet.header[at] for at in mapping.unmapped]
    assert dropped == ["Order ID", "Order date", "Buyer email", "Ticket type", "Dietary notes"]
    rehearsal = rehearse(sheet, mapping, [])
    assert [plan.why and plan.why.reason for plan in rehearsal.bad] == [
        *(Reason.NO_NAME, Reason.BAD_EMAIL, Reason.BAD_EMAIL, Reason.DUPLICATE_ROW),
        *(Reason.CELL_TOO_LONG, Reason.CANCELLED_IN_LIST, Reason.TOO_MANY_CELLS),
    ]
    assert (len(rehearsal.new), len(rehearsal.doubtful)) == (193, 0)
    assert {"山田太郎", "محمد العلي", "Zoë 🦊 Fuchs", "می\u200cنا رضایی"} <= {
        plan.values.name for plan in rehearsal.new
    }


def test_the_sample_export_is_what_its_generator_writes() -> None:
    with MIXER.open(encoding="utf-8-sig", newline="") as file:
        assert [*csv.reader(file)] == [[*make_mixer_200.HEADINGS], *make_mixer_200.rows()]


def named(count: int) -> list[list[str]]:
    return [[f"Guest {n}", f"g{n}@example.org" if n % 3 else "", f"Firm {n % 50}", "", f"T{n}"] for n in range(count)]


def placeholders(count: int) -> list[list[str]]:
    return [["Guest", "", f"Firm {n}"] for n in range(count)]


@pytest.mark.parametrize("rows", [named, placeholders])
def test_five_thousand_rows_are_rehearsed_first_and_again(rows: Callable[[int], list[list[str]]]) -> None:
    sheet, mapping = table(*rows(5_000))
    first = rehearse(sheet, mapping, [])
    again = rehearse(sheet, mapping, imported(first, {}, []))
    assert (len(first.new), len(again.same)) == (5_000, 5_000)


@pytest.mark.parametrize(
    ("rows", "size"),
    [(named, 100), pytest.param(placeholders, 150, id="placeholders, of which each meets fifty others")],
)
def test_each_of_five_thousand_rows_is_no_more_work_than_each_of_a_few(
    rows: Callable[[int], list[list[str]]], size: int
) -> None:
    """How long 5,000 take is measured in `benchmarks/lists.py`."""

    def first(count: int) -> Callable[[], object]:
        return lambda: rehearse(*table(*rows(count)), [])

    def again(count: int) -> Callable[[], object]:
        sheet, mapping = table(*rows(count))
        guests = imported(rehearse(sheet, mapping, []), {}, [])
        return lambda: rehearse(sheet, mapping, guests)

    assert growth(first, size, full=5_000) < LINEAR
    assert growth(again, size, full=5_000) < LINEAR


WORDS = st.sampled_from(["", "Ana Silva", "Silva, Ana", "ana silva", "Ben", "张伟", "Ana", "—"])
MAILS = st.sampled_from(["", "ana@example.org", "ANA@example.org", "ben@example.org", "broken", "-"])
SOME = st.sampled_from(["", "Boats", "boats", "Acme"])
REFS = st.sampled_from(["", "T1", "T2", "T3"])
STATES = st.sampled_from(["", "Attending", "cancelled"])
ROWS = st.lists(st.tuples(WORDS, MAILS, SOME, SOME, REFS, STATES), max_size=12)


@given(ROWS, st.sampled_from([Choice.NEW, Choice.SKIP]))
def test_the_same_list_again_adds_nobody_and_changes_nothing(rows: list[tuple[str, ...]], choice: Choice) -> None:
    sheet, mapping = table(*rows)
    first = rehearse(sheet, mapping, [])
    guests = imported(first, {plan.row_number: choice for plan in first.doubtful}, [])
    again = rehearse(sheet, mapping, guests)
    assert (again.new, again.changed) == ((), ())
    assert len(again.same) == len(guests)
    assert again.unmentioned == ()


@given(ROWS, ROWS)
def test_every_row_is_planned_once_and_no_guest_is_claimed_twice(
    before: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> None:
    first = rehearse(*table(*before), [])
    guests = imported(first, {plan.row_number: Choice.NEW for plan in first.doubtful}, [])
    rehearsal = rehearse(*table(*rows), guests)
    plans = every_plan(rehearsal)
    assert sorted(plan.row_number for plan in plans) == list(range(2, len(rows) + 2))
    matched: list[UUID] = [plan.match for plan in plans if plan.match]
    assert sorted([*matched, *rehearsal.unmentioned]) == sorted(guest.id for guest in guests)
    assert all(plan.changes for plan in rehearsal.changed)
    assert all(plan.why for plan in (*rehearsal.bad, *rehearsal.doubtful))
