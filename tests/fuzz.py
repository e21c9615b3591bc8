"""What else in the world may be read where a badge is expected (F15): texts by the thousand, the same for each seed."""

import random
import re
from collections.abc import Callable, Iterator

import segno
from PIL import Image
from qrcode import QRCode, constants, util

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NO_SIGNS = "UILO!%+é٣０Ａ🎫\u0000\u200d"
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"
EMOJI = ("😀", "👩🏽‍🚀", "🇺🇳", "🏳️‍🌈", "1️⃣", "🫱🏿‍🫲🏻")
LOOK_ALIKES = str.maketrans({"A": "А", "E": "Е", "I": "ı", "O": "Ο", "S": "ſ", "X": "Х", "M": "Ｍ", ".": "․", "1": "l"})
FOREIGN = (
    "https://example.com/menu?table={}",
    "http://192.168.0.{}/setup",
    "javascript:alert({})//",
    "data:text/html,<script>location='//evil.example/{}'</script>",
    "WIFI:T:WPA;S:Guests {};P:secret;;",
    "tel:+49151{}",
    "sms:+49151{}:hello",
    "mailto:someone{}@example.org?subject=hi",
    "geo:53.5,9.9?q={}",
    "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Example {}\nEND:VCARD",
    "BEGIN:VEVENT\nSUMMARY:Mixer {}\nEND:VEVENT",
    "otpauth://totp/x?secret={}",
    "bitcoin:1BoatSLRHtKNngkdXEobR76b53LETtpyT?amount={}",
    "00020101021226{}5204000053039865802DE6304ABCD",
    "intent://scan/{}#Intent;scheme=zxing;end",
    "file:///etc/passwd?{}",
    "view-source:https://example.com/{}",
    "blob:https://example.com/{}",
    "';DROP TABLE badges;--{}",
    "{{{{7*{}}}}}",
    "../../../../B/{}",
)

Fuzz = Callable[[random.Random, str], str]


def token(dice: random.Random) -> str:
    """Twenty-four signs that nobody has printed."""
    return "".join(dice.choices(SIGNS, k=24))


def forged(dice: random.Random, badge: str) -> str:
    """Well-formed, ours by its address, one to three signs beside a real one: only the server can tell."""
    signs = list(badge)
    for place in dice.sample(range(len(badge) - 24, len(badge)), dice.randint(1, 3)):
        signs[place] = dice.choice(SIGNS.replace(signs[place], ""))
    return "".join(signs)


def mutated(dice: random.Random, badge: str) -> str:
    """A badge with a token that is too short, too long or has a sign that tokens have not."""
    place = dice.randrange(len(badge) - 23, len(badge))
    longer = badge[:place] + "".join(dice.choices(SIGNS, k=dice.randint(1, 30))) + badge[place:]
    spoiled = badge[:place] + dice.choice(NO_SIGNS) + badge[place + 1 :]
    return dice.choice([longer, spoiled, badge[: -dice.randint(1, 24)], badge + dice.choice("/?#.%&\\") + "X"])


def elsewhere(dice: random.Random, badge: str) -> str:
    """An address that looks like ours to somebody in a hurry."""
    scheme, host, rest = re.fullmatch(r"(\w+://)([^/]+)(/.*)", badge).groups()  # type: ignore[union-attr]  # it is one
    host = dice.choice(
        [
            f"{host}.EVIL.EXAMPLE",
            f"EVIL-{host}",
            f"{host}@EVIL.EXAMPLE",
            f"USER:PW@{host}",
            f"EVIL.EXAMPLE\\@{host}",
            f"EVIL.EXAMPLE/{host}",
            f"EVIL.EXAMPLE#{host}",
            f"{host}:{dice.randint(1, 65535)}",
            f"{host}.",
            f"XN--{host}",
            f"{host}%2F",
            f" {host}",
            f"{host}\t",
            f"[{host}]",
            f"Х{host[1:]}",
            f"{host}".translate(LOOK_ALIKES) + "․",
        ]
    )
    scheme = dice.choice([scheme, scheme, "FTP://", "//", scheme + "/", "HTTPS:", "JAVASCRIPT://", "HTTPſ://"])
    return scheme + host + rest


