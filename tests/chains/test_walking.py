"""Chains of any length, circles included, and what becomes of them when people join or leave."""

from datetime import date

from sqlalchemy import insert

from tests.chains.ledger import TODAY, Pages, noon, person, titles
from webapp.chains.kinds import Node
from webapp.chains.models import Link
from webapp.chains.walking import Led, behind, beyond, strength, told_in_order
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.mydata.joining import Joined, join
from webapp.mydata.leaving import erase

LENGTH = 2_000


def draw_way(pages: Pages, length: int) -> list[Node]:
    """A way of so many links, its end leading back to its beginning; as many of somebody else's beside it."""
    things = [Node("step", new_id()) for _ in range(length)]
    pairs = list(zip(things, [*things[1:], things[0]], strict=True))
    common = {"from_kind": "step", "to_kind": "step", "tie": "direct", "made_at": noon(TODAY)}
    rows = [
        {"id": new_id(), "person_id": whose, "from_id": one.id, "to_id": other.id, **common}
        for whose in (pages.me, pages.cast.ben.person_id)
        for one, other in pairs
    ]
    with writing() as session:
        session.execute(insert(Link), rows)
        session.commit()
    return things


def test_two_thousand_hops_in_a_circle_are_walked_once_each_way(pages: Pages) -> None:
    things = draw_way(pages, LENGTH)
    found = beyond(db.session(), pages.me, things[0].id)
    back = behind(db.session(), pages.me, things[-1].id)
    assert (len(found), len(back)) == (LENGTH, LENGTH)
    assert told_in_order(back, things[-1]) == things, "the circle is cut where it was entered"
    assert beyond(db.session(), new_id(), things[0].id) == []
    db.session.rollback()


def led(source: str, to: str, tie: str, nodes: dict[str, Node]) -> Led:
    """A link between two named things."""
    for name in (source, to):
        nodes.setdefault(name, Node("step", new_id()))
    (from_kind, from_id), (to_kind, to_id) = nodes[source], nodes[to]
    return Led(new_id().hex, from_kind, from_id.hex, to_kind, to_id.hex, tie)


def test_a_way_is_as_sure_as_its_weakest_link_and_the_surest_way_counts() -> None:
    nodes: dict[str, Node] = {}
    weak = [led("a", "b", "direct", nodes), led("b", "end", "unknown", nodes)]
    assert strength(weak, told_in_order(weak, nodes["end"])) == "unknown"
    both = [*weak, led("a", "c", "feeling", nodes), led("c", "end", "direct", nodes)]
    assert strength(both, told_in_order(both, nodes["end"])) == "feeling"
    assert strength([], [nodes["end"]]) == "unknown"


def test_who_left_is_someone_who_left_and_the_chain_holds(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", date(2026, 1, 10))
    outcome, gone = pages.write(words="The firm", through=person(ben), tie="indirect"), ben.person_id
    with writing() as session:
        erase(session, gone, at=noon(TODAY))
        session.commit()
    assert titles(pages.page(outcome)) == ["Autumn mixer", "Someone who left", "The firm"]
    assert pages.chain(outcome).tie == "indirect"


def test_two_who_become_one_are_one_in_every_chain(pages: Pages) -> None:
    stays, goes = pages.met("Ben Adeyemi", date(2026, 2, 10)), pages.met("Ben Again", date(2026, 1, 10))
    outcome = pages.write(words="The firm", through=person(goes), tie="indirect")
    pages.before(outcome, through=person(stays), to=f"outcome:{outcome}", beside="yes")
    one, other = stays.person_id, goes.person_id
    keyring = pages.cast.app.extensions["mixwell.tools"].keyring
    with writing() as session:
        assert join(session, one, other, sealed=Sealed(keyring, "notes"), at=noon(TODAY)) == Joined()
        session.commit()
    assert titles(pages.page(outcome)) == ["Autumn mixer", "Ben Adeyemi", "The firm"]


def test_who_becomes_one_keeps_the_ledgers_of_both(pages: Pages) -> None:
    again = pages.cast.guest("Ann Again", claimed=True, email="again@example.org").person_id
    mine = pages.write(words="Mine as Ann")
    theirs = pages.cast.browser(again)
    form = {"kind": "idea", "state": "too_early", "words": "Mine as Ann again"}
    kept = theirs.post("/me/outcomes", data=form).location
    theirs.post(f"{kept}/steps", data={"words": "A walk", "sort": "act", "tie": "feeling"})
    keyring = pages.cast.app.extensions["mixwell.tools"].keyring
    with writing() as session:
        assert join(session, pages.me, again, sealed=Sealed(keyring, "notes"), at=noon(TODAY)) == Joined()
        session.commit()
    assert titles(pages.client.get(kept).text) == ["A walk", "Mine as Ann again"]
    assert titles(pages.page(mine)) == ["Mine as Ann"]
