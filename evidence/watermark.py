"""Who looked, when and at what, burnt into the picture of a sensitive document. Pure: bytes in, bytes out.

The picture is held once and marked in place: one line is drawn, and its slices, turned, are laid on wherever the line belongs.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

ANGLE = 28
OPACITY = 96
# Of the picture's width (or twice its height, of a wide strip): to be read on a phone, and close enough that no part is free of it.
LETTER, GAP = 0.028, 4.2
# A turned line fills little of its square, so it is turned in slices of so many heights: a long address costs no more than its area.
SLICE = 4


def add_watermark(data: bytes, media_type: str, said: str) -> bytes:
    """The picture with `said` across it in rows, dark and light so that it shows on any ground. Latin letters and digits only."""
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        picture = opened if opened.mode == "RGB" else opened.convert("RGB")
        _mark(picture, said)
        target = io.BytesIO()
        jpeg = media_type == "image/jpeg"
        picture.info = {}
        picture.save(target, "JPEG" if jpeg else "PNG", **({"quality": 88} if jpeg else {"compress_level": 1}))
    return target.getvalue()


def _mark(picture: Image.Image, said: str) -> None:
    letter = max(10, round(min(picture.width, 2 * picture.height) * LETTER))
    line = _line(f"{said}   ", letter)
    slices = list(_slices(line))
    for left, top in _places(picture.size, line.width, round(letter * GAP), letter * 7):
        for x, y, piece in slices:
            at = round(left + x - piece.width / 2), round(top + y - piece.height / 2)
            if -piece.width < at[0] < picture.width and -piece.height < at[1] < picture.height:
                picture.paste(piece, at, piece)


def _line(said: str, letter: int) -> Image.Image:
    font = ImageFont.load_default(letter)
    line = Image.new("RGBA", (math.ceil(font.getlength(said)), round(letter * 1.5)))
    ImageDraw.Draw(line).text(
        (letter // 8, letter // 8), said, (0, 0, 0, OPACITY), font, stroke_width=max(1, letter // 14), stroke_fill=(255, 255, 255, OPACITY)
    )
    return line


def _slices(line: Image.Image) -> Iterator[tuple[float, float, Image.Image]]:
    """Turned, and where the middle of each lies from the start of the line."""
    long = line.height * SLICE
    for start in range(0, line.width, long):
        piece = line.crop((start, 0, min(start + long, line.width), line.height))
        x, y = _rotate(start + piece.width / 2, 0)
        yield x, y, piece.rotate(ANGLE, resample=Image.Resampling.BILINEAR, expand=True)


def _places(size: tuple[int, int], along: int, apart: int, shift: int) -> Iterator[tuple[float, float]]:
    """The starts of all lines that can touch the picture: rows at an angle, each shifted against the last."""
    (width, height), reach = size, math.hypot(*size) / 2
    rows, lines = math.ceil(reach / apart) + 1, math.ceil(reach / along) + 1
    for row in range(-rows, rows + 1):
        offset = -row * shift % along
        for place in range(-lines - 1, lines):
            x, y = _rotate(place * along + offset, row * apart)
            yield width / 2 + x, height / 2 + y


def _rotate(x: float, y: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(ANGLE)), math.sin(math.radians(ANGLE))
    return x * cos + y * sin, y * cos - x * sin
