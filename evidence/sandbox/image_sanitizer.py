"""The safe copy of a picture: decoded within limits, its pixels alone encoded anew. Pure; runs in the examiner's process.

At most two pictures are held at a time: forty megapixels are 160 MB each.
"""

from __future__ import annotations

import ctypes
import io
import re
import struct
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import pi_heif
from PIL import Image, ImageFile

from evidence.files import FileRefused, Limits, SafeCopy
from evidence.sandbox import heif_boxes

warnings.simplefilter("ignore", Image.DecompressionBombWarning)
pi_heif.register_heif_opener(thumbnails=False)
pi_heif.options.DECODE_THREADS = 1

THUMBNAIL = 320
JPEG_QUALITY = 90
# 6 is zlib's own choice: three times the time for a tenth of the size.
PNG_LEVEL = 2
BAND = 256
# So many times as high as it is wide, a picture is a screenshot that was scrolled.
LONG = 4
ORIENTATION = 0x0112
TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow and its plugins raise for a broken file.
BROKEN = (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, OverflowError, struct.error)
# A progressive JPEG has about ten scans; one made to keep a decoder busy has thousands, each a pass over the whole picture.
SCAN, MOST_SCANS = b"\xff\xda", 200
# Beyond these Pillow's own way with WebP (an animation of one frame) would hold five pictures.
LARGE_WEBP = 12_000_000


def picture_copy(data: bytes, format_: str, limits: Limits) -> SafeCopy:
    """Raises FileRefused with the reason; anything else is a crash."""
    picture = _upright(*_decode_picture(data, format_, limits))
    lossless = format_ == "PNG"
    small = thumbnail_of(picture)
    return SafeCopy(
        encode_picture(picture, "PNG" if lossless else "JPEG"),
        "image/png" if lossless else "image/jpeg",
        encode_picture(small, "JPEG"),
        picture.width,
        picture.height,
        likeness=likeness(small),
    )


def _decode_picture(data: bytes, format_: str, limits: Limits) -> tuple[Image.Image, object]:
    """The bare pixels, and how they are to be turned."""
    Image.MAX_IMAGE_PIXELS = 2 * limits.pixels  # beyond twice as many Pillow refuses by itself; up to there we say it in better words
    if format_ == "JPEG" and data.count(SCAN) > MOST_SCANS:
        raise FileRefused("unreadable")
    try:
        size, turn, picture = _open_picture(data, format_, limits)
        return picture or _bare(_large_webp(data, size)), turn
    except Image.DecompressionBombError as error:
        raise FileRefused("too_many_pixels") from error
    except BROKEN as error:
        raise FileRefused("unreadable") from error
    except RuntimeError as error:
        raise FileRefused("check_failed") from error  # libheif: whole, but of a kind that it does not know


def _open_picture(data: bytes, format_: str, limits: Limits) -> tuple[tuple[int, int], object, Image.Image | None]:
    """Size and turn, and the bare pixels unless they would cost too much memory this way."""
    data, crop = heif_boxes.simplify(data) if format_ == "HEIF" else (data, None)
    with Image.open(io.BytesIO(data), formats=(format_,)) as opened:
        _check_size(opened.size, limits)
        turn = _turn(opened)
        if format_ == "WEBP" and opened.width * opened.height > LARGE_WEBP:
            return opened.size, turn, None
        opened.load()
        _check_size(opened.size, limits)  # a HEIC may say another size once it is decoded
        picture = crop.apply(_bare(opened)) if crop else _bare(opened)
        _check_size(picture.size, limits)
        return opened.size, turn, picture


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        raise FileRefused("too_long" if max(size) > LONG * min(size) else "too_many_pixels")
    if min(size) < limits.side:
        raise FileRefused("too_small")


def _turn(opened: ImageFile.ImageFile) -> object:
    """What EXIF says of the orientation. A picture is not refused because its EXIF is broken."""
    try:
        return opened.getexif().get(ORIENTATION)
    except BROKEN:
        return None


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, on white, as a new picture: a plain save would carry comments along.

    Where colours have to be converted, band by band, so that no third picture is held.
    """
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode == "RGB" and not clear:
        return Image.Image()._new(image.im)  # the pixels are taken over; copying them takes a tenth of the time of all
    bare = Image.new("RGB", image.size, "white" if clear else None)
    for top in range(0, image.height, BAND):
        band = image.crop((0, top, image.width, min(top + BAND, image.height)))
        if clear:
            seen = band.convert("RGBA")
            bare.paste(seen, (0, top), mask=seen)
        else:
            bare.paste(band.convert("RGB"), (0, top))
    return bare


def _upright(picture: Image.Image, turn: object) -> Image.Image:
    return picture.transpose(TURNS[turn]) if turn in TURNS else picture


def thumbnail_of(picture: Image.Image) -> Image.Image:
    """At most 320 pixels a side. Reduced by whole numbers first: resampling every pixel would take longer than decoding."""
    scale = min(1.0, THUMBNAIL / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def encode_picture(picture: Image.Image, format_: str) -> bytes:
    target = io.BytesIO()
    options: dict[str, object] = {"quality": JPEG_QUALITY} if format_ == "JPEG" else {"compress_level": PNG_LEVEL}
    picture.save(target, format_, **options)
    return target.getvalue()


def likeness(picture: Image.Image) -> str:
    """dHashes of 64 and of 256 bits, hexadecimal (see evidence.sandbox.perceptual_hash). Empty for a picture that shows next to nothing."""
    long = _dhash(picture, 16)
    return f"{_dhash(picture, 8):016x}{long:064x}" if 16 <= long.bit_count() <= 240 else ""


def _dhash(picture: Image.Image, side: int) -> int:
    """For each of side by side places, whether its right neighbour is lighter."""
    seen = picture.convert("L").resize((side + 1, side), Image.Resampling.BOX).tobytes()
    places = (row * (side + 1) + column for row in range(side) for column in range(side))
    return int("".join("01"[seen[at] < seen[at + 1]] for at in places), 2)


# ---- WebP beyond a size
def _large_webp(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Decoded straight into the picture's memory, by the library that Pillow has loaded. Animations of this size are refused."""
    stride = size[0] * 4
    pixels = bytearray(stride * size[1])
    place = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    if not _webp_decoder()(data, len(data), ctypes.addressof(place), len(pixels), stride):
        raise FileRefused("large_animation" if b"ANIM" in data[:64] else "unreadable")
    del place
    return Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)


@lru_cache
def _webp_decoder() -> Callable[..., object]:
    """Found before the examiner's children lose the right to open files. Raises LookupError."""
    found = re.search(r"\S*/libwebp[-.][^/\s]*$", Path("/proc/self/maps").read_text(), re.MULTILINE)
    if found is None:
        raise LookupError("Pillow has loaded no libwebp")
    decode = ctypes.CDLL(found.group()).WebPDecodeRGBAInto
    decode.restype = ctypes.c_void_p
    decode.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return decode


def warm_up() -> None:
    """Load what is loaded at first use."""
    for format_ in ("PNG", "JPEG", "WEBP"):
        target = io.BytesIO()
        Image.new("RGB", (8, 8)).save(target, format_)
        picture_copy(target.getvalue(), format_, Limits(2**20, 2**20, 1, 1))
    Image.init()
    _webp_decoder()
