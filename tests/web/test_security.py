"""Whose writes are taken, where nobody is sent, and which policy a page gets."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import BASE_URL, make_client
from webapp.web.security import content_policy, local_path

OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": BASE_URL},
]


@pytest.mark.parametrize("headers", OURS)
def test_our_own_forms_are_taken(app: Flask, headers: dict[str, str]) -> None:
    """Also from a browser too old to say where it comes from, as long as it names our origin."""
    make_client(app)
    app.test_client_class = None
    response = app.test_client().post("/sign-in", base_url=BASE_URL, headers=headers, data={"email": "nobody"})
    assert response.status_code == 422


@pytest.mark.parametrize("path", ["/me", "/people?at=2", "/events/1#x", "/b/x"])
def test_a_page_of_ours_may_be_come_back_to(path: str) -> None:
    assert local_path(path) == path


FOREIGN = [
    "//evil.example.com",
    "/\\evil.example.com",
    "https://evil.example.com",
    "javascript:alert(1)",
    "me",
    "",
    None,
]


@pytest.mark.parametrize("path", [*FOREIGN, "/\t/evil.example.com", "/me\r\nSet-Cookie: a=b", "\\\\evil"])
def test_nobody_is_sent_elsewhere(path: str | None) -> None:
    assert local_path(path) is None


@given(st.text(max_size=40))
def test_whatever_comes_is_our_path_or_nothing(text: str) -> None:
    found = local_path(text)
    assert found is None or (found == text and text.startswith("/") and not text.startswith(("//", "/\\")))


def test_only_scanners_may_compile() -> None:
    assert "wasm" not in content_policy()
    assert content_policy(scanner=True).count("'wasm-unsafe-eval'") == 1
    assert "unsafe-inline" not in content_policy(scanner=True)


def test_a_foreign_host_name_is_refused(app: Flask) -> None:
    make_client(app)
    assert app.test_client().get("/", base_url="https://evil.example.com").status_code == 400
