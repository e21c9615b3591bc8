"""What Chromium's fake camera is to see: still scenes one after the other as Motion-JPEG, and how to start with it."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import segno
from PIL import Image

FRAME = (1280, 720)
FRAMES_PER_SECOND = 30
"""Chromium plays every Motion-JPEG file at this rate and starts it again at its end."""

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def flags_for(video: Path) -> list[str]:
    """Command line of a Chromium whose only camera shows the video and is granted without asking."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    return [*FLAGS, *fake, f"--use-file-for-fake-video-capture={video}"]


def picture_of(text: str, *, scale: int = 8) -> Image.Image:
    """A QR code of the text, black on white with its margin, `scale` pixels a module."""
    png = io.BytesIO()
    segno.make(text, error="m", micro=False).save(png, kind="png", scale=scale, border=4)
    return Image.open(png).convert("RGB")


def held_up(*pictures: Image.Image) -> Image.Image:
    """A camera frame of a dim room with the pictures side by side across its middle; without any, the empty room."""
    frame = Image.new("RGB", FRAME, (74, 66, 70))
    for place, picture in enumerate(pictures):
        middle = FRAME[0] * (place + 1) // (len(pictures) + 1)
        frame.paste(picture, (middle - picture.width // 2, (FRAME[1] - picture.height) // 2))
    return frame


def film(path: Path, scenes: Sequence[tuple[Image.Image, float]]) -> Path:
    """Write the scenes, each for its seconds, as a Motion-JPEG file Chromium can play as a camera."""
    with path.open("wb") as file:
        for frame, seconds in scenes:
            file.writelines(_frames(frame, round(seconds * FRAMES_PER_SECOND)))
    return path


def _frames(frame: Image.Image, count: int) -> Iterable[bytes]:
    jpeg = io.BytesIO()
    frame.save(jpeg, "JPEG", quality=90)
    return [jpeg.getvalue()] * count
