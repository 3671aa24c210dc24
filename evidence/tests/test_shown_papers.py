"""A reviewer sees what the customer's PDF shows: each of the corpus drawn as its owner sees it, beside our copy of it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from evidence.files import FileRefused, Limits, SafeCopy
from evidence.sandbox import client, pdf_sanitizer
from evidence.tests.shown_papers import PAPERS, WORDS, field, page_told, paper, said

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)
SCALE, FINER = 1.5, 4
# Pixels a side, and how far a tile may be from the same of the other: in a picture of a page edges stand elsewhere by a hair.
TILE, BOUND = 12, 10
INKLESS = ("page_empty", "page_that_draws_to_nothing")


@pytest.fixture(scope="module", autouse=True)
def letters() -> Iterator[None]:
    """The customer's reader has type for hanzi; whose it is does not matter, so both are drawn with the same."""
    pdf_sanitizer.warm_up()
    yield
    client.close_all()


def copy_of(data: bytes) -> SafeCopy:
    return client.safe_copy(data, "application/pdf", LIMITS)


def drawn(data: bytes) -> list[Image.Image]:
    """Each page as a reader shows it, with forms and notes."""
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        pages = [page.render(scale=SCALE * FINER).to_pil().convert("RGB") for page in document]
    return [page.reduce(FINER) for page in pages]


def apart(one: Image.Image, other: Image.Image) -> int:
    """The mean difference of a pixel, of 255, in the tile where it is greatest."""
    assert abs(one.width - other.width) <= 2
    assert abs(one.height - other.height) <= 2
    tiles = ImageChops.difference(one, other.resize(one.size)).reduce(TILE)
    return max(high for _low, high in tiles.getextrema())


def has_ink(picture: Image.Image) -> bool:
    return any(low < 245 for low, _high in picture.getextrema())


def test_there_are_enough_of_them() -> None:
    assert len(PAPERS) >= 60


@pytest.mark.parametrize("name", PAPERS)
def test_the_copy_shows_what_its_owner_sees_or_says_what_it_does_not(name) -> None:
    make, remarks = PAPERS[name]
    data = make()
    copy = copy_of(data)
    seen, made = drawn(data), drawn(copy.data)
    assert ",".join(copy.remarks) == remarks
    assert len(seen) == len(made) == copy.pages
    assert has_ink(seen[0]) is (name not in INKLESS)
    for number, (one, other) in enumerate(zip(seen, made, strict=True), 1):
        assert apart(one, other) < BOUND, f"page {number}"


@pytest.mark.parametrize(("one", "other"), [
    ("field", "latin_helvetica"), ("layer_on", "layer_off"), ("stamp", "latin_helvetica"), ("note_written", "latin_helvetica"),
    ("box_ticked", "box_empty"), ("hanzi_of_itext", "hanzi_utf16"), ("field_hidden", "field_read_only"),
    ("layers_all_on", "layer_of_small_words"), ("layer_in_pale_grey", "layer_on"), ("film", "latin_helvetica"),
])  # fmt: skip
def test_what_was_lost_would_be_noticed(one, other) -> None:
    (first,), (second,) = drawn(PAPERS[one][0]()), drawn(PAPERS[other][0]())
    assert apart(first, second) > BOUND


def test_hanzi_that_are_not_in_the_file_stand_where_they_were_written() -> None:
    """Each of them has ink of its own, none of them that of another."""
    (page,) = drawn(copy_of(PAPERS["hanzi_of_itext"][0]()).data)
    places = [page.crop((int(x * SCALE), int(50 * SCALE), int((x + 14) * SCALE), int(65 * SCALE))) for x in (10, 24, 52, 66, 80, 94)]
    assert all(has_ink(place) for place in places)
    assert len({place.tobytes() for place in places}) == len(places)


def test_a_page_is_drawn_for_the_viewer_with_its_hanzi_and_its_values() -> None:
    for name in ("hanzi_of_itext", "field", "note_written"):
        data = PAPERS[name][0]()
        (seen,) = drawn(data)
        with Image.open(io.BytesIO(client.page_picture(copy_of(data).data, 1, person=1))) as picture:
            assert apart(seen, picture.convert("RGB").resize(seen.size, Image.Resampling.BOX)) < BOUND


def test_what_needs_no_picture_keeps_its_letters() -> None:
    for name in ("hanzi_of_itext", "latin_helvetica", "layers_all_on", "locked_by_its_owner_6", "stamp"):
        with pikepdf.open(io.BytesIO(copy_of(PAPERS[name][0]()).data)) as opened:
            assert ("/Font" in opened.pages[0].obj.Resources) is (name != "locked_by_its_owner_6"), name


def test_a_long_screenshot_made_a_pdf_is_drawn_wide_enough_to_be_read() -> None:
    copy = copy_of(paper(WORDS, page_told(MediaBox=[0, 0, 400, 4000])))
    assert (copy.width, copy.height) == (400, 4000)
    with Image.open(io.BytesIO(client.page_picture(copy.data, 1, person=1))) as picture:
        assert picture.size == (1000, 10_000)
    with Image.open(io.BytesIO(client.page_picture(copy_of(paper()).data, 1, person=1))) as picture:
        assert picture.size == (2000, 1200)
    with Image.open(
        io.BytesIO(client.page_picture(copy_of(paper(WORDS, page_told(MediaBox=[0, 0, 100, 14_000]))).data, 1, person=1))
    ) as picture:
        assert picture.width * picture.height < 16_100_000


# ---- Cut short
def statement(pages: int = 10) -> bytes:
    return paper(WORDS + said("1280", "ascii"), pages=pages)


@pytest.mark.parametrize("part", [0.3, 0.4, 0.6, 0.8, 0.9, 0.97])
@pytest.mark.parametrize("pages", [1, 10])
def test_a_pdf_that_ends_too_early_is_refused(pages, part) -> None:
    data = statement(pages)
    with pytest.raises(FileRefused, match="unreadable"):
        copy_of(data[: int(len(data) * part)])


def test_a_pdf_for_the_web_and_one_that_grew_are_refused_when_their_second_half_is_missing() -> None:
    for data in (paper(WORDS, pages=9, linearize=True), PAPERS["saved_again"][0]()):
        with pytest.raises(FileRefused, match="unreadable"):
            copy_of(data[: int(len(data) * 0.9)])


def test_one_without_its_last_line_is_whole() -> None:
    assert copy_of(statement().rstrip().removesuffix(b"%%EOF")).remarks == ()


def test_a_table_of_wrong_places_is_mended_and_that_is_said() -> None:
    data = statement(2)
    at = data.rindex(b"startxref") + 10
    moved = data[:at] + b"7\n%%EOF\n"
    assert copy_of(moved).remarks == ("repaired",)


def test_one_that_nobody_opens_without_a_password_is_refused_as_that() -> None:
    lock = pikepdf.Encryption(owner="bank", user="geheim")
    with pytest.raises(FileRefused, match="encrypted"):
        copy_of(paper(WORDS, field(V=pikepdf.String("4,242.00")), encryption=lock))
