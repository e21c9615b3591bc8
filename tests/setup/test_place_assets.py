"""The browser libraries stand where pages look for them, and only as the lock names them."""

import json
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "static" / "vendor"


@pytest.fixture
def place() -> ModuleType:
    """bin/place-assets as a module of its own for each test."""
    loader = SourceFileLoader("place_assets", str(ROOT / "bin" / "place-assets"))
    spec = spec_from_loader("place_assets", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_latin_page_loads_at_most_fifty_kilobytes_of_type() -> None:
    head = (ROOT / "templates" / "_layout" / "page.html").read_text()
    fonts = [ROOT / "static" / name for name in re.findall(r"asset\('([^']+-latin\.woff2)'\)", head)]
    assert len(fonts) == 2
    assert sum(font.stat().st_size for font in fonts) <= 50_000


def test_the_sprite_holds_every_chosen_icon(place: ModuleType) -> None:
    sprite = (VENDOR / "icons.svg").read_text()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == place.ICONS


def test_a_second_run_changes_nothing(place: ModuleType) -> None:
    assert place.is_up_to_date()
    before = {path: path.stat().st_mtime_ns for path in VENDOR.rglob("*")}
    assert place.main() == 0
    assert {path: path.stat().st_mtime_ns for path in VENDOR.rglob("*")} == before


def test_a_package_that_is_not_the_locked_one_is_refused(
    place: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unpacked = json.loads((ROOT / "node_modules" / ".package-lock.json").read_text())
    unpacked["packages"]["node_modules/htmx.org"]["integrity"] = "sha512-somethingelse"
    (tmp_path / ".package-lock.json").write_text(json.dumps(unpacked))
    monkeypatch.setattr(place, "MODULES", tmp_path)
    monkeypatch.setattr(place, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(place, "STAMP", tmp_path / "vendor" / ".placed")
    assert place.main() == 1
    assert "node_modules/htmx.org" in capsys.readouterr().err
    assert not (tmp_path / "vendor").exists()
