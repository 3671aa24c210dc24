"""Pictures for the demo's evidence: plain drawings of a phone's screen or a paper with readable, invented words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
# Where systems keep a font with hanzi. Without one the words are English.
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
SIZE = (480, 800)
TILES, TILE = (10, 4), (42, 58)
INK, SOFT, LINE, PAPER = "#17212b", "#5b6876", "#d7dde4", "#ffffff"
Words = tuple[str, str]  # Chinese, English


@lru_cache(maxsize=8)
def _font(size: int) -> Font:
    found = next((name for name in FONTS if Path(name).is_file()), None)
    return ImageFont.truetype(found, size) if found else ImageFont.load_default(size)


@lru_cache(maxsize=1)
def _has_hanzi() -> bool:
    return any(Path(name).is_file() for name in FONTS)


def _drawable_text(words: Words) -> str:
    return words[0] if _has_hanzi() else words[1]


def screen(title: Words, amount: str, lines: Sequence[tuple[Words, str]], colour: str, number: int, goods: str) -> bytes:
    """A page of an app as PNG. `number` makes every picture a file of its own; what was bought looks alike for the same `goods`."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 96), fill=colour)
    draw.text((28, 34), _drawable_text(title), font=_font(28), fill="#ffffff")
    draw.text((SIZE[0] // 2, 170), amount, font=_font(48), fill=INK, anchor="mm")
    draw.line((28, 230, SIZE[0] - 28, 230), fill=LINE, width=2)
    for place, (label, value) in enumerate(lines):
        top = 256 + place * 56
        draw.text((28, top), _drawable_text(label), font=_font(21), fill=SOFT)
        draw.text((SIZE[0] - 28, top), value, font=_font(21), fill=INK, anchor="ra")
    _goods(draw, goods)
    draw.text(
        (SIZE[0] // 2, SIZE[1] - 34), f"{_drawable_text(('演示样张', 'Demo sample'))} {number:04d}", font=_font(18), fill=SOFT, anchor="mm"
    )
    return _png(image)


def _goods(draw: ImageDraw.ImageDraw, goods: str) -> None:
    """Tiles in place of a photograph, so that pictures of different things differ as real ones do."""
    tones = Random(goods)  # noqa: S311 - a drawing
    for place in range(TILES[0] * TILES[1]):
        left, top = 28 + place % TILES[0] * TILE[0], 496 + place // TILES[0] * TILE[1]
        shade = tones.randrange(150, 236)
        draw.rectangle((left, top, left + TILE[0] - 1, top + TILE[1] - 1), fill=(shade, shade + 8, shade + 16))


def card(title: Words, lines: Sequence[Words], number: int) -> bytes:
    """An identity document that cannot be taken for a real one."""
    image = Image.new("RGB", (720, 460), "#e8f0f6")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((14, 14, 706, 446), radius=24, outline="#7d8a98", width=3)
    draw.text((44, 44), _drawable_text(title), font=_font(32), fill=INK)
    for place, line in enumerate(lines):
        draw.text((44, 130 + place * 52), _drawable_text(line), font=_font(25), fill=INK)
    draw.text((360, 400), f"{_drawable_text(('样张 无效', 'SPECIMEN'))} {number:04d}", font=_font(32), fill="#ab1d2b", anchor="mm")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()
