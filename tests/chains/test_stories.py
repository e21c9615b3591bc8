"""What came of it, told through the pages as one writes it down (practices A14 A15 A18 B5 C2 D12 E5 E7 E8)."""

from datetime import date, timedelta

from sqlalchemy import select

from tests.chains.ledger import Pages, first_of, person, titles
from tests.people.pages import words
from webapp.chains.models import OUTCOMES, Link, Outcome
from webapp.chains.seeking import needs_of
from webapp.chains.telling import chains_of
from webapp.core.clock import now
from webapp.core.database import db


def test_a14_an_unknown_cause_is_kept_shown_dotted_and_never_counted(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 3, 2), "Chamber mixer")
    outcome = pages.write(kind="client", words="The bakery", through=f"event:{ben.event_id}", tie="unknown")
    shown, chain = pages.page(outcome), pages.chain(outcome)
    assert titles(shown) == ["Chamber mixer", "The bakery"]
    assert "tie-unknown" in shown
    assert "Where it came from is unknown" in words(shown)
    assert (chain.tie, chain.attributed) == ("unknown", False)


def test_a18_event_person_person_client_is_three_hops_with_their_dates(pages: Pages) -> None:
    ben, cleo = pages.met("Ben Adeyemi", date(2025, 10, 1), "Lantern mixer"), pages.met("Cleo Castor", date(2026, 2, 3))
    outcome = pages.write(words="The sailing school", day=date(2026, 6, 4), through=person(cleo))
    pages.before(outcome, through=person(ben), to=person(cleo), tie="indirect")
    shown = pages.page(outcome)
    assert titles(shown) == ["Lantern mixer", "Ben Adeyemi", "Cleo Castor", "The sailing school"]
    assert "3 hops." in words(shown)
    for day in ("Oct 1, 2025", "Feb 3, 2026", "Jun 4, 2026"):
        assert day in words(shown)
    assert (pages.chain(outcome).hops, pages.chain(outcome).tie) == (3, "indirect")


def test_b5_somebody_outside_is_a_hop_without_contact_data(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2025, 10, 1))
    outcome = pages.write(kind="job", words="The new job", day=date(2026, 6, 4), through=person(ben))
    pages.before(outcome, sort="someone", words="A neighbour of Ben’s", to=f"outcome:{outcome}")
    shown = pages.page(outcome)
    assert titles(shown)[1:] == ["Ben Adeyemi", "A neighbour of Ben’s", "The new job"]
    assert "Outside Mixwell" in words(shown)
    [row] = db.session.execute(select(Link).where(Link.from_kind == "step")).scalars()
    assert row.to_id == outcome, "the hop is a row of Ann's own; no person was made for it"


def test_c2_each_kind_of_outcome_is_kept_and_found_by_itself(pages: Pages) -> None:
    for kind in OUTCOMES:
        pages.write(kind=kind, words=f"It was {kind}")
    for kind in OUTCOMES:
        shown = words(pages.client.get(f"/me/outcomes?kind={kind}").text)
        assert [one for one in OUTCOMES if f"It was {one} " in shown] == [kind]
    whole = words(pages.client.get("/me/outcomes").text)
    assert all(f"It was {kind} " in whole for kind in OUTCOMES)


def test_d12_help_given_is_a_root_and_nine_months_later_something_comes_of_it(pages: Pages) -> None:
    cleo = pages.met("Cleo Castor", date(2026, 1, 5))
    helped = pages.write(kind="help_given", words="Helped Cleo with her CV", day=date(2026, 1, 20))
    client = pages.write(words="Cleo’s firm", day=date(2026, 10, 20), through=f"outcome:{helped}")
    pages.before(client, through=person(cleo), to=f"outcome:{client}", tie="direct")
    chain = pages.chain(client)
    assert chain.attributed
    assert titles(pages.page(client))[-1] == "Cleo’s firm"
    assert "Helped Cleo with her CV" in titles(pages.page(client))
    alone = pages.write(kind="job", words="The job", day=date(2026, 10, 20), through=f"outcome:{helped}")
    assert (pages.chain(alone).root.title, pages.chain(alone).months) == ("Helped Cleo with her CV", 9)
    set_off = pages.client.get(f"/me/outcomes/from/outcome/{helped}").text
    assert "The job" in titles(set_off)