def disguised(dice: random.Random, badge: str) -> str:
    """A badge with controls, direction marks or pictures inside."""
    text = badge
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(1, len(text) - 1)
        text = text[:place] + dice.choice([dice.choice(CONTROLS), dice.choice(BIDI), *EMOJI]) + text[place:]
    return text


def foreign(dice: random.Random, badge: str) -> str:
    """What other people print."""
    return dice.choice(FOREIGN).format(dice.randint(0, 10**9)) + dice.choice(["", "", badge, dice.choice(EMOJI)])


def long(dice: random.Random, badge: str) -> str:
    """Up to four kilobytes with a badge somewhere in it."""
    filler = dice.choice(["A", "0", badge, "\n", " X", dice.choice(EMOJI)])
    text = filler * (4096 // len(filler.encode()) + 1)
    place = dice.randrange(len(text))
    return (text[:place] + badge + text[place:]).encode()[: dice.randint(600, 4096)].decode(errors="ignore") + "!"


def noise(dice: random.Random, badge: str) -> str:
    """Signs of all the world."""
    signs = (dice.randrange(0xD800) if dice.random() < 0.9 else dice.randrange(0xE000, 0x11000) for _ in range(60))
    return "".join(map(chr, signs))[: dice.randint(0, 60)]


def garbled(dice: random.Random, badge: str) -> str:
    """A badge whose UTF-8 was cut or shifted before somebody decoded it."""
    raw = bytearray(badge.encode())
    raw[dice.randrange(len(raw))] = dice.choice([0xC3, 0xE2, 0xF0, 0xFF, 0x80, 0xED])
    return raw.decode(errors="replace")


NO_BADGES: tuple[Fuzz, ...] = (mutated, elsewhere, disguised, foreign, long, noise, garbled)


def no_badges(seed: int, number: int, badge: str) -> Iterator[str]:
    """So many texts that are not badges, though many hold one."""
    dice = random.Random(seed)
    for count in range(number):
        yield NO_BADGES[count % len(NO_BADGES)](dice, badge)


class Lying(util.QRData):  # type: ignore[misc]  # published without types
    """A segment of a code whose length field says another number of signs than follow."""

    def __init__(self, text: str, says: int) -> None:
        super().__init__(text.encode(), mode=util.MODE_8BIT_BYTE)
        self.says = says

    def __len__(self) -> int:
        return self.says


def lying_picture(dice: random.Random, badge: str) -> Image.Image:
    """A readable code that claims to hold more or less than it does."""
    code = QRCode(version=6, error_correction=constants.ERROR_CORRECT_L, box_size=3, border=4)
    lie = dice.choice([*range(1, len(badge)), *range(len(badge) + 1, 256)])
    code.add_data(Lying(badge, lie))
    code.make(fit=False)
    pixels = [[255 * (not dark) for dark in row] for row in code.get_matrix()]
    side = len(pixels)
    picture = Image.frombytes("L", (side, side), bytes(value for row in pixels for value in row))
    return picture.resize((side * 3, side * 3), Image.Resampling.NEAREST)


def picture(text: str | bytes) -> Image.Image:
    """A code of this text, or of as much as codes can hold."""
    raw = (text.encode() if isinstance(text, str) else text)[:1200] or b" "
    code = segno.make(raw, error="l", micro=False, encoding=None, boost_error=False)
    rows = [[255 * (not dark) for dark in row] for row in code.matrix_iter(border=4)]
    side = len(rows)
    drawn = Image.frombytes("L", (side, side), bytes(value for row in rows for value in row))
    return drawn.resize((side * 3, side * 3), Image.Resampling.NEAREST)
