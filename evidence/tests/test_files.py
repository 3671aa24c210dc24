"""Files by content: what is taken, what is refused and why, what the copy still tells."""

import io

import pikepdf
import pytest
from PIL import Image

from evidence.files import FileRefused, Limits, accepted_type, display_name, sniff
from evidence.sandbox.safe_copy import safe_copy
from evidence.tests import making

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)
ANY = frozenset({"image", "pdf", "text"})


def refusal(data: bytes, media_type: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        safe_copy(data, media_type, limits)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (making.jpeg(), "image/jpeg"),
        (making.png(), "image/png"),
        (making.webp(), "image/webp"),
        (making.HEIC, "image/heic"),
        (making.pdf(), "application/pdf"),
        ("客服：您好".encode(), "text/plain"),
        ("客服：您好".encode("gbk"), "text/plain"),
        ("客服：您好".encode("utf-8-sig"), "text/plain"),
    ],
)
def test_the_type_is_read_from_the_content(data, media_type):
    assert sniff(data) == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><html><body>",
        b"<!-- hello --><html>",
        b"{\\rtf1 hello}",
        b"PK\x03\x04" + bytes(60),
        b"GIF89a" + bytes(60),
        b"II*\x00" + bytes(60),
        b"MZ\x90\x00\x03",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"hello\x00world",
        b"\x00\x00\x00\x1cftypavif" + bytes(40),
        b"\x1b[31mred",
        b"\xff\xfe\x00\x41",
    ],
)
def test_what_is_neither_picture_pdf_nor_plain_text_is_nothing(data):
    assert sniff(data) == ""


def test_a_kind_takes_only_its_forms():
    with pytest.raises(FileRefused, match="type_not_allowed"):
        accepted_type("application/pdf", making.pdf(), frozenset({"image"}))
    with pytest.raises(FileRefused, match="type_not_allowed"):
        accepted_type("text/plain", b"hello", frozenset({"image", "pdf"}))
    assert accepted_type("text/plain", b'{"a": 1}', frozenset({"text", "json"})) == "application/json"
    assert accepted_type("text/plain", b"time,order\n1,2", frozenset({"image", "csv"})) == "text/csv"
    with pytest.raises(FileRefused, match="type_not_allowed"):
        accepted_type("text/plain", b'{"a": 1, "b": 2}', frozenset({"image", "csv"}))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (making.jpeg(), "image/jpeg"),
        (making.png_with_text(), "image/png"),
        (making.webp(), "image/webp"),
        (making.HEIC, "image/heic"),
    ],
)
def test_the_copy_of_a_picture_tells_nothing_but_the_picture(data, media_type):
    copy = safe_copy(data, media_type, LIMITS)
    for made in (copy.data, copy.thumbnail):
        with Image.open(io.BytesIO(made)) as image:
            assert dict(image.getexif()) == {}
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert making.SECRET.encode() not in made
        assert b"Apple" not in made
        assert b"Exif" not in made
    assert (copy.width, copy.height) in {(400, 600), (360, 480)}
    assert max(Image.open(io.BytesIO(copy.thumbnail)).size) <= 320


def test_the_copy_stands_upright():
    copy = safe_copy(making.jpeg(size=(600, 400), orientation=6), "image/jpeg", LIMITS)
    assert (copy.width, copy.height) == (400, 600)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_every_mode_of_picture_is_taken(mode):
    format_ = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (400, 400)) if mode == "I;16" else making.drawing((400, 400)).convert(mode)
    copy = safe_copy(making.encoded(image, format_), f"image/{format_.lower()}", LIMITS)
    assert Image.open(io.BytesIO(copy.data)).mode == "RGB"


def test_what_is_transparent_lies_on_white():
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    copy = safe_copy(making.encoded(clear, "PNG"), "image/png", LIMITS)
    assert Image.open(io.BytesIO(copy.data)).getpixel((5, 5)) == (255, 255, 255)


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert len(making.bomb()) < 20_000
    assert refusal(making.bomb(), "image/png") == "too_many_pixels"