def test_e5_a_need_stays_open_for_two_years_and_is_closed_through_somebody(pages: Pages) -> None:
    sent = pages.client.post("/me/needs", data={"words": "A web designer", "day": "2024-11-30"})
    assert sent.location == "/me/outcomes#needs"
    assert "Open since Nov 30, 2024, for 2 years." in words(pages.client.get("/me/outcomes").text)
    dee = pages.met("Dee Dumont", date(2026, 3, 30), "Bread conference")
    [need] = [one.id for one in needs_of(pages.ledger())]
    found = {"kind": "supplier", "state": "closed", "words": "Our new site", "day": "2026-11-30"}
    found |= {"through": person(dee), "tie": "direct"}
    outcome = pages.client.post(f"/me/needs/{need}/closing", data=found).location.rpartition("/")[2]
    shown = pages.client.get(f"/me/outcomes/{outcome}").text
    there = titles(shown)
    assert there == ["You were looking for: A web designer", "Bread conference", "Dee Dumont", "Our new site"]
    assert "You looked for it for 2 years." in words(shown)
    for said in ("Nov 30, 2024", "Mar 30, 2026", "8 months later", "Nov 30, 2026"):
        assert said in words(shown), said
    listed = words(pages.client.get("/me/outcomes").text)
    assert "Opened Nov 30, 2024, found Nov 30, 2026: 2 years." in listed


def test_e7_who_mentioned_me_gives_the_lag_of_ten_months(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 15))
    form = pages.client.get(f"/me/outcomes/new?through={person(ben)}").text
    assert "Who brought it, or mentioned you?" in words(form)
    assert f'value="{person(ben)}" selected' in form
    outcome = pages.write(kind="referral", words="The hospital called", day=date(2026, 11, 16), through=person(ben))
    pages.before(outcome, sort="wait", words="Not a fit then", day=date(2026, 1, 16), to=f"outcome:{outcome}")
    assert pages.chain(outcome).months == 10
    shown = words(pages.page(outcome))
    assert "10 months from the first day to this." in shown
    assert "Not a fit then" in shown


def test_e8_a_lunch_without_an_agenda_through_waits_to_the_call(pages: Pages) -> None:
    call = pages.write(kind="job", words="The call", day=date(2026, 11, 20))
    steps = [
        ("wait", "Nothing open", date(2026, 3, 21), ""),
        ("introduction", "Introduced to the director", date(2026, 3, 20), ""),
        ("wait", "Two months of nothing", date(2026, 1, 21), ""),
        ("act", "Lunch", date(2026, 1, 20), "yes"),
    ]
    to = f"outcome:{call}"
    for sort, said, day, no_agenda in steps:
        pages.before(call, sort=sort, words=said, day=day, no_agenda=no_agenda, to=to)
        to = first_of(pages.chain(call), said)
    chain = pages.chain(call)
    assert [stop.shown.title for stop in chain.stops] == [
        "Lunch",
        "Two months of nothing",
        "Introduced to the director",
        "Nothing open",
        "The call",
    ]
    assert chain.months == 10
    assert chain.root.no_agenda
    shown = pages.page(call)
    assert "10 months from the first day to this." in words(shown)
    assert words(shown).count("No agenda") == 1
    assert shown.count("chain-stop waits") == 2


def test_a15_what_one_small_act_set_off_is_shown_oldest_first(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 10))
    pages.write(kind="client", words="Second", day=date(2026, 6, 1), through=person(ben))
    first = pages.write(kind="referral", words="First", day=date(2026, 3, 1), through=person(ben))
    pages.write(kind="friend", words="Third", day=date(2026, 9, 1), through=f"outcome:{first}")
    shown = pages.client.get(f"/me/outcomes/from/person/{ben.person_id}").text
    assert titles(shown) == ["Ben Adeyemi", "First", "Second", "Third"]
    assert "What it set off" in pages.client.get(f"/people/{ben.person_id}").text


