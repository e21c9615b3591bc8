"""Lay out the static files of this build under build/static/, each with its brotli and gzip twin.

Our style sheets become one, so that a page asks once; comments in them and in our scripts stay at home.

Run at set-up, after bin/place-assets. A build that is laid out already is left alone; the newest two before it are
kept, so that pages opened before an update still find their files.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from webapp.web.builds import ENTRY, IMPORT, PACKED, STATIC, build_hash, static_files  # noqa: E402  # bin/ is not where the package is

KEPT = 3
LARGE = 200_000
"""Bytes from which compressing takes seconds: the decoder's tenth is worth them once, not at every edit of a script."""

COMMENT = re.compile(r"/\*.*?\*/\s*", re.S)
LINE_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.S | re.M)
"""A comment that has its lines to itself and ends where it ends: no text of ours begins a line that way."""


def compressor() -> Any:
    """Writes `name.br` and `name.gz` beside a file, where that makes it smaller."""
    # Loaded only when there is something to do: most starts find their build laid out.
    import brotli
    from whitenoise.compress import Compressor

    twins = Compressor(quiet=True)
    twins.compress_brotli = brotli.compress
    return twins


def has_twins_of_before(copy: Path, file: Path) -> bool:
    """Whether an earlier build has compressed the same large file; its twins are then here too."""
    if copy.stat().st_size < LARGE:
        return False
    for build in PACKED.glob("????????????"):
        before = build / file
        if before.exists() and before.read_bytes() == copy.read_bytes():
            for twin in before.parent.glob(f"{before.name}.*"):
                shutil.copyfile(twin, copy.parent / twin.name)
            return True
    return False


def carried(file: Path) -> bytes:
    """What a browser gets of this file."""
    source = STATIC / file
    if file == ENTRY:
        return joined(source.read_text()).encode()
    if file.parts[0] == "js":
        return LINE_COMMENT.sub("", source.read_text()).encode()
    return source.read_bytes()


def joined(entry: str) -> str:
    """The style sheet with every sheet it imports in its place and layer. Raises ValueError if one would break."""

    def sheet(found: re.Match[str]) -> str:
        text = (STATIC / ENTRY.parent / found["sheet"]).read_text()
        if "/" in found["sheet"] and "url(" in text:
            raise ValueError(f"{found['sheet']} names a file relative to itself")
        return f"@layer {found['layer']} {{\n{text}}}\n"

    return COMMENT.sub("", IMPORT.sub(sheet, entry))


def pack(build: str) -> Path:
    """The folder of this build, made if it is not there; never seen half made."""
    folder = PACKED / build
    if folder.exists():
        folder.touch()
        return folder
    growing = PACKED / f"{build}.new"
    shutil.rmtree(growing, ignore_errors=True)
    twins = compressor()
    for file in static_files():
        copy = growing / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(carried(file))
        if twins.should_compress(file.name) and not has_twins_of_before(copy, file):
            twins.compress(str(copy))
    return growing.rename(folder)


def drop_old() -> None:
    """Keep the newest builds only."""
    folders = sorted(PACKED.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[KEPT:]:
        shutil.rmtree(folder)


if __name__ == "__main__":
    pack(build_hash())
    drop_old()
