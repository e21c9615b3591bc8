"""What every answer keeps, whoever asks and however: headers, one body for a GET, no write for a stranger's page."""

from collections.abc import Iterator
from contextvars import copy_context

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.architecture.house import ROLES, House
from tests.architecture.routes import Knock, address, class_of, expected, knock, rules, table
from tests.conftest import BASE_URL
from tests.web.pages import read_page
from webapp.core.clock import now
from webapp.core.database import DatabaseBusy, db
from webapp.web.builds import ROOT

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types htmx mixwell"
)
SCANNER_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
OF_FILES = {
    "badges.file": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
    "circles.logo": "sandbox; default-src 'none'",
    "people.photo": "sandbox; default-src 'none'",
    "photos.mine": "sandbox; default-src 'none'",
    "statements.paper": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
    "people.sheet": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
}
"""Routes that answer with a file somebody made → its own, narrower policy."""
NO_POWERS = "accelerometer=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
"""trust.md 5.2, to the letter."""
SCANNERS = {"swaps.scan_page", "checkin.index", "exits.index", "pwa.offline"}
"""The pages that may open the camera and compile the decoder."""
KEPT_FOR_LONGER = {"static", "pwa.service_worker", "pwa.manifest", "pwa.offline"}
"""Routes whose answers hold nothing personal and may be kept."""

PROVED_BY_ADDRESS = {"asked.choose_mail", "followups.choose_mail", "relay.choose_notes"}
"""Writes a mail program may make, which is no browser: the address they go to is the proof (RFC 8058)."""

FORM = "application/x-www-form-urlencoded"

FORGED: dict[str, dict[str, str]] = {
    "from another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.com"},
    "from a sister host": {"Sec-Fetch-Site": "same-site", "Origin": "https://shop.example.org"},
    "from an old browser elsewhere": {"Origin": "https://evil.example.com"},
    "from a sandbox": {"Origin": "null"},
    "from no browser": {},
    "from our host without its s": {"Origin": BASE_URL.replace("https", "http")},
    "with our name and another site's deed": {"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL},
}


def faults_of(response: TestResponse, endpoint: str = "", status_ok: bool = True) -> list[str]:
    """What is missing or other than it should be in the headers of this answer."""
    headers = response.headers
    faults = [f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value]
    scanner = endpoint in SCANNERS and status_ok
    policy = SCANNER_POLICY if scanner else OF_FILES.get(endpoint, POLICY) if status_ok else POLICY
    powers = f"camera=({'self' if scanner else ''}), {NO_POWERS}"
    if headers.get("Content-Security-Policy") != policy:
        faults.append(f"policy: {headers.get('Content-Security-Policy')}")
    if headers.get("Permissions-Policy") != powers:
        faults.append(f"powers: {headers.get('Permissions-Policy')}")
    if endpoint not in KEPT_FOR_LONGER and headers.get("Cache-Control") != "no-store":
        faults.append(f"kept: {headers.get('Cache-Control')}")
    return faults + [f"cookie: {cookie}" for cookie in headers.getlist("Set-Cookie") if not _is_careful(cookie)]


