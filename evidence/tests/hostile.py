"""Pictures and other files that mean harm, each made when asked for, with what must become of it: a refusal's code, or "clean"."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from evidence.files import MEGA
from evidence.tests import making
from evidence.tests.making import SECRET, drawing, encoded, exif

LARGE = (7300, 5475)  # 39.97 megapixels
Case = tuple[Callable[[], bytes], str]
MARK = SECRET.encode()
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()
# 7296 x 5472, all grey.
HEIC_LARGE = zlib.decompress(
    base64.b64decode(
        "eNrt1U9IFFEYAPDvzZtdR1tt8U8uIvTHS1IEYkHkZdi2qA7VpUM3d8dd9sXO7mMbYkWCFRTzIIiGpwKzLhFUx1BEiw4eiwILuggSZBePHhT73u7qwWPRF8T3"
        "5vH+fPPN/HjfYQYAOjPBoM6mlQfYfJXpMWtfJTMA4rafDpJQbcezA7libQ1aeQEcaCdUrlB5ScIFgRc2cb86A3Q9NINS+Uxla6JtuElbtV32ntdjlk1aBf5+"
        "ylelixrneaW9As5DmHZRSBOarCQtbsL2ztYWwGHZj0/EXBERu7smQZoMafrivOUm8eaZuBAH7szCugO3Rmc2rna/zFsdEcdEV8zguCl8pC4h3hZfp1yUWrxC"
        "rpj3ciUMN0K4jKFWdVenq8frxH1bPy6iWpWUiUjHwbdBu9L+XgWxKPawJW0sxCN/IIkF7Jo8KV7Z0VNHZ3YWzv1cfXH98YXgx6enlyc6zmY//t7kbl9bHZxa"
        "mu179+zGk9o5/263E3PDI83x8RSJJuHm8nRzOEqEwUJ5jIqSYN2hs0SIzmr5QGeVXDJLrFFRodNUUsMKldS+SSX1HqOSLi1TSaNlKmmJShLdVNBzqu/5ESpo"
        "jgiScSroOxFkfyaCQt+IoPB7IqhuhAhy3hBB9SUiqCFGBVH9zw9RlS5yngqiOlGjQwVd+e+gB1TQF4YYYuhPe1OMIYYYYoghhhhiiCGGGGKIIYYYYugfQtbG"
        "L0CVung="
    )
)


def zeros(megabytes: int) -> bytes:
    """So many megabytes, deflated, never held at once."""
    return deflated(b"", bytes(MEGA), megabytes)


def deflated(head: bytes, piece: bytes, times: int) -> bytes:
    """`head`, then the same piece again and again: deflated once, and the result repeated, where deflating it all takes seconds."""
    told = zlib.adler32(head)
    for _ in range(times):
        told = zlib.adler32(piece, told)
    return b"\x78\xda" + _block(head) + _block(piece) * times + b"\x03\x00" + told.to_bytes(4)


def _block(data: bytes) -> bytes:
    """Whole by itself: it points at nothing before it, nothing after it points into it."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


