"""What makes the site an app on the phone, as bytes."""

import json
import re
import struct
from math import hypot

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.cast import Cast
from tests.web.pages import visit
from webapp.pwa.shell import shell_files
from webapp.web.builds import ENTRY, IMPORT, STATIC


def files_of(worker: str) -> list[str]:
    """The files a rendered worker keeps."""
    found = re.search(r"^const SHELL = (\[.*\]);$", worker, re.M)
    assert found
    files: list[str] = json.loads(found[1])
    return files


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/service-worker.js", "/offline"])
def test_each_is_asked_for_again_every_time_and_is_the_same_for_everybody(
    client: FlaskClient, cast: Cast, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert cast.browser(cast.ann.person_id).get(path).data == answer.data


def test_a_pdf_in_a_window_of_its_own_finds_an_icon(client: FlaskClient) -> None:
    with client.get("/favicon.ico", follow_redirects=True) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert b"<svg" in answer.data


def test_the_manifest_names_icons_that_have_the_size_it_says(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.get_json()
    assert (manifest["start_url"], manifest["display"], manifest["short_name"]) == ("/scan", "standalone", "Mixwell")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        picture = client.get(icon["src"], buffered=True)
        width, height = struct.unpack(">II", picture.data[16:24])
        assert (picture.mimetype, icon["sizes"]) == (icon["type"], f"{width}x{height}")


def test_a_long_press_offers_four_places_each_with_a_drawing_of_its_size(client: FlaskClient, cast: Cast) -> None:
    manifest = client.get("/manifest.webmanifest").get_json()
    assert (manifest["id"], manifest["lang"], manifest["dir"]) == ("/", "en", "ltr")
    assert [shortcut["name"] for shortcut in manifest["shortcuts"]] == ["Scan", "My code", "People", "Next"]
    ann = cast.browser(cast.ann.person_id)
    for shortcut in manifest["shortcuts"]:
        assert ann.get(shortcut["url"]).status_code == 200
        [icon] = shortcut["icons"]
        picture = client.get(icon["src"], buffered=True)
        width, height = struct.unpack(">II", picture.data[16:24])
        assert (picture.mimetype, icon["sizes"]) == (icon["type"], f"{width}x{height}")


def test_nothing_of_the_maskable_icon_is_outside_what_every_phone_shows() -> None:
    """W3C Web Application Manifest: the safe zone is a circle of two fifths of the width around the middle."""
    with Image.open(STATIC / "icons/maskable-512.png") as file:
        picture = file.convert("RGBA")
    ground, middle, safe = picture.getpixel((0, 0)), picture.width / 2, picture.width * 0.4
    places = [(x, y) for x in range(picture.width) for y in range(picture.height)]
    drawn = [place for place in places if picture.getpixel(place) != ground]
    assert len(drawn) > 10_000
    assert max(hypot(x + 0.5 - middle, y + 0.5 - middle) for x, y in drawn) <= safe


def test_the_worker_keeps_what_pages_are_made_of_and_every_file_is_there(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    files = files_of(answer.text)
    build = app.extensions["mixwell.build"]
    assert f"/static/{build}/css/app.css" in files
    assert f"/static/{build}/js/app.js" in files
    assert not [file for file in files if file.endswith(".wasm") or "print" in file]
    assert {client.get(file, buffered=True).status_code for file in files} == {200}


def test_a_page_loads_no_style_or_script_that_the_worker_does_not_keep(client: FlaskClient) -> None:
    page = client.get("/").text
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+[.](?:js|css|woff2))"', page))
    kept = files_of(client.get("/service-worker.js").text)
    assert len(asked) > 5
    assert asked <= set(kept)


def test_the_sheets_that_a_loose_build_imports_are_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = {f"css/{found['sheet']}" for found in IMPORT.finditer((STATIC / ENTRY).read_text())}
    assert len(imported) > 10
    for packed in (True, False):
        monkeypatch.setattr("webapp.pwa.shell.is_packed", lambda build, packed=packed: packed)
        assert (imported <= set(shell_files("any"))) is not packed


def test_a_worker_without_files_is_the_way_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.pwa.views.shell_files", lambda build: [])
    assert files_of(client.get("/service-worker.js").text) == []


def test_the_page_without_a_network_is_a_page_of_ours(client: FlaskClient) -> None:
    page = visit(client, "/offline")
    assert page.faults == []
    assert "No network just now." in page.text
    assert "offline-bar" not in page.text
