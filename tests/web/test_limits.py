"""Every limit holds at its number, for its key alone, and says how long to wait."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from limits import parse_many
from limits.storage import MemoryStorage

from webapp.core.clock import now
from webapp.web.limits import LIMITS, TooMany, allowed, is_spent, spend


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_holds_at_its_number_and_lets_go_after_its_window(app: Flask, name: str) -> None:
    strictest = min(parse_many(LIMITS[name]), key=lambda item: item.amount)
    with time_machine.travel(now(), tick=False) as clock, app.test_request_context("/"):
        for _ in range(strictest.amount):
            spend(name, "ann")
        with pytest.raises(TooMany) as refused:
            spend(name, "ann")
        assert 1 <= refused.value.retry_after <= strictest.get_expiry()
        spend(name, "ben")
        clock.shift(strictest.get_expiry() + 1)
        spend(name, "ann")


def test_looking_whether_a_limit_is_reached_costs_nothing(app: Flask) -> None:
    with app.test_request_context("/"):
        assert not any(is_spent("typed code", "ann") for _ in range(20))
        while allowed("typed code", "ann"):
            pass
        assert is_spent("typed code", "ann")


def test_something_may_cost_more_than_one(app: Flask) -> None:
    with app.test_request_context("/"):
        spend("badge scan", "ann", cost=28)
        with pytest.raises(TooMany):
            spend("badge scan", "ann", cost=3)


def test_a_load_test_may_lift_them(app: Flask) -> None:
    app.extensions["mixwell.settings"] = replace(app.extensions["mixwell.settings"], lift_limits=True)
    with app.test_request_context("/"):
        assert all(allowed("typed code", "ann") for _ in range(50))


def test_whoever_meets_a_limit_is_told_how_long_in_the_same_words(client: FlaskClient) -> None:
    answers = [client.get("/door/pairing?code=ABCDEFGH") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    wait = int(answers[-1].headers["Retry-After"])
    assert 1 <= wait <= 600
    assert "Nothing is lost. Try again in 10 minutes." in answers[-1].text


def test_a_hall_behind_one_address_signs_in(client: FlaskClient) -> None:
    for number in range(60):
        response = client.post("/sign-in", data={"email": f"guest{number}@example.org"})
        assert response.headers["Location"] == "/sign-in/code"


def test_in_memory_one_thread_counts_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library starts its timer twice where two count at once."""
    counting, most = 0, 0
    count = MemoryStorage.acquire_entry

    def watched(storage: MemoryStorage, *asked: Any, **more: Any) -> bool:
        nonlocal counting, most
        counting += 1
        most = max(most, counting)
        time.sleep(0.005)
        counting -= 1
        return count(storage, *asked, **more)

    def one(number: int) -> None:
        with app.test_request_context("/"):
            spend("badge scan", number)

    monkeypatch.setattr(MemoryStorage, "acquire_entry", watched)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(24)))
    assert most == 1
