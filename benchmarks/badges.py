"""What do 1,000 badges cost? Ours against reportlab drawing the same codes, with the same stored masks, as paths.

    python -m benchmarks.badges [COUNT]

Each side runs in a process of its own and includes its own start; seconds are processor time, memory is the peak.
reportlab draws the same lines in one Latin font at fixed sizes, without tags: a yardstick for speed, not for badges.
"""

import io
import json
import random
import resource
import subprocess
import sys
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from webapp.badges.sheets import BadgeFace, BadgeSheet, BadgeWords, payload
from webapp.badges.stocks import get_stock
from webapp.core import child
from webapp.core.qr import badge_text, choose

SYLLABLES = "an be ca do el fi go ha is jo ka li mo na or pe ro sa ti va".split()
# Every mask reads; taking them in turn spares the benchmark the search that issuing a badge does once.
FORM = choose(badge_text("https://mixer.example.org", "0" * 24))


def badges(count: int) -> BadgeSheet:
    """The same invented guests every time."""
    seeded = random.Random(20261121)
    return BadgeSheet(
        title="Benchmark",
        language="en",
        stock=get_stock("a4-4up"),
        circle_name="Harbour Circle",
        hue=30,
        logo_png=logo(),
        host="mixer.example.org",
        words=BadgeWords("Ask me about"),
        faces=tuple(face(seeded) for _ in range(count)),
        separators=False,
    )


def face(seeded: random.Random) -> BadgeFace:
    """One guest with names of two to four syllables."""
    token = "".join(seeded.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24))
    given, family, company = ("".join(seeded.choices(SYLLABLES, k=k)).title() for k in (2, 3, 4))
    text = badge_text("https://mixer.example.org", token)
    return BadgeFace(given, family, f"{company} Ltd", "sailing and bread", text, FORM, token[:8], family[0])


def logo() -> bytes:
    """A small opaque picture."""
    file = io.BytesIO()
    Image.new("RGB", (240, 80), (30, 90, 80)).save(file, "PNG")
    return file.getvalue()


def ours(count: int, out: Path) -> None:
    """The product's own path, child process and all."""
    limits = child.Limits(cpu_seconds=600, memory_bytes=4 << 30, wall_seconds=900)
    result = child.run("webapp.badges.pdf:badges_from_payload", payload(badges(count)), out, limits)
    assert result == child.Done(), result


def reportlab(count: int, out: Path) -> None:
    """The yardstick."""
    from benchmarks.badges_by_reportlab import draw  # here, so that ours is not charged for loading it

    draw(badges(count), out)


SIDES = {"ours": ours, "reportlab": reportlab}


def measure(side: str, count: int) -> dict[str, float]:
    """CPU seconds, peak memory and file size of one side, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.badges", str(count), side]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True, cwd=child.ROOT).stdout))


def report(side: str, count: int) -> None:
    """The fresh process's side: work, then print what it and its children took."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "badges.pdf"
        SIDES[side](count, out)
        size = out.stat().st_size
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # Linux counts kilobytes, macOS bytes.
    peak = max(use.ru_maxrss for use in used) / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(json.dumps({"cpu": sum(use.ru_utime + use.ru_stime for use in used), "rss": peak, "mb": size / 1e6}))


def main(count: int) -> None:
    """Print the table: the better of two turns each, taken alternately, because other work disturbs."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "reportlab", "qrcode"))
    print(f"{count} badges, {get_stock('a4-4up').name}; {versions}, Python {sys.version.split()[0]}")
    turns = [(side, measure(side, count)) for _ in range(2) for side in SIDES]
    best = {side: min((used for name, used in turns if name == side), key=itemgetter("cpu")) for side in SIDES}
    print(f"{'':12}{'CPU s':>8}{'peak MB':>10}{'file MB':>10}")
    for side, used in best.items():
        print(f"{side:12}{used['cpu']:8.1f}{used['rss']:10.0f}{used['mb']:10.2f}")
    print(f"ratio {best['ours']['cpu'] / best['reportlab']['cpu']:.1f} (aim: 4 at most)")


if __name__ == "__main__":
    amount = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    report(sys.argv[2], amount) if len(sys.argv) > 2 else main(amount)