def _is_careful(cookie: str) -> bool:
    parts = {part.strip() for part in cookie.split(";")}
    return cookie.startswith("__Host-mixwell-") and {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts


def test_every_answer_to_every_role_carries_our_headers(house: House) -> None:
    faults = []
    for endpoint in table()["GET"]:
        for role in ROLES:
            response = knock(house, Knock(endpoint, "GET", role, "mixer", ""))
            shown = faults_of(response, endpoint, class_of(response, "GET") == "ok")
            faults += [f"{endpoint}, {role}, {response.status_code}: {fault}" for fault in shown]
    assert faults == []


def test_every_write_is_answered_with_our_headers_too(house: House) -> None:
    faults = []
    for endpoint in table()["POST"]:
        for role in ("stranger", "inside", "organizer", "door"):
            response = knock(house, Knock(endpoint, "POST", role, "mixer", ""))
            faults += [f"{endpoint}, {role}, {response.status_code}: {fault}" for fault in faults_of(response)]
        house.put_back()
    assert faults == []


def test_wrong_methods_and_missing_pages_carry_our_headers(house: House) -> None:
    faults, client = [], house.browser("organizer")
    for method, rule in rules(house.app):
        path = address(house.app, rule.endpoint, method, house.mixer)
        response = client.open(path, method="PATCH", buffered=True)
        faults += [f"{rule.endpoint}: {response.status_code}"] if response.status_code != 405 else []
        faults += [f"{rule.endpoint}, 405: {fault}" for fault in faults_of(response)]
    faults += [f"404: {fault}" for fault in faults_of(client.get("/nothing/here"))]
    assert faults == []


def test_failures_of_every_kind_carry_our_headers_and_say_what_to_do(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/breaks", "breaks", view_func=_break)
    app.add_url_rule("/waits", "waits", view_func=_wait)
    busy = [client.get("/door/pairing?code=ABCDEFGH") for _ in range(31)]
    answers = {
        400: client.get("/sign-in", base_url="https://evil.example.com"),
        403: client.post("/sign-in", headers=FORGED["with our name and another site's deed"]),
        404: client.get("/nothing"),
        405: client.put("/sign-in"),
        413: client.post("/sign-in", data="email=" + "x" * 1_100_000, content_type=FORM),
        415: client.post("/sign-in", data='{"email": "ann@example.org"}', content_type="application/json"),
        422: client.post("/sign-in", data={"email": "nobody"}),
        429: busy[-1],
        500: client.get("/breaks"),
        503: client.get("/waits"),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert [(status, fault) for status, answer in answers.items() for fault in faults_of(answer)] == []
    pages = [read_page(str(status), answer.text) for status, answer in answers.items()]
    assert [(page.path, fault) for page in pages for fault in page.faults] == []


def _break() -> str:
    raise ValueError("a secret of the inside")


def _wait() -> str:
    raise DatabaseBusy


def test_every_write_takes_a_form_and_nothing_else(house: House) -> None:
    admitted, before = [], house.dump()
    for endpoint, role in _signed_in_writes(house):
        path = address(house.app, endpoint, "POST", house.mixer)
        # One route is told by our own script, in JSON and in nothing else (tests/sync/test_receiving.py).
        told = {"application/json"} if "takes_json" in house.app.view_functions[endpoint].__dict__ else set()
        for kind in sorted({"application/json", "text/plain", "application/xml", "image/svg+xml"} - told):
            answer = house.browser(role).post(path, data=b'{"email": "ann@example.org"}', content_type=kind)
            admitted += [f"{endpoint}, {kind}: {answer.status_code}"] if answer.status_code != 415 else []
    assert admitted == []
    assert house.dump() == before


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DELETE", "QUERY"])
def test_other_methods_are_refused_with_our_headers(client: FlaskClient, method: str) -> None:
    answer = client.open("/sign-in", method=method)
    assert answer.status_code in {403, 405}
    assert faults_of(answer) == []


def test_files_and_files_that_are_not_there_carry_our_headers(house: House) -> None:
    client, build = house.browser("stranger"), house.app.extensions["mixwell.build"]
    shipped = [file for file in sorted((ROOT / "static").rglob("*")) if file.is_file() and "vendor" not in file.parts]
    kinds = {file.suffix: file.relative_to(ROOT / "static") for file in shipped}
    paths = [*kinds.values(), "css/nothing.css", "../webapp/app.py", "%2e%2e/pyproject.toml", "css/"]
    assert {".css", ".js", ".svg"} <= set(kinds)
    for path in paths:
        for method in ("GET", "HEAD"):
            answer = client.open(f"/static/{build}/{path}", method=method, buffered=True)
            assert answer.status_code in {200, 301, 308, 404}, path
            assert [fault for fault in faults_of(answer, "static") if "policy" not in fault] == [], path
            assert answer.headers["Content-Security-Policy"] in {POLICY, SCANNER_POLICY}, path
    sheet = client.get(f"/static/{build}/css/app.css", buffered=True)
    seen = {"If-Modified-Since": sheet.headers["Last-Modified"]}
    again = client.get(f"/static/{build}/css/app.css", headers=seen, buffered=True)
    assert (again.status_code, again.data) == (304, b""), "says: what you have, with the headers you have"


def test_a_worker_of_the_scanner_may_compile_and_a_stylesheet_may_not(house: House) -> None:
    client, build = house.browser("stranger"), house.app.extensions["mixwell.build"]
    worker = client.get(f"/static/{build}/js/workers/decode-worker.js", buffered=True)
    sheet = client.get(f"/static/{build}/css/app.css", buffered=True)
    assert worker.headers["Content-Security-Policy"] == SCANNER_POLICY
    assert sheet.headers["Content-Security-Policy"] == POLICY
    assert faults_of(sheet, "static") == []
    assert sheet.headers["Cache-Control"] in {"no-cache", "max-age=315360000, public, immutable"}  # edited, or laid out


def test_a_get_has_one_body_whoever_fetches_it(house: House) -> None:
    with time_machine.travel(now(), tick=False):  # a page may say the time
        differ = [f"{endpoint}, {role}" for endpoint, role in _answered() if not _one_body(house, endpoint, role)]
    assert differ == []


def _answered() -> Iterator[tuple[str, str]]:
    """Who is answered where; who is refused is told in the manner of the request (docs/decisions.md)."""
    for endpoint in table()["GET"]:
        for role in ("stranger", "inside", "door", "organizer"):
            if expected("GET", endpoint, role) in {"ok", "go"}:
                yield endpoint, role


def _one_body(house: House, endpoint: str, role: str) -> bool:
    ways: list[dict[str, str]] = [{}, {"HX-Request": "true", "HX-Request-Type": "partial"}, {"HX-Request": "true"}]
    return len({_body(house, endpoint, role, headers) for headers in ways}) == 1


def _body(house: House, endpoint: str, role: str, headers: dict[str, str]) -> bytes:
    """Status, place and body, without what is fresh each time: operation ids and the live code."""
    response = knock(house, Knock(endpoint, "GET", role, "mixer", ""), headers=headers)
    place = response.headers.get("Location", "")
    return f"{class_of(response, 'GET')} {place} ".encode() + _without_fresh_things(response.data)


def _without_fresh_things(body: bytes) -> bytes:
    import re

    body = re.sub(rb"name=\"(operation_id|id)\"[^>]*value=\"[0-9a-f-]{36}\"|value=\"[0-9a-f-]{36}\"", b"", body)
    return re.sub(rb"<path d=\"[^\"]*\"", b"", body)


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_write_is_refused_everywhere_and_changes_nothing(house: House, forgery: str) -> None:
    """S-33: every write there is, sent by a page that is not ours."""
    before, admitted = house.dump(), []
    for endpoint, role in _signed_in_writes(house):
        if forgery == "from no browser" and endpoint in PROVED_BY_ADDRESS:
            continue
        client = house.browser(role)
        client.__class__ = FlaskClient  # our test browser would say that it is same-origin
        client.environ_base.pop("HTTP_SEC_FETCH_SITE", None)
        path = address(house.app, endpoint, "POST", house.mixer)
        status = copy_context().run(_post_forged, house.app, client, path, FORGED[forgery])
        admitted += [f"{endpoint}: {status}"] if status != 403 else []
    assert admitted == []
    assert house.dump() == before


def _post_forged(app: Flask, client: FlaskClient, path: str, headers: dict[str, str]) -> int:
    with app.app_context():
        return client.post(path, base_url=BASE_URL, headers=headers).status_code


def _signed_in_writes(house: House) -> Iterator[tuple[str, str]]:
    for endpoint in table()["POST"]:
        (marker,) = house.app.view_functions[endpoint].__dict__["access"]
        yield endpoint, {"organizer": "organizer", "fresh code": "organizer", "door crew": "door"}.get(marker, "inside")


def test_without_the_check_a_forged_write_would_go_through(house: House) -> None:
    checks = house.app.before_request_funcs[None]
    (guard,) = [check for check in checks if check.__name__ == "_refuse_foreign_writes"]
    checks.remove(guard)
    try:
        client = house.browser("inside")
        client.post("/sign-out", headers=FORGED["from another site"])
        with db.engine.connect():
            signed_out = house.browser("inside").get("/me/sessions")
        assert class_of(signed_out, "GET") == "in"
    finally:
        checks.append(guard)
        house.put_back()
