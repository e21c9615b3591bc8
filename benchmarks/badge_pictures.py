"""Photographs of badges as a phone in a crowd takes them, and films of them, drawn anew from a seed. Pillow only.

A scene is a badge in front of clutter, seen through a bad lens: tilted, turned, bent, far, shaken, out of focus, dim,
noisy, with a lamp mirrored in its foil. The code on it is one of ours, drawn by the product.
"""

import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from webapp.core import qr
from webapp.core.tokens import CROCKFORD

FRAME = (1280, 720)
BADGE = (600, 840)
SYMBOL = 300
"""Pixels along a code's side on the flat badge, margin left out."""
PLACE = (150, 440)
"""Where on the badge the code begins."""
HOST = "HTTPS://MIX.EXAMPLE.ORG"

Point = tuple[float, float]
STEPS = [NormalDist().inv_cdf((value + 0.5) / 256) for value in range(256)]


@dataclass(frozen=True)
class View:
    """How one badge is seen. Lengths in pixels of the frame, angles in degrees."""

    side: float = 210.0
    tilt: float = 8.0
    axis: float = 50.0
    turn: float = 3.0
    bend: float = 0.0
    middle: Point = (640.0, 390.0)
    shake: float = 0.0
    blur: float = 0.5
    light: float = 0.9
    noise: float = 3.0
    glare: float = 0.0
    shadow: float = 0.0
    quality: int = 85


@dataclass(frozen=True)
class Photo:
    """A picture as JPEG, the class of scene it belongs to, and what stands in it."""

    scene: str
    name: str
    texts: tuple[str, ...]
    jpeg: bytes


def a_text(dice: random.Random) -> str:
    """What one of our badges says."""
    return f"{HOST}/B/{''.join(dice.choices(CROCKFORD, k=24))}"


def a_badge(text: str, dice: random.Random) -> Image.Image:
    """A printed badge: a coloured head, a name, the code with its margin."""
    badge = Image.new("RGB", BADGE, (250, 250, 248))
    pen = ImageDraw.Draw(badge)
    pen.rectangle((0, 0, BADGE[0], 150), fill=tuple(dice.randrange(40, 200) for _ in range(3)))
    pen.text((40, 190), "Amina Okafor", font_size=72, fill=(20, 20, 20))
    pen.text((40, 290), "Harbour & Co", font_size=40, fill=(90, 90, 90))
    form = qr.choose(text)
    symbol = Image.open(io.BytesIO(qr.png(text, form, border=qr.QUIET_MODULES, box=8))).convert("RGB")
    margin = round(SYMBOL / form.modules_wide * qr.QUIET_MODULES)
    whole = SYMBOL + 2 * margin
    badge.paste(symbol.resize((whole, whole), Image.Resampling.BOX), (PLACE[0] - margin, PLACE[1] - margin))
    return badge


