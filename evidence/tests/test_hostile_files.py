"""The corpus: every hostile file is refused with its reason, or defused. Whatever it was, memory stays bounded."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from evidence.files import FileRefused, Limits, SafeCopy, accepted_type, sniff
from evidence.sandbox import client
from evidence.tests.hostile import PICTURES_AND_TEXTS, TEXTS, Case
from evidence.tests.hostile_pdfs import PAPERS
from evidence.tests.making import SECRET

LIMITS = Limits(bytes=10 * 1024 * 1024, pixels=40_000_000, side=300, pages=50)
FORMS = frozenset({"image", "pdf", "text", "csv", "json"})
PICTURES_ONLY = frozenset({"image", "pdf"})
CASES: dict[str, Case] = {**PICTURES_AND_TEXTS, **PAPERS}
MOST_MEMORY = 500 * 1024  # kB
# What of an original must not be found in its copy, beside its own secret.
TRACES = (SECRET, "Apple", "Exif", "http://ns.adobe.com", "ICC_PROFILE", "Photoshop", "<script", "<?php", "payload", "Evil.class")


class Bench:
    """An examiner that is replaced when it dies, and what it took."""

    def __init__(self) -> None:
        self.box: client.Sandbox | None = None
        self.memory = 0

    def judge(self, data: bytes, forms: frozenset[str] = FORMS) -> SafeCopy | str:
        """The safe copy, or why there is none."""
        try:
            media_type = accepted_type(sniff(data), data, forms)
            return client._verify_copy(*self._examined(data, media_type))
        except FileRefused as refused:
            return refused.code

    def _examined(self, data: bytes, media_type: str):
        self.box = self.box or client.Sandbox()
        try:
            told, parts = self.box.ask({"media_type": media_type, "limits": vars(LIMITS)}, data)
        except client.SandboxCrashed as died:
            self.box = None
            raise FileRefused("check_failed") from died
        self.memory = told["rss_kb"]
        return told, parts


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    if made.box is not None:
        made.box.close()


def test_there_are_enough_of_them():
    assert len(CASES) >= 100


@pytest.mark.parametrize("name", CASES)
def test_each_is_refused_with_its_reason_or_defused(bench, name):
    make, wanted = CASES[name]
    data = make()
    found = bench.judge(data, FORMS if name in TEXTS else PICTURES_ONLY)
    assert ("clean" if isinstance(found, SafeCopy) else found) in wanted.split("|")
    assert bench.memory < MOST_MEMORY
    if isinstance(found, SafeCopy):
        check_harmless(found)


def check_harmless(copy: SafeCopy) -> None:
    made = copy.data + copy.thumbnail
    for trace in TRACES:
        assert trace.encode() not in made, trace
    if copy.media_type == "application/pdf":
        check_paper(copy)
    elif copy.media_type.startswith("image/"):
        check_picture(copy)
    else:
        assert copy.data.decode()


def check_picture(copy: SafeCopy) -> None:
    for data in (copy.data, copy.thumbnail):
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            image.load()
            assert dict(image.getexif()) == {}
            assert getattr(image, "n_frames", 1) == 1
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert data.endswith(b"\xff\xd9" if image.format == "JPEG" else b"IEND\xaeB`\x82")
            size = image.size
    assert max(size) <= 320
    assert Image.open(io.BytesIO(copy.data)).size == (copy.width, copy.height)
    if copy.media_type == "image/png":
        assert set(chunks(copy.data)) == {b"IHDR", b"IDAT", b"IEND"}


def chunks(data: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(data):
        yield data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4])


ACTIVE = re.compile(
    rb"/(JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|ImportData|GoToR|GoToE|EmbeddedFiles?|Filespec|EF|XFA|AcroForm|RichMedia"
    rb"|Movie|Sound|Rendition|Annots|Names|Metadata|PieceInfo|Info|OPI|Ref)\b"
)


def check_paper(copy: SafeCopy) -> None:
    with pikepdf.open(io.BytesIO(copy.data)) as paper:
        assert len(paper.pages) == copy.pages
        for thing in paper.objects:
            assert not ACTIVE.search(thing.unparse(resolved=True) if not isinstance(thing, pikepdf.Stream) else _head(thing))
            if isinstance(thing, pikepdf.Stream):
                assert SECRET.encode() not in thing.read_raw_bytes()
                assert SECRET.encode() not in unpacked(thing)


@pytest.mark.parametrize("name", [
    "pdf_picture_within_the_content", "pdf_picture_within_the_content_packed", "pdf_comments", "pdf_drawings_that_tell",
    "pdf_text_behind_the_text", "pdf_picture_with_place_and_comment",
])  # fmt: skip
def test_a_paper_shows_what_it_showed(bench, name):
    data = CASES[name][0]()
    seen, made = drawn(data), drawn(bench.judge(data, PICTURES_ONLY).data)
    assert seen.convert("L").getextrema()[0] < 200
    assert ImageChops.difference(seen, made).getbbox() is None


def drawn(paper: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(paper) as document:
        return document[0].render().to_pil().convert("RGB")


def unpacked(stream: pikepdf.Stream) -> bytes:
    """Nothing for a picture, and for a stream that nobody can unpack."""
    try:
        return b"" if stream.get("/Subtype") == "/Image" else stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def _head(stream: pikepdf.Stream) -> bytes:
    return pikepdf.Dictionary(dict(stream.items())).unparse(resolved=True)
