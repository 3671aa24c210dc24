"""Pages drawn by pdfium, and whether two documents look alike: the copy beside what the customer sees. Runs in the examiner's process."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

from evidence.files import FileRefused
from evidence.sandbox.image_sanitizer import encode_picture

# Long side of a page that is looked at: small print on A4 can be read. A long screenshot made a PDF is wide enough to read, and no larger
# than a photograph.
LEGIBLE, WIDE_ENOUGH, LARGEST = 2000, 1000, 16_000_000
# Of pages that are compared: a digit of eight points has some ten pixels.
COMPARED = 900
# Any colour of a pixel may differ by so much, and so many pixels by more: edges of letters that were moved by a hair.
SHADES, PIXELS = 16, 8
# Seconds of processor for comparing; of the pages after that it is said that nobody compared them.
ENOUGH = 12.0
UNDRAWABLE = (pypdfium2.PdfiumError, ValueError, ZeroDivisionError, IndexError)


@dataclass
class Sight:
    """What comparing found. Pages by their numbers, from 1."""

    differs: bool = False
    empty: list[int] = field(default_factory=list)
    uncompared: list[int] = field(default_factory=list)


@contextlib.contextmanager
def as_shown(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A document as its owner's reader shows it, with the values of its form. Raises PdfiumError."""
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        yield document


def draw_page(document: pypdfium2.PdfDocument, number: int, side: int) -> Image.Image:
    """Page `number` from 1, with notes and form, `side` pixels long. Raises one of UNDRAWABLE."""
    return _draw(document, number, side / max(document.get_page_size(number - 1)))


def draw_legibly(document: pypdfium2.PdfDocument, number: int) -> Image.Image:
    """As `draw_page`, large enough to be read. Raises one of UNDRAWABLE."""
    short, long = sorted(document.get_page_size(number - 1))
    return _draw(document, number, max(LEGIBLE / long, min(WIDE_ENOUGH / short, (LARGEST / (short * long)) ** 0.5)))


def _draw(document: pypdfium2.PdfDocument, number: int, scale: float) -> Image.Image:
    page = document[number - 1]
    drawn = page.render(scale=scale, may_draw_forms=True, draw_annots=True).to_pil().convert("RGB")
    page.close()
    return drawn


def compare(original: bytes, made: bytes, pages: int) -> Sight:
    """Each page of the original beside the same of the copy, and which of the original's show nothing at all.

    Raises FileRefused("encrypted").
    """
    found = Sight()
    end = time.process_time() + ENOUGH
    try:
        with as_shown(original) as shown, pypdfium2.PdfDocument(made) as copy:
            found.differs = len(shown) != len(copy)
            for number in range(1, pages + 1):
                if time.process_time() > end:
                    found.uncompared.append(number)
                else:
                    _compare_page(shown, copy, number, found)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise FileRefused("encrypted") from error  # readers ask for one, whatever qpdf makes of it
        found.uncompared = list(range(1, pages + 1))  # pikepdf mended what pdfium does not open
    return found


def _compare_page(shown: pypdfium2.PdfDocument, copy: pypdfium2.PdfDocument, number: int, found: Sight) -> None:
    seen, made = _try_page(shown, number), _try_page(copy, number)
    if seen is None or _is_plain(seen):
        found.empty.append(number)
    if seen is not None and not found.differs:
        found.differs = made is None or look_different(seen, made)


def _try_page(document: pypdfium2.PdfDocument, number: int) -> Image.Image | None:
    try:
        return draw_page(document, number, COMPARED)
    except UNDRAWABLE:
        return None


def _is_plain(picture: Image.Image) -> bool:
    colours = picture.getcolors(1)
    return colours is not None


def look_different(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return True
    apart = ImageChops.difference(one, other)
    if apart.getbbox() is None:
        return False
    worst = ImageChops.lighter(ImageChops.lighter(apart.getchannel(0), apart.getchannel(1)), apart.getchannel(2))
    return sum(worst.histogram()[SHADES + 1 :]) > PIXELS


def as_pictures(original: bytes, pages: int) -> bytes:
    """A PDF whose pages are pictures of the original's, each as large as it was; what cannot be drawn is left white."""
    with as_shown(original) as shown, pikepdf.new() as made:
        for number in range(1, min(pages, len(shown)) + 1):
            _add_picture(made, shown, number)
        target = io.BytesIO()
        made.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return target.getvalue()


def _add_picture(made: pikepdf.Pdf, shown: pypdfium2.PdfDocument, number: int) -> None:
    try:
        width, height = shown.get_page_size(number - 1)
        drawn = draw_legibly(shown, number)
    except UNDRAWABLE:
        made.add_blank_page()
        return
    page = made.add_blank_page(page_size=(width, height))
    picture = made.make_stream(
        b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=drawn.width, Height=drawn.height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    picture.write(encode_picture(drawn, "JPEG"), filter=pikepdf.Name.DCTDecode)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
    page.obj.Contents = made.make_stream(b"%f 0 0 %f 0 0 cm /P Do" % (width, height))
