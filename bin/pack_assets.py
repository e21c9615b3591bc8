"""Lay out the static files of this build under build/static/, each with its brotli and gzip twin.

Run at set-up, after bin/place-assets. A build that is laid out already is left alone; the newest two before it are
kept, so that pages opened before an update still find their files.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from webapp.web.builds import PACKED, STATIC, build_hash, static_files  # noqa: E402  # bin/ is not where the package is

KEPT = 3
LARGE = 200_000
"""Bytes from which brotli's best quality takes half a minute to save a tenth."""


def compressor() -> Any:
    """Writes `name.br` and `name.gz` beside a file, where that makes it smaller."""
    # Loaded only when there is something to do: most starts find their build laid out.
    import brotli
    from whitenoise.compress import Compressor

    twins = Compressor(quiet=True)
    twins.compress_brotli = lambda data: brotli.compress(data, quality=9 if len(data) > LARGE else 11)
    return twins


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
        shutil.copy2(STATIC / file, copy)
        if twins.should_compress(file.name):
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
