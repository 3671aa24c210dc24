"""Pictures as phones and apps make them: cropped, turned, cut short, of other types; and text with letters beyond GBK."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from django.utils import translation
from PIL import Image, ImageChops, ImageStat

from evidence.files import FileRefused, Limits, SafeCopy, accepted_type, sniff
from evidence.sandbox.safe_copy import safe_copy
from evidence.tests import making
from evidence.tests.heic import crop, mirror, turn, with_properties
from evidence.words import reason

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=100, pages=50)
PICTURES = frozenset({"image", "pdf"})
POLICY = SimpleNamespace(max_upload_mb=10, max_megapixels=40, min_side_px=300, max_pdf_pages=50)
WHOLE = (360, 480)


def copy_of(data: bytes, limits: Limits = LIMITS) -> SafeCopy:
    return safe_copy(data, accepted_type(sniff(data), data, PICTURES), limits)


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        safe_copy(data, accepted_type(sniff(data), data, PICTURES), limits)
    return refused.value.code


def opened(copy: SafeCopy) -> Image.Image:
    return Image.open(io.BytesIO(copy.data)).convert("RGB")


def look_alike(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and max(ImageStat.Stat(ImageChops.difference(one, other)).mean) < 3


@pytest.mark.parametrize(("cut", "place"), [
    (crop(300, 400), (30, 40)),
    (crop(360, 200), (0, 140)),
    (crop(300, 300, right=(30, 1), down=(-90, 1)), (60, 0)),
    (crop(301, 333, right=(1, 2), down=(1, 2)), (30, 74)),
    (crop(360, 480), (0, 0)),
])  # fmt: skip
def test_a_photo_that_was_cropped_shows_what_was_left_of_it(cut, place) -> None:
    whole, copy = opened(copy_of(making.HEIC)), copy_of(with_properties(making.HEIC, cut))
    assert whole.size == WHOLE
    width, height = int.from_bytes(cut[8:12]), int.from_bytes(cut[16:20])
    assert (copy.width, copy.height) == (width, height)
    left, top = place
    assert look_alike(opened(copy), whole.crop((left, top, left + width, top + height)))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_a_photo_is_cropped_before_it_is_turned_and_mirrored(quarters, axis) -> None:
    flips = {0: Image.Transpose.FLIP_TOP_BOTTOM, 1: Image.Transpose.FLIP_LEFT_RIGHT}
    after = [turn(quarters)] if axis is None else [turn(quarters), mirror(axis)]
    cut = opened(copy_of(making.HEIC)).crop((60, 0, 360, 300)).rotate(90 * quarters, expand=True)
    wanted = cut if axis is None else cut.transpose(flips[axis])
    copy = copy_of(with_properties(making.HEIC, crop(300, 300, right=(30, 1), down=(-90, 1)), *after))
    assert look_alike(opened(copy), wanted)


@pytest.mark.parametrize("cut", [crop(0, 300), crop(300, 300, right=(9000, 1)), crop(300, 300, right=(1, 0))])
def test_a_crop_that_leaves_nothing_is_refused_as_damaged(cut) -> None:
    assert refusal(with_properties(making.HEIC, cut)) == "unreadable"


def test_what_a_crop_leaves_must_be_large_enough_to_read() -> None:
    assert refusal(with_properties(making.HEIC, crop(99, 400))) == "too_small"


def test_metadata_of_no_kind_do_no_harm() -> None:
    assert b"Exif" in making.HEIC
    copy = copy_of(making.HEIC.replace(b"\0\0Exif", b"\0\0E\xea\x00f", 1))
    assert look_alike(opened(copy), opened(copy_of(making.HEIC)))


@pytest.mark.parametrize("part", [0.2, 0.5, 0.7, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("make", [lambda: making.HEIC, making.jpeg, making.webp, making.png])
def test_a_picture_that_was_cut_short_is_refused(make, part) -> None:
    data = make()
    assert refusal(data[: int(len(data) * part)]) == "unreadable"


def test_of_a_heic_not_one_length_but_its_own_is_taken() -> None:
    codes = {refusal(making.HEIC[:length]) for length in range(40, len(making.HEIC), 7)}
    assert codes == {"unreadable"}


@pytest.mark.parametrize(("data", "of"), [
    (making.encoded(making.drawing(), "GIF"), "gif"),
    (making.encoded(making.drawing(), "BMP"), "bmp"),
    (making.encoded(making.drawing(), "TIFF"), "tiff"),
    (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(40), "avif"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
    (b"<!DOCTYPE html><html><body>", "page"),
    (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + b"\x07\0\0\0OFD.xml" + bytes(99), "ofd"),
    (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + b"word/document.xml" + bytes(99), "office"),
    (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + b"photo.jpg" + bytes(99), "archive"),
    (b"Rar!\x1a\x07\x01\0" + bytes(40), "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), "office"),
    (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(40), "film"),
    (b"MZ\x90\x00\x03" + bytes(40), ""),
])  # fmt: skip
def test_a_type_that_is_not_taken_is_named_with_the_way_that_works(data, of) -> None:
    with pytest.raises(FileRefused) as refused:
        accepted_type(sniff(data), data, PICTURES)
    assert (refused.value.code, refused.value.of) == ("type_not_allowed", of)
    with translation.override("en"):
        said = reason("type_not_allowed", POLICY, PICTURES, of)
    assert said.startswith("This file is not of a type we can take here")
    assert (of.upper() in said) is (of in ("gif", "bmp", "tiff", "avif", "svg", "ofd", ""))
    assert ("screenshot" in said or "unpack" in said) is bool(of)


def test_where_no_picture_is_taken_a_type_is_not_named_for_its_picture_would_not_be_taken_either() -> None:
    with pytest.raises(FileRefused) as refused:
        accepted_type("", b"GIF89a", frozenset({"json"}))
    assert refused.value.of == ""


@pytest.mark.parametrize(("size", "code"), [((1080, 38_000), "too_long"), ((38_000, 1080), "too_long"), ((1080, 60_000), "too_long"),
                                            ((6500, 6500), "too_many_pixels")])  # fmt: skip
def test_a_screenshot_that_is_too_long_is_to_be_sent_in_two_parts(size, code) -> None:
    assert refusal(making.encoded(Image.new("1", size), "PNG")) == code


@pytest.mark.parametrize("text", ["客户𠮷野家 1,280.00", "退款🙂 订单 12345", "实付 ¥128.00 元"])
def test_text_with_letters_beyond_gbk_is_taken(text) -> None:
    data = text.encode("gb18030")
    assert sniff(data) == "text/plain"
    assert safe_copy(data, "text/plain", LIMITS).data.decode() == text
