"""Pictures as phones make them: JPEG with EXIF, position and all; and screenshots as PNG."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

MAKER, MODEL, GPS, LATITUDE_REF, LATITUDE = 0x010F, 0x0110, 0x8825, 1, 2
MAKER_NAME = "Verräter Optik"  # what must not be found in any copy that people look at

SECRET = (250, 10, 240)


def photo(path: Path, words: str, number: int = 0) -> Path:
    """A photograph that tells who made it and where."""
    picture = _drawn((900, 1200), words, number)
    exif = Image.Exif()
    exif[MAKER], exif[MODEL] = MAKER_NAME, "T-1000"
    exif.get_ifd(GPS)[LATITUDE_REF] = "N"
    exif.get_ifd(GPS)[LATITUDE] = (31.0, 13.0, 49.0)
    picture.save(path, "JPEG", exif=exif, quality=88)
    return path


def screenshot(path: Path, words: str, number: int = 0) -> Path:
    _drawn((780, 1688), words, number).save(path, "PNG")
    return path


def secret(path: Path, at: tuple[int, int, int, int], colour: tuple[int, int, int] = SECRET) -> Path:
    """A screenshot with something in it, of a colour of its own, that nobody else is to see."""
    picture = _drawn((780, 1688), "secret", 1)
    ImageDraw.Draw(picture).rectangle(at, fill=colour)
    picture.save(path, "PNG")
    return path


def _drawn(size: tuple[int, int], words: str, number: int) -> Image.Image:
    picture = Image.new("RGB", size, (246, 246, 248))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, size[0], 90), fill=(20 + number * 31 % 200, 90, 160))
    for row in range(6):
        pen.rectangle((30, 140 + row * 70, size[0] - 30 - row * 20, 180 + row * 70), fill=(210, 214, 222))
    pen.text((40, 30), f"{words} {number}", fill=(255, 255, 255))
    return picture