# ---- PNG, chunk by chunk
def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(size: tuple[int, int], packed: bytes, *more: bytes, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_with(*chunks: bytes) -> bytes:
    data = making.png()
    return data[:33] + b"".join(chunks) + data[33:]


def png_told() -> bytes:
    info = PngInfo()
    for zipped in (False, True):
        info.add_text("Comment", SECRET, zip=zipped)
        info.add_itxt("Description", SECRET, zip=zipped)
    info.add(b"eXIf", exif()[6:])
    info.add(b"prVt", MARK)
    return encoded(drawing(), "PNG", pnginfo=info, icc_profile=profile())


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARK


# ---- JPEG, segment by segment
def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_with(*segments: bytes, after: bytes = b"") -> bytes:
    data = encoded(drawing(), "JPEG")
    return data[:2] + b"".join(segments) + data[2:] + after


def jpeg_saying(size: tuple[int, int]) -> bytes:
    """A small picture whose head claims another size."""
    data = bytearray(encoded(drawing(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", size[1], size[0])
    return bytes(data)


def jpeg_told() -> bytes:
    return jpeg_with(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + XMP),
        segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + profile()),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + MARK),
        segment(0xFE, MARK),
        segment(0xE1, exif()),
        segment(0xEF, MARK),
        after=MARK,
    )


def many_scans() -> bytes:
    """A progressive picture whose last scan comes three thousand times: each costs a pass over all of it."""
    data = encoded(drawing((2000, 2000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 3000 + b"\xff\xd9"


def multi_picture() -> bytes:
    first, second = drawing(), drawing(colour=(1, 2, 3))
    target = io.BytesIO()
    first.save(target, "MPO", save_all=True, append_images=[second], exif=exif())
    return target.getvalue()


# ---- Other containers
def zipped(name: str = "payload.exe") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, MARK * 4)
    return target.getvalue()


def frames(format_: str, size: tuple[int, int] = (400, 600), **options: Any) -> bytes:
    pictures = [Image.new("RGB", size, colour) for colour in ("red", "green", "blue")]
    return encoded(pictures[0], format_, save_all=True, append_images=pictures[1:], **options)


def webp_saying(size: tuple[int, int]) -> bytes:
    data = bytearray(encoded(drawing(), "WEBP", exif=exif()))
    for at, side in ((24, size[0]), (27, size[1])):
        data[at : at + 3] = (side - 1).to_bytes(3, "little")
    return bytes(data)


def heic_saying(size: tuple[int, int]) -> bytes:
    return making.HEIC.replace(struct.pack(">II", 360, 480), struct.pack(">II", *size))


def damaged(data: bytes, share: float = 0.5) -> bytes:
    """A hole in the middle."""
    at = int(len(data) * share)
    return data[:at] + bytes(60) + data[at + 60 :]


def large(mode: str, format_: str, **options: Any) -> bytes:
    image = Image.linear_gradient("L").resize(LARGE)
    return encoded(image if mode == "L" else image.convert(mode), format_, **options)


def large_with_alpha(format_: str, **options: Any) -> bytes:
    image = Image.new("RGBA", LARGE, (30, 120, 200, 128))
    image.paste((200, 60, 20, 0), (0, 0, 3000, 2000))
    return encoded(image, format_, **options)


def of_ten_megabytes(more: int = 0) -> bytes:
    data = making.jpeg()
    return data + bytes(10 * MEGA - len(data) + more)


def see_through_palette() -> bytes:
    return encoded(drawing().convert("P"), "PNG", transparency=0)


BOMBS: Mapping[str, Case] = {
    "png_81_megapixels_in_9_kB": (making.bomb, "too_many_pixels"),
    "png_400_megapixels": (lambda: encoded(Image.new("1", (20_000, 20_000)), "PNG"), "too_many_pixels"),
    "png_claims_2_billion_a_side": (lambda: png_of((2**31 - 1, 2**31 - 1), zeros(1)), "too_many_pixels"),
    "png_claims_40_megapixels_with_no_data": (lambda: png_of((8000, 5000), b""), "unreadable"),
    "png_unpacks_to_400_MB_behind_a_small_head": (lambda: png_of((400, 600), zeros(400)), "clean"),
    "png_text_of_300_MB": (lambda: png_with(chunk(b"zTXt", b"a\0\0" + zeros(300))), "unreadable"),
    "png_international_text_of_300_MB": (lambda: png_with(chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(300))), "unreadable"),
    "png_profile_of_300_MB": (lambda: png_with(chunk(b"iCCP", b"a\0\0" + zeros(300))), "unreadable"),
    "png_one_by_100000": (lambda: encoded(Image.new("1", (1, 100_000)), "PNG"), "too_small"),
    "png_nought_wide": (lambda: png_of((0, 600), zeros(1)), "unreadable|too_small"),
    "png_40_megapixels_see_through": (lambda: large_with_alpha("PNG", compress_level=1), "clean"),
    "png_40_megapixels_grey": (lambda: large("L", "PNG", compress_level=1), "clean"),
    "jpeg_40_megapixels": (lambda: large("RGB", "JPEG"), "clean"),
    "jpeg_40_megapixels_cmyk": (lambda: large("CMYK", "JPEG"), "clean"),
    "jpeg_40_megapixels_progressive_and_turned": (lambda: large("RGB", "JPEG", progressive=True, exif=exif(6)), "clean"),
    "jpeg_claims_65500_a_side": (lambda: jpeg_saying((65_500, 65_500)), "too_many_pixels"),
    "jpeg_claims_36_megapixels_with_little_data": (lambda: jpeg_saying((6000, 6000)), "clean|unreadable"),
    "jpeg_of_three_thousand_scans": (many_scans, "unreadable"),
    "webp_40_megapixels": (lambda: large("RGB", "WEBP", method=0), "clean"),
    "webp_40_megapixels_see_through": (lambda: large_with_alpha("WEBP", method=0), "clean"),
    "webp_claims_16384_a_side": (lambda: webp_saying((16_384, 16_384)), "too_many_pixels"),
    "webp_animation_of_20_megapixels": (lambda: frames("WEBP", (5000, 4000)), "large_animation"),
    "heic_40_megapixels": (lambda: HEIC_LARGE, "clean"),
    "heic_claims_30000_a_side": (lambda: heic_saying((30_000, 30_000)), "too_many_pixels"),
    "heic_claims_36_megapixels_with_little_data": (lambda: heic_saying((6000, 6000)), "clean|unreadable|check_failed"),
    "ten_megabytes_to_the_byte": (of_ten_megabytes, "clean"),
    "ten_megabytes_and_a_byte": (lambda: of_ten_megabytes(1), "too_large"),
}

TELLING: Mapping[str, Case] = {
    "jpeg_exif_with_place_and_comment": (making.jpeg, "clean"),
    "jpeg_xmp_profile_photoshop_comment_exif_and_tail": (jpeg_told, "clean"),
    "jpeg_of_two_pictures": (multi_picture, "clean"),
    "jpeg_exif_that_is_broken": (lambda: jpeg_with(segment(0xE1, b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + MARK)), "clean"),
    "png_texts_profile_exif_and_a_chunk_of_its_own": (png_told, "clean"),
    "png_text_and_xmp": (making.png_with_text, "clean"),
    "webp_exif_xmp_and_profile": (lambda: encoded(drawing(), "WEBP", exif=exif(), xmp=XMP, icc_profile=profile()), "clean"),
    "heic_with_place": (lambda: making.HEIC, "clean"),
    "png_animated": (lambda: frames("PNG", comment=SECRET), "clean"),
    "webp_animated": (lambda: frames("WEBP", exif=exif()), "clean"),
}

POLYGLOTS: Mapping[str, Case] = {
    "gif_and_jar": (lambda: b"GIF89a" + bytes(40) + zipped("Evil.class"), "type_not_allowed"),
    "jpeg_and_zip": (lambda: encoded(drawing(), "JPEG") + zipped(), "clean"),
    "png_and_zip": (lambda: making.png() + zipped(), "clean"),
    "webp_and_zip": (lambda: encoded(drawing(), "WEBP") + zipped(), "clean"),
    "jpeg_with_a_page_in_its_comment": (lambda: jpeg_with(segment(0xFE, b"<html><script>" + MARK + b"</script></html>")), "clean"),
    "jpeg_that_is_a_pdf_too": (lambda: jpeg_with(segment(0xFE, making.pdf()), after=MARK), "clean"),
    "jpeg_that_is_a_script": (lambda: jpeg_with(segment(0xFE, b"*/=1;alert('" + MARK + b"')/*")), "clean"),
    "png_with_php": (lambda: png_with(chunk(b"tEXt", b"Comment\0<?php system('" + MARK + b"'); ?>")), "clean"),
    "page_under_a_jpegs_first_bytes": (lambda: b"\xff\xd8\xff\xe0<html><script>alert(1)</script></html>", "unreadable"),
}

BROKEN: Mapping[str, Case] = {
    "jpeg_cut_off": (lambda: making.jpeg()[:900], "unreadable"),
    "png_cut_off": (lambda: making.png()[:300], "unreadable"),
    "webp_cut_off": (lambda: encoded(Image.effect_noise((400, 600), 80).convert("RGB"), "WEBP")[:5000], "unreadable"),
    "heic_cut_off": (lambda: making.HEIC[:700], "unreadable"),
    "jpeg_with_a_hole": (lambda: damaged(encoded(Image.effect_noise((400, 600), 80), "JPEG")), "clean|unreadable"),
    "png_with_a_hole": (lambda: damaged(encoded(Image.effect_noise((400, 600), 80), "PNG")), "clean|unreadable"),
    "webp_with_a_hole": (lambda: damaged(encoded(Image.effect_noise((400, 600), 80).convert("RGB"), "WEBP")), "clean|unreadable"),
    "heic_with_a_hole": (lambda: damaged(making.HEIC, 0.6), "clean|unreadable|check_failed"),
    "png_head_alone": (lambda: making.png()[:8], "unreadable"),
    "riff_that_is_a_sound": (lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "type_not_allowed"),
}

MODES: Mapping[str, Case] = {
    "jpeg_cmyk": (lambda: encoded(drawing().convert("CMYK"), "JPEG"), "clean"),
    "png_of_16_bits": (lambda: encoded(Image.new("I;16", (400, 600), 40_000), "PNG"), "clean"),
    "png_palette_see_through": (see_through_palette, "clean"),
    "png_grey_see_through": (lambda: encoded(drawing().convert("LA"), "PNG"), "clean"),
    "png_of_one_bit": (lambda: encoded(drawing().convert("1"), "PNG"), "clean"),
}

OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
FOREIGN: Mapping[str, Case] = {
    name: (lambda data=data: data, "type_not_allowed")
    for name, data in {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "svg_behind_blanks": b"\xef\xbb\xbf \n\t<?xml version='1.0'?><svg/>",
        "html": b"<!DOCTYPE html><html><body onload=alert(1)>",
        "html_behind_a_comment": b"<!-- a photo --><html></html>",
        "xml_of_endless_entities": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
        "rtf": b"{\\rtf1\\ansi{\\object\\objocx}}",
        "zip": zipped(),
        "office_of_today": zipped("word/document.xml"),
        "office_of_yesterday": OFFICE,
        "exe": b"MZ\x90\x00" + bytes(300),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
        "gif": encoded(drawing().convert("P"), "GIF"),
        "tiff": encoded(drawing(), "TIFF"),
        "bmp": encoded(drawing(), "BMP"),
        "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(60),
        "film": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(60),
        "postscript": b"%!PS-Adobe-3.0 EPSF\x00 (%pipe%id) (w) file",
        "text_in_utf_16": "验证".encode("utf-16"),
        "text_with_escapes": b"\x1b]0;title\x07\x1b[31mred",
        "text_with_nul": b"hello\x00world",
    }.items()
}

TEXTS: Mapping[str, Case] = {
    "text_in_gbk": (lambda: "客服：您好，卡号 4111 1111 1111 1111".encode("gbk"), "clean"),
    "text_with_byte_order_mark": (lambda: "客服：您好".encode("utf-8-sig"), "clean"),
    "json_nested_100000_deep": (lambda: b"[" * 100_000 + b"]" * 100_000, "clean"),
    "json_of_ten_megabytes": (lambda: b"[" + b"{}," * 3_000_000 + b"{}]", "clean"),
    "csv_with_formulas": (lambda: b"time,order\n=cmd|'/c calc'!A1,@SUM(1)\n", "clean"),
    "one_line_of_single_digits": (lambda: b"1-" * (MEGA // 16), "clean"),
}

PICTURES_AND_TEXTS: Mapping[str, Case] = {**BOMBS, **TELLING, **POLYGLOTS, **BROKEN, **MODES, **FOREIGN, **TEXTS}