def a_room(dice: random.Random) -> Image.Image:
    """What stands behind a badge: soft shapes, lamps, and writing, which decoders take for codes."""
    small = Image.frombytes("RGB", (4, 3), bytes(dice.randrange(30, 200) for _ in range(36)))
    room = small.resize(FRAME, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(room)
    for _ in range(dice.randrange(10, 24)):
        x, y, wide, high = dice.randrange(1280), dice.randrange(720), dice.randrange(10, 260), dice.randrange(10, 220)
        shape = pen.rectangle if dice.random() < 0.5 else pen.ellipse
        shape((x, y, x + wide, y + high), fill=tuple(dice.randrange(10, 245) for _ in range(3)))
    for _ in range(dice.randrange(3, 7)):
        at = (dice.randrange(1080), dice.randrange(680))
        pen.text(at, a_text(dice)[-9:], font_size=dice.randrange(20, 60), fill=tuple(dice.choices(range(255), k=3)))
    room = room.filter(ImageFilter.GaussianBlur(dice.uniform(1.5, 6)))
    pen = ImageDraw.Draw(room)
    for _ in range(dice.randrange(6)):
        x, y, size = dice.randrange(1280), dice.randrange(360), dice.randrange(8, 50)
        pen.ellipse((x, y, x + size, y + size), fill=(255, 245, 235))
    return room.filter(ImageFilter.GaussianBlur(1.2))


def corners(view: View) -> list[Point]:
    """Where the four corners of the badge fall in the frame, clockwise from its upper left."""
    scale, focus = view.side / SYMBOL, 1.05 * FRAME[0]
    turn, tilt, axis = map(math.radians, (view.turn, view.tilt, view.axis))
    middle = (PLACE[0] + SYMBOL / 2, PLACE[1] + SYMBOL / 2)
    seen = []
    for right, down in ((0, 0), (BADGE[0], 0), BADGE, (0, BADGE[1])):
        x, y = (right - middle[0]) * scale, (down - middle[1]) * scale
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        along, across = x * math.cos(axis) + y * math.sin(axis), y * math.cos(axis) - x * math.sin(axis)
        depth, across = across * math.sin(tilt), across * math.cos(tilt)
        x, y = along * math.cos(axis) - across * math.sin(axis), along * math.sin(axis) + across * math.cos(axis)
        nearness = focus / (focus + depth)
        seen.append((view.middle[0] + x * nearness, view.middle[1] + y * nearness))
    return seen


def homography(seen: list[Point], size: tuple[int, int]) -> list[float]:
    """The eight numbers that lead from a place in the frame to the place on the picture, as Pillow takes them."""
    rows = []
    for (x, y), (u, v) in zip(seen, ((0, 0), (size[0], 0), size, (0, size[1])), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return solved(rows)


def solved(rows: list[list[float]]) -> list[float]:
    """The unknowns of as many linear equations; each row ends with its right side. Gauss and Jordan, with pivots."""
    for at in range(len(rows)):
        pivot = max(range(at, len(rows)), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(len(rows)):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[-1] for row in rows]


def bent(badge: Image.Image, degrees: float) -> Image.Image:
    """The badge around a chest: its edges turn away by so many degrees."""
    wide, high, strips = *badge.size, 60
    angle = math.radians(degrees)
    radius = wide / 2 / angle
    edge = radius * math.sin(angle)

    def flat(x: float) -> float:
        return radius * math.asin(max(-1.0, min(1.0, (x / strips * 2 - 1) * edge / radius))) + wide / 2

    mesh = [
        ((at * wide // strips, 0, (at + 1) * wide // strips, high), (a, 0, a, high, b, high, b, 0))
        for at in range(strips)
        for a, b in [(flat(at), flat(at + 1))]
    ]
    return badge.transform(badge.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def held(room: Image.Image, badge: Image.Image, view: View) -> Image.Image:
    """The room with the badge in front of it."""
    badge = bent(badge, view.bend) if view.bend else badge
    seen = corners(view)
    # Drawn twice as large and made small again, so that no module is lost between two pixels.
    numbers = homography([(2 * x, 2 * y) for x, y in seen], badge.size)
    left, top = (max(0, math.floor(min(values)) - 2) for values in zip(*seen, strict=True))
    right, bottom = (
        min(edge, math.ceil(max(values)) + 2) for values, edge in zip(zip(*seen, strict=True), FRAME, strict=True)
    )
    shift = moved(numbers, 2 * left, 2 * top)
    size = (2 * (right - left), 2 * (bottom - top))
    seen_badge = badge.transform(size, Image.Transform.PERSPECTIVE, shift, Image.Resampling.BILINEAR)
    mask = Image.new("L", badge.size, 255).transform(
        size, Image.Transform.PERSPECTIVE, shift, Image.Resampling.BILINEAR
    )
    frame = room.copy()
    frame.paste(seen_badge.reduce(2), (left, top), mask.reduce(2))
    return frame


def moved(numbers: list[float], x: int, y: int) -> list[float]:
    """The same homography for a frame whose corner lies at (x, y)."""
    a, b, c, d, e, f, g, h = numbers
    by = g * x + h * y + 1
    return [value / by for value in (a, b, a * x + b * y + c, d, e, d * x + e * y + f, g, h)]


def photographed(frame: Image.Image, view: View, dice: random.Random) -> Image.Image:
    """What lens, light and sensor make of it."""
    if view.glare:
        frame = mirrored(frame, view, dice)
    if view.shadow:
        ramp = Image.linear_gradient("L").rotate(dice.randrange(360)).resize(FRAME)
        frame = ImageChops.multiply(frame, ramp.point(lambda v: round(255 - v * view.shadow)).convert("RGB"))
    frame = shaken(frame, view.shake, dice.uniform(0, math.pi)).filter(ImageFilter.GaussianBlur(view.blur))
    return grainy(frame.point(lambda v: round(v * view.light)), view.noise, dice)


def mirrored(frame: Image.Image, view: View, dice: random.Random) -> Image.Image:
    """A lamp in the badge's foil, so many code sides wide."""
    size = round(view.glare * view.side * 3)
    spot = (
        ImageChops.invert(Image.radial_gradient("L")).resize((size, size)).point(lambda v: min(255, max(0, v - 60) * 2))
    )
    x, y = (round(at + dice.uniform(-0.4, 0.4) * view.side - size / 2) for at in view.middle)
    frame.paste(Image.new("RGB", (size, size), "white"), (x, y), spot)
    return frame


def shaken(frame: Image.Image, length: float, direction: float) -> Image.Image:
    """The hand moved so many pixels while the shutter was open."""
    steps = math.ceil(length)
    mean = frame
    for step in range(1, steps + 1):
        x, y = (round((step / steps - 0.5) * length * part) for part in (math.cos(direction), math.sin(direction)))
        mean = Image.blend(mean, ImageChops.offset(frame, x, y), 1 / (step + 1))
    return mean


def grainy(frame: Image.Image, deviation: float, dice: random.Random) -> Image.Image:
    """With the sensor's noise, in steps of brightness."""
    table = [max(0, min(255, round(128 + deviation * step))) for step in STEPS]
    noise = Image.frombytes("L", frame.size, dice.randbytes(frame.width * frame.height)).point(table)
    return ImageChops.add(frame, Image.merge("RGB", (noise,) * 3), 1, -128)


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """As a camera hands it over."""
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=quality)
    return jpeg.getvalue()


LEVELS: dict[str, tuple[float, ...]] = {
    "clean": (0,),
    "shaken": (5, 9, 13, 17),
    "out of focus": (2, 3, 4, 5),
    "low light": (8, 14, 20, 28, 36, 46),
    "tilted": (20, 30, 40, 50),
    "turned": (17, 45, 90, 180),
    "glare": (0.1, 0.15, 0.2, 0.3),
    "small": (45, 55, 70, 110),
    "bent": (15, 30, 45, 60),
    "two": (0,),
    "dim mixer": (1, 2, 3, 4, 5, 6),
}
"""Scene → how hard."""


def view_of(scene: str, level: float, dice: random.Random) -> View:
    """How a badge is seen in this scene."""
    view = View(
        side=dice.uniform(170, 260),
        tilt=dice.uniform(0, 12),
        axis=dice.uniform(0, 360),
        turn=dice.uniform(-8, 8),
        middle=(dice.uniform(400, 880), dice.uniform(300, 450)),
        blur=dice.uniform(0.4, 0.7),
        light=dice.uniform(0.75, 1),
        noise=dice.uniform(1.5, 4),
    )
    match scene:
        case "shaken":
            return replace(view, shake=level)
        case "out of focus":
            return replace(view, blur=level)
        case "low light":
            light = 0.55 - (level - 8) / 38 * 0.39
            return replace(view, light=light, noise=level * light * 1.6, shake=dice.uniform(0, 2.5), quality=80)
        case "tilted":
            return replace(view, tilt=level)
        case "turned":
            return replace(view, turn=level + dice.uniform(-6, 6))
        case "glare":
            return replace(view, glare=level)
        case "small":
            return replace(view, side=level)
        case "bent":
            return replace(view, bend=level, tilt=dice.uniform(0, 20))
        case "dim mixer":
            return at_a_mixer(view, level, dice)
    return view


def at_a_mixer(view: View, level: float, dice: random.Random) -> View:
    """A little of everything, in a room with candles."""
    return replace(
        view,
        side=dice.uniform(105, 260 - 15 * level),
        tilt=dice.uniform(0, 8 + 5 * level),
        turn=dice.gauss(0, 6 + 3 * level),
        bend=dice.choice([0, dice.uniform(8, 12 + 4 * level)]),
        shake=dice.uniform(0, 1 + 0.9 * level),
        blur=dice.uniform(0.5, 0.7 + 0.13 * level),
        light=dice.uniform(0.62 - 0.07 * level, 0.8 - 0.07 * level),
        noise=2 + dice.uniform(0.5, 1.6) * level,
        shadow=dice.choice([0, dice.uniform(0.2, 0.55)]),
        glare=dice.choice([0, 0, 0, dice.uniform(0.1, 0.2)]),
        quality=78,
    )


def photos(seed: int, each: int) -> Iterator[Photo]:
    """So many pictures of each scene and level, the same for the same seed."""
    for scene, levels in LEVELS.items():
        for level in levels:
            for count in range(each * (4 if scene == "two" else 1)):
                yield a_photo(scene, level, f"{seed}-{scene}-{level}-{count}")


def a_photo(scene: str, level: float, name: str) -> Photo:
    """One picture; its name is its seed."""
    dice = random.Random(name)
    view = view_of(scene, level, dice)
    places = [(dice.uniform(280, 440), 390.0), (dice.uniform(840, 1000), 390.0)] if scene == "two" else [view.middle]
    frame, texts = a_room(dice), []
    for place in places:
        texts.append(a_text(dice))
        frame = held(
            frame, a_badge(texts[-1], dice), replace(view, middle=place, turn=view.turn + dice.uniform(-12, 12))
        )
    return Photo(scene, name, tuple(texts), as_jpeg(photographed(frame, view, dice), view.quality))


FILMS = {"easy": 1.0, "dim": 2.0, "walk-up": 4.0, "hard": 3.0}
"""Film → its seconds."""


def moment(film: str, at: float) -> View | None:
    """How the badge is seen so many seconds into the film; None while nobody is there."""
    sway, bob = math.sin(2.1 * at) + 0.5 * math.sin(5.3 * at), math.sin(1.7 * at + 1) + 0.5 * math.sin(6.1 * at)
    match film:
        case "easy":
            return View(side=230, tilt=5)
        case "dim":
            middle = (640 + 30 * bob, 390.0)
            return View(170, 15, 50, 6 * sway, 0, middle, 2 + abs(sway), 1, 0.28, 9)
        case "walk-up":
            near = min(1, (at - 1) / 2)
            middle = (640 + 60 * bob, 390 + 25 * sway)
            seen = View(40 + 190 * near, 12, 50, 5 * sway, 0, middle, 5 * (1 - near) + 1, 2.2 - 1.7 * near, 0.8, 4)
            return seen if at >= 1 else None
    middle = (640 + 70 * sway, 390 + 40 * bob)
    return View(150 + 25 * bob, 25, 50, 10 * sway, 0, middle, 3 + 4 * abs(sway), 1.1 + 0.5 * abs(bob), 0.4, 9)


def frames(film: str, text: str) -> Iterator[bytes]:
    """The film's pictures as JPEG, thirty a second, each shown twice; a badge with this text in them."""
    dice = random.Random(film)
    room, badge = a_room(dice), a_badge(text, dice)
    for count in range(round(FILMS[film] * 15)):
        view = moment(film, count / 15)
        frame = held(room, badge, view) if view else room
        yield as_jpeg(photographed(frame, view or View(light=0.8), dice), 88) * 2
