"""Papers as a printer sees them: drawn to pictures, each Chinese character has a shape, and different ones have different shapes."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest
from PIL import Image

from evidence.receipts import receipts, render_receipt
from evidence.tests.test_dossier import ZH, opened

SCALE = 3
PAPER = 250  # lighter is no ink


def glyphs(paper: bytes) -> Iterator[tuple[str, Image.Image]]:
    """Every character of the Chinese block with the piece of the page on which it stands, grey."""
    for page in pypdfium2.PdfDocument(paper):
        picture = page.render(scale=SCALE).to_pil().convert("L")
        text = page.get_textpage()
        for place, char in enumerate(text.get_text_range()):
            if "\u4e00" <= char <= "\u9fff":
                left, bottom, right, top = (side * SCALE for side in text.get_charbox(place, loose=False))
                yield char, picture.crop((int(left), int(picture.height - top), int(right) + 1, int(picture.height - bottom) + 1))


def shapes_of(paper: bytes) -> dict[str, set[bytes]]:
    """Per character its pictures, all of one size."""
    found: dict[str, set[bytes]] = {}
    for char, piece in glyphs(paper):
        assert piece.getextrema()[0] < PAPER, f"{char} is blank"
        found.setdefault(char, set()).add(piece.resize((24, 24)).point(lambda grey: 255 * (grey > 128)).tobytes())
    return found


def check(paper: bytes) -> None:
    found = shapes_of(paper)
    assert len(found) > 60
    of_shape: dict[bytes, set[str]] = {}
    for char, shapes in found.items():
        for shape in shapes:
            of_shape.setdefault(shape, set()).add(char)
    # A font without a character draws the same box for all that it lacks.
    assert {frozenset(chars) for chars in of_shape.values() if len(chars) > 1} == set()


def test_a_receipt_in_chinese_is_drawn_with_its_characters(full, mei):
    check(render_receipt(receipts(mei, full.ref)[-1]))


def test_a_dossier_in_chinese_is_drawn_with_its_characters(full, mei):
    check(opened(mei, full, ZH)[0]["dossier.pdf"])


def test_the_check_itself_finds_what_is_blank(full, mei, monkeypatch):
    paper = render_receipt(receipts(mei, full.ref)[-1])
    white = Image.new("L", (3000, 3000), 255)
    monkeypatch.setattr(pypdfium2.PdfBitmap, "to_pil", lambda _bitmap: white)
    with pytest.raises(AssertionError, match="blank"):
        check(paper)
