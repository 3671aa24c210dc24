"""What a HEIC says about itself, made easy for a decoder that has ended: its crop is left to us, its metadata lose their names.

pi-heif 1.4 refuses a picture that a phone has cropped (it takes the size after cropping for a limit), dies of metadata whose kind is not
text, and draws tiles grey that did not arrive. A crop becomes a box that says nothing, and is done on the decoded picture; metadata are not
read. Pure; runs in the examiner's process.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

Box = tuple[bytes, int, int]  # its name, where its inside begins and ends
PICTURE_ITEMS = frozenset({b"hvc1", b"grid", b"iden", b"iovl", b"av01", b"jpeg", b"tmap"})
MOST_BOXES = 20_000
# In place of a crop: pixels as wide as they are high.
SQUARE_PIXELS = struct.pack(">II", 1, 1)
CROP = struct.Struct(">IIIIiIiI")


@dataclass(frozen=True)
class Crop:
    """Of the picture as it is stored: size and where its middle lies from that of the whole; then how the result is turned."""

    width: int
    height: int
    right: Fraction
    down: Fraction
    quarter_turns: int = 0  # anti-clockwise
    mirrored: int | None = None  # 0: top and bottom change places, 1: left and right

    def apply(self, decoded: Image.Image) -> Image.Image:
        """`decoded` is the whole picture, turned and mirrored already."""
        plain = _mirror(decoded, self.mirrored)
        plain = plain.rotate(-90 * self.quarter_turns, expand=True) if self.quarter_turns else plain
        left = math.floor(self.right + Fraction(plain.width - self.width, 2))
        top = math.floor(self.down + Fraction(plain.height - self.height, 2))
        box = (max(0, left), max(0, top), min(plain.width, left + self.width), min(plain.height, top + self.height))
        if box[0] >= box[2] or box[1] >= box[3]:
            raise ValueError("a crop that leaves nothing")
        cut = plain.crop(box)
        return _mirror(cut.rotate(90 * self.quarter_turns, expand=True) if self.quarter_turns else cut, self.mirrored)


def _mirror(picture: Image.Image, axis: int | None) -> Image.Image:
    if axis is None:
        return picture
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT if axis else Image.Transpose.FLIP_TOP_BOTTOM)


def simplify(data: bytes) -> tuple[bytes, Crop | None]:
    """The file without crops and kinds of metadata, and the crop that is to be done.

    Raises ValueError (cut short, too), IndexError, struct.error.
    """
    meta = next((box for box in _boxes(data, 0, len(data)) if box[0] == b"meta"), None)
    if meta is None:
        return data, None
    inside = {name: (start, end) for name, start, end in _boxes(data, meta[1] + 4, meta[2])}
    made = bytearray(data)
    if b"iloc" in inside:
        _check_whole(data, inside[b"iloc"][0])
    if b"iinf" in inside:
        _rename_metadata(made, data, *inside[b"iinf"])
    parts = list(_boxes(data, *inside[b"iprp"])) if b"iprp" in inside else []
    properties = [box for name, start, end in parts if name == b"ipco" for box in _boxes(data, start, end)]
    for name, start, _end in properties:
        if name == b"clap":
            made[start - 4 : start + len(SQUARE_PIXELS)] = b"pasp" + SQUARE_PIXELS
    if b"pitm" not in inside:
        return bytes(made), None
    primary = _number(data, inside[b"pitm"][0] + 4, 4 if data[inside[b"pitm"][0]] else 2)
    used = [place for name, start, _end in parts if name == b"ipma" for place in _associations(data, start).get(primary, ())]
    return bytes(made), _crop(data, [properties[place - 1] for place in used if 0 < place <= len(properties)])


def _boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        size, head = _number(data, start, 4), 8
        if size == 1:
            size, head = _number(data, start + 8, 8), 16
        size = size or end - start
        if size < head:
            raise ValueError("a box smaller than its head")
        yield data[start + 4 : start + 8], start + head, min(start + size, end)
        start += size


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size])


def _check_whole(data: bytes, start: int) -> None:
    """Raises ValueError where a piece is said to lie beyond the end: tiles that did not arrive would be drawn grey."""
    version, sizes = data[start], _number(data, start + 4, 2)
    of_offset, of_length, of_base, of_index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    of_item = 4 if version == 2 else 2
    at = start + 6 + of_item
    for _ in range(min(_number(data, start + 6, of_item), MOST_BOXES)):
        at += of_item
        in_file = not version or _number(data, at, 2) & 15 == 0
        at += (4 if version else 2) + of_base
        base, count = _number(data, at - of_base, of_base), _number(data, at, 2)
        at += 2
        for _ in range(min(count, MOST_BOXES)):
            first = at + of_index
            end = base + _number(data, first, of_offset) + _number(data, first + of_offset, of_length)
            if in_file and end > len(data):
                raise ValueError("cut short")
            at = first + of_offset + of_length


def _rename_metadata(made: bytearray, data: bytes, start: int, end: int) -> None:
    """Exif, XMP and what nobody can name: none of it is read."""
    entries = start + 4 + (4 if data[start] else 2)
    for name, at, _end in _boxes(data, entries, end):
        if name == b"infe" and data[at] >= 2:
            kind = at + 4 + (4 if data[at] == 3 else 2) + 2
            if data[kind : kind + 4] not in PICTURE_ITEMS:
                made[kind : kind + 4] = b"skip"


def _associations(data: bytes, start: int) -> dict[int, list[int]]:
    """Of each item the properties that it has, in their order, as places from 1."""
    of_item, wide = 4 if data[start] else 2, data[start + 3] & 1
    found, at = dict[int, list[int]](), start + 8
    for _ in range(min(_number(data, start + 4, 4), MOST_BOXES)):
        item, count = _number(data, at, of_item), _number(data, at + of_item, 1)
        at += of_item + 1
        size = 2 if wide else 1
        places = [_number(data, at + size * each, size) & (0x7FFF if wide else 0x7F) for each in range(count)]
        found.setdefault(item, []).extend(places)
        at += size * count
    return found


def _crop(data: bytes, properties: list[Box]) -> Crop | None:
    inside = {name: data[start:end] for name, start, end in properties if name in (b"clap", b"irot", b"imir")}
    if b"clap" not in inside:
        return None
    width, of_width, height, of_height, right, of_right, down, of_down = CROP.unpack(inside[b"clap"][: CROP.size])
    try:
        return Crop(
            width // of_width, height // of_height, Fraction(right, of_right), Fraction(down, of_down),
            inside.get(b"irot", b"\0")[0] & 3, inside[b"imir"][0] & 1 if b"imir" in inside else None,
        )  # fmt: skip
    except ZeroDivisionError as error:
        raise ValueError("a crop by nothing") from error
