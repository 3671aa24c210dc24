"""Who looked, when and at what, burnt into the picture of a sensitive document. Pure: bytes in, bytes out."""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import Image, ImageDraw, ImageFont

ANGLE = 28
OPACITY = 96
# Of the picture's width: wide enough to read on a phone, close enough that no part of a document is free of it.
LETTER, GAP = 0.028, 4.2


def watermarked(data: bytes, media_type: str, said: str) -> bytes:
    """The picture with `said` across it in rows, dark and light so that it shows on any ground. Latin letters and digits only."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGBA")
    picture.alpha_composite(_rows(picture.size, said))
    target = io.BytesIO()
    jpeg = media_type == "image/jpeg"
    picture.convert("RGB").save(target, "JPEG" if jpeg else "PNG", **({"quality": 88} if jpeg else {"compress_level": 1}))
    return target.getvalue()


def _rows(size: tuple[int, int], said: str) -> Image.Image:
    width, height = size
    letter = max(10, round(width * LETTER))
    side = math.ceil(math.hypot(width, height))
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    font = ImageFont.load_default(letter)
    line = f"{said}   " * math.ceil(side / max(1, draw.textlength(said, font)) + 2)
    period = max(1, round(draw.textlength(said, font)))
    ink: dict[str, Any] = {"fill": (0, 0, 0, OPACITY), "stroke_width": max(1, letter // 14), "stroke_fill": (255, 255, 255, OPACITY)}
    for number, y in enumerate(range(0, side, round(letter * GAP))):
        draw.text((-number * letter * 7 % period - period, y), line, font=font, **ink)
    turned = layer.rotate(ANGLE, resample=Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return turned.crop((left, top, left + width, top + height))
