"""Static files: kept for ever under their build, compressed, with the headers of every answer."""

import gzip
import re
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from whitenoise.compress import Compressor

import webapp
from tests.conftest import make_client
from webapp.settings import Settings
from webapp.web import assets, builds
from webapp.web.builds import ENTRY, IMPORT, ROOT, STATIC, build_hash
from webapp.web.security import content_policy


@pytest.fixture(scope="module")
def pack() -> ModuleType:
    """bin/pack_assets.py as a module."""
    spec = spec_from_file_location("pack_assets", ROOT / "bin" / "pack_assets.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules["pack_assets"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, pack: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where builds are laid out in this test."""
    folder = tmp_path / "packed"
    monkeypatch.setattr(pack, "PACKED", folder)
    monkeypatch.setattr(assets, "PACKED", folder)
    return folder


@pytest.fixture
def packed(folder: Path, pack: ModuleType, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser of a server whose build is laid out: a few files stand for all."""
    few = [Path("css/base.css"), Path("js/app.js"), Path("js/workers/decode-worker.js"), Path("icons/icon-192.png")]
    monkeypatch.setattr(pack, "static_files", lambda: few)
    pack.pack(build_hash())
    return make_client(webapp.create_app(settings))


def address(path: str) -> str:
    """Where this build has this file."""
    return f"/static/{build_hash()}/{path}"


def fetch(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """The whole answer, its file closed."""
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)


def test_what_takes_seconds_to_compress_is_compressed_once(
    folder: Path, pack: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Path("vendor/htmx.min.js")
    monkeypatch.setattr(pack, "static_files", lambda: [large, Path("js/app.js")])
    monkeypatch.setattr(pack, "LARGE", 10_000)
    first = pack.pack("0123456789ab")
    monkeypatch.setattr(pack, "compressor", lambda: refuse_large(pack))
    second = pack.pack("ba9876543210")
    for name in (f"{large}.br", f"{large}.gz", "js/app.js.br"):
        assert (second / name).read_bytes() == (first / name).read_bytes()


def refuse_large(pack: ModuleType) -> Any:
    """A compressor that has no patience."""
    twins: Any = Compressor(quiet=True)

    def quick(data: bytes) -> bytes:
        assert len(data) < pack.LARGE
        return bytes(brotli.compress(data))

    twins.compress_brotli = quick
    return twins


def test_a_file_of_this_build_is_kept_for_ever(packed: FlaskClient) -> None:
    answer = fetch(packed, address("css/base.css"))
    assert answer.data == (STATIC / "css/base.css").read_bytes()
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert fetch(packed, address("css/base.css"), if_none_match=answer.headers["ETag"]).status_code == 304


def test_a_browser_gets_the_smallest_form_it_can_read(packed: FlaskClient) -> None:
    whole = (STATIC / "css/base.css").read_bytes()
    for accepted, encoding, unpack in (("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)):
        answer = fetch(packed, address("css/base.css"), accept_encoding=accepted)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert unpack(answer.data) == whole
        assert len(answer.data) < len(whole) / 2


def test_a_static_file_carries_the_headers_of_every_answer(packed: FlaskClient) -> None:
    page, file = packed.get("/"), fetch(packed, address("js/app.js"))
    for name in (
        "Content-Security-Policy",
        "Permissions-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Resource-Policy",
        "Strict-Transport-Security",
    ):
        assert file.headers[name] == page.headers[name]
    assert "Access-Control-Allow-Origin" not in file.headers


def test_the_decoder_may_compile_in_its_own_worker_and_nowhere_else(packed: FlaskClient) -> None:
    worker = fetch(packed, address("js/workers/decode-worker.js"))
    assert worker.headers["Content-Security-Policy"] == content_policy(scanner=True)
    assert fetch(packed, address("js/app.js")).headers["Content-Security-Policy"] == content_policy()


def test_the_decoder_has_the_type_that_streams(packed: FlaskClient) -> None:
    assert fetch(packed, address("vendor/zxing/zxing_reader.wasm")).mimetype == "application/wasm"


def test_a_page_asks_for_one_style_sheet_that_holds_them_all(pack: ModuleType) -> None:
    entry = (STATIC / ENTRY).read_text()
    joined = pack.carried(ENTRY).decode()
    assert "@import" not in joined
    assert "/*" not in joined
    assert joined.startswith("@layer tokens, base, layout, parts, features;")
    for found in IMPORT.finditer(entry):
        sheet = re.sub(r"/[*].*?[*]/\s*", "", (STATIC / "css" / found["sheet"]).read_text(), flags=re.S)
        assert sheet in joined
        assert joined.rindex(f"@layer {found['layer']} {{", 0, joined.index(sheet)) >= 0


SCRIPTS = sorted(file.relative_to(STATIC) for file in (STATIC / "js").rglob("*.js"))


def test_every_script_loses_its_comments_and_nothing_else(pack: ModuleType) -> None:
    kept = {script: pack.carried(script).decode() for script in SCRIPTS}
    assert [script.name for script in SCRIPTS if took_more_than_comments(script, kept[script])] == []
    assert not any("\n/**" in text or "\n//" in text for text in kept.values())


def test_a_packer_that_takes_a_comment_to_the_end_of_another_is_noticed() -> None:
    greedy = re.compile(r"^[ \t]*(?://[^\n]*|/[*][*].*?[*]/)\n", re.S | re.M)
    found = [
        script.name
        for script in SCRIPTS
        if took_more_than_comments(script, greedy.sub("", (STATIC / script).read_text()))
    ]
    assert "notifications.js" in found


def took_more_than_comments(script: Path, kept: str) -> bool:
    """Whether a line that says something to a browser is missing."""
    left = iter([*kept.splitlines(), None])
    next_kept = next(left)
    for line in (STATIC / script).read_text().splitlines():
        if line == next_kept:
            next_kept = next(left)
        elif not is_comment(line.strip()):
            return True
    return next_kept is not None


def is_comment(line: str) -> bool:
    """Whether nothing but a comment, or a line of one, is on this line."""
    return line.startswith("//") or (line.startswith(("/*", "*")) and line.find("*/") in {-1, len(line) - 2})


def test_no_text_in_a_script_of_ours_looks_like_a_comment() -> None:
    for file in (STATIC / "js").rglob("*.js"):
        for text in re.findall(r"`[^`]*`", re.sub(r"^\s*(//.*|/?\*.*)$", "", file.read_text(), flags=re.M)):
            assert not re.search(r"^\s*(//|/[*][*])", text, re.M), file


def test_an_older_page_still_finds_its_build_as_it_was(
    folder: Path, pack: ModuleType, settings: Settings, packed: FlaskClient
) -> None:
    old = folder / "0123456789ab"
    shutil.copytree(folder / build_hash(), old)
    (old / "css/base.css").write_text("old")
    (old / "css/base.css.br").unlink()
    (old / "css/base.css.gz").unlink()
    answer = fetch(make_client(webapp.create_app(settings)), "/static/0123456789ab/css/base.css")
    assert answer.text == "old"
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_build_that_is_gone_gets_the_file_as_it_is_now_uncached(packed: FlaskClient) -> None:
    answer = fetch(packed, "/static/ffffffffffff/css/base.css")
    assert answer.data == (STATIC / "css/base.css").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["css/none.css", "../webapp/app.py", "%2e%2e/webapp/app.py", "..%2fwebapp", "css"])
def test_what_is_not_there_is_not_found(packed: FlaskClient, path: str) -> None:
    answer = fetch(packed, address(path))
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_build_is_laid_out_once_and_the_newest_three_are_kept(
    folder: Path, pack: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "static_files", lambda: [Path("css/base.css")])
    for name in ("a" * 12, "b" * 12, "c" * 12, "d" * 12):
        pack.pack(name)
    before = (folder / ("d" * 12) / "css/base.css.br").stat().st_ino
    pack.pack("d" * 12)
    assert (folder / ("d" * 12) / "css/base.css.br").stat().st_ino == before
    pack.drop_old()
    assert len(list(folder.iterdir())) == 3
    assert (folder / ("d" * 12)).exists()


def test_a_build_is_called_after_its_files_and_how_they_are_packed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(builds, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("one")
    first = build_hash()
    (tmp_path / ".placed").write_text("a stamp of set-up is no file of a page")
    assert build_hash() == first
    (tmp_path / "a.css").write_text("two")
    second = build_hash()
    assert second != first
    monkeypatch.setattr(builds, "PACKER", STATIC / ENTRY)
    assert build_hash() not in {first, second}
