"""Which static files there are and what this build of them is called. Free of Flask: set-up asks it at every start."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
PACKED = ROOT / "build" / "static"
"""One folder a build, named by its hash, as `PACKER` lays them out."""
PACKER = ROOT / "bin" / "pack_assets.py"

ENTRY = Path("css/app.css")
"""The one style sheet pages name; it imports the others, and holds them all once it is laid out."""
IMPORT = re.compile(r'@import url\("(?P<sheet>[^"]+)"\) layer\((?P<layer>\w+)\);')


def static_files() -> list[Path]:
    """All files a page may ask for, relative to `STATIC`, sorted."""
    files = (path.relative_to(STATIC) for path in sorted(STATIC.rglob("*")) if path.is_file())
    return [file for file in files if not file.name.startswith(".")]


def build_hash() -> str:
    """Twelve hex letters over names and contents of all static files, and over what packs them.

    A file is kept for ever under its build, so one that is packed otherwise must have another address.
    """
    total = hashlib.sha256(PACKER.read_bytes())
    for file in static_files():
        total.update(str(file).encode() + hashlib.sha256((STATIC / file).read_bytes()).digest())
    return total.hexdigest()[:12]


def is_packed(build: str) -> bool:
    """Whether this build is laid out."""
    return (PACKED / build).is_dir()