def test_a_bomb_past_pillows_own_limit_is_refused_too():
    assert refusal(making.encoded(Image.new("1", (20_000, 20_000)), "PNG"), "image/png") == "too_many_pixels"


@pytest.mark.parametrize(("size", "refused"), [((299, 900), True), ((900, 299), True), ((300, 300), False)])
def test_the_short_side_has_three_hundred_pixels(size, refused):
    data = making.png(size=size)
    if refused:
        assert refusal(data, "image/png") == "too_small"
    else:
        assert safe_copy(data, "image/png", LIMITS).width == 300


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (making.jpeg()[:700], "image/jpeg"),
        (making.png()[:200], "image/png"),
        (making.webp()[:60], "image/webp"),
        (making.HEIC[:400], "image/heic"),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png"),
        (b"%PDF-1.7\nhello", "application/pdf"),
        (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
         b"trailer<</Root 1 0 R>>", "application/pdf"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_in_words(data, media_type):
    assert refusal(data, media_type) == "unreadable"


def test_a_pdf_that_asks_for_a_password_is_refused_and_one_that_opens_is_taken_without_its_lock():
    assert refusal(making.locked_pdf(), "application/pdf") == "encrypted"
    copy = safe_copy(making.locked_pdf(""), "application/pdf", LIMITS)
    with pikepdf.open(io.BytesIO(copy.data)) as opened:
        assert (copy.pages, opened.is_encrypted) == (1, False)


def test_pages_are_counted():
    assert refusal(making.pdf(51), "application/pdf") == "too_many_pages"
    assert safe_copy(making.pdf(50), "application/pdf", LIMITS).pages == 50


def test_a_pdf_comes_out_unarmed():
    data = making.armed_pdf()
    assert b"payload.exe" in data or b"JavaScript" in data
    copy = safe_copy(data, "application/pdf", LIMITS)
    with pikepdf.open(io.BytesIO(copy.data)) as clean:
        flat = clean.Root.unparse(resolved=True) + b"".join(obj.unparse(resolved=True) for obj in clean.objects)
        assert len(clean.pages) == 1
        assert dict(clean.attachments) == {}
        for trace in (b"JavaScript", b"Launch", b"cmd.exe", b"payload", b"OpenAction", b"/AA", b"/Annots", b"EmbeddedFile", b"Filespec"):
            assert trace not in flat
            assert trace not in copy.data
    assert making.SECRET.encode() not in copy.data


def test_what_a_form_field_shows_stays_to_be_seen():
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    shown = document.make_stream(
        b"BT /F1 12 Tf (4242 paid) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 90, 20]
    )
    field = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 90, 20], AP=pikepdf.Dictionary(N=shown))
    page.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(field)]))
    copy = safe_copy(making._written(document), "application/pdf", LIMITS)
    with pikepdf.open(io.BytesIO(copy.data)) as clean:
        streams = [obj.read_bytes() for obj in clean.objects if isinstance(obj, pikepdf.Stream)]
    assert any(b"4242 paid" in stream for stream in streams)


def test_text_becomes_utf8_and_loses_card_numbers():
    said = "卡号 6222020200112230004 与 4111 1111 1111 1111，订单 12345".encode("gbk")
    copy = safe_copy(said, "text/plain", LIMITS)
    shown = copy.data.decode("utf-8")
    assert copy.media_type == "text/plain; charset=utf-8"
    assert "4111 1111 1111 1111" not in shown
    assert "**** 1111" in shown
    assert "订单 12345" in shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mei\\照片.jpg", "照片.jpg"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("x" * 500 + ".png", "x" * 116 + ".png"),
        ("  ..", ""),
    ],
)
def test_names_lose_paths_and_invisible_marks(name, shown):
    assert display_name(name) == shown