def test_a_part_is_taken_out_and_what_led_to_it_leads_on(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 10))
    outcome = pages.write(words="The firm", through=person(ben))
    pages.before(outcome, sort="act", words="A lunch", to=f"outcome:{outcome}", tie="unknown")
    [lunch] = [stop for stop in pages.chain(outcome).stops if stop.shown.title == "A lunch"]
    pages.client.post(f"/me/links/{lunch.link_id}/removal")
    assert [stop.shown.title for stop in pages.chain(outcome).stops][1:] == ["Ben Adeyemi", "The firm"]
    assert pages.chain(outcome).tie == "direct"


def test_a_circle_ends_and_another_way_stands_beside_the_first(pages: Pages) -> None:
    ben, cleo = pages.met("Ben Adeyemi", date(2026, 1, 10)), pages.met("Cleo Castor", date(2026, 2, 10))
    outcome = pages.write(words="The firm", through=person(ben), tie="unknown")
    pages.before(outcome, through=person(cleo), to=f"outcome:{outcome}", beside="yes")
    pages.before(outcome, through=person(ben), to=person(cleo), beside="yes")
    pages.before(outcome, through=person(cleo), to=person(ben), beside="yes")
    chain = pages.chain(outcome)
    assert {stop.shown.title for stop in chain.stops} == {"Ben Adeyemi", "Cleo Castor", "The firm"}
    assert chain.tie == "direct", "the best way there counts"
    assert pages.client.get(f"/me/outcomes/from/person/{ben.person_id}").status_code == 200
    [listed] = chains_of(pages.ledger(), now().date())
    assert [stop.shown for stop in listed.stops] == [stop.shown for stop in chain.stops]


def test_s_16_nobody_else_reads_links_or_changes_any_of_it(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 10))
    outcome = pages.write(words="Rainmaker deal", through=person(ben))
    bens = pages.cast.browser(ben.person_id)
    for path in (f"/me/outcomes/{outcome}", f"/me/outcomes/from/outcome/{outcome}"):
        assert bens.get(path).status_code == 404
    for path in ("removal", "state", "steps"):
        assert bens.post(f"/me/outcomes/{outcome}/{path}", data={"state": "open"}).status_code == 404
    taken = bens.post("/me/outcomes", data={"kind": "job", "state": "closed", "through": f"outcome:{outcome}"})
    assert taken.status_code == 404
    assert "Rainmaker" not in bens.get(f"/people/{pages.me}").text
    [row] = db.session.scalars(select(Outcome))
    assert b"Rainmaker" not in row.sealed_words


def test_whoever_is_blocked_is_someone_in_the_story(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 10))
    outcome = pages.write(words="The firm", through=person(ben))
    pages.client.post(f"/people/{ben.person_id}/block")
    assert titles(pages.page(outcome)) == ["Someone", "The firm"]


def test_what_is_not_said_is_asked_for(pages: Pages) -> None:
    assert "Say what came of it" in pages.client.post("/me/outcomes", data={}, follow_redirects=True).text
    outcome = pages.write(words="")
    said = pages.client.post(f"/me/outcomes/{outcome}/steps", data={}, follow_redirects=True).text
    assert "Pick somebody, or write a few words." in said
    assert "A client" in titles(said)
    assert "Write what you are looking for" in pages.client.post("/me/needs", data={}, follow_redirects=True).text


def test_a_day_to_come_is_today_and_what_was_sent_twice_is_kept_once(pages: Pages) -> None:
    form = {"operation_id": "0192f0c1-2345-7000-8000-123456789abc", "day": now().date() + timedelta(days=9)}
    assert pages.write(**form) == pages.write(**form)
    [row] = db.session.scalars(select(Outcome))
    assert row.closed_on == now().date()


def test_it_is_found_from_me_and_removed_without_a_trace(pages: Pages) -> None:
    assert '"/me/outcomes"' in pages.client.get("/me").text
    outcome = pages.write(words="The firm")
    pages.client.post(f"/me/outcomes/{outcome}/state", data={"state": "open"})
    assert "Under way" in words(pages.page(outcome))
    pages.client.post(f"/me/outcomes/{outcome}/removal")
    assert pages.client.get(f"/me/outcomes/{outcome}").status_code == 404
    assert "You never know." in pages.client.get("/me/outcomes").text
