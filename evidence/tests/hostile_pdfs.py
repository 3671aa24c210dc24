"""PDFs that mean harm, each made when asked for, with what must become of it: a refusal's code, or "clean"."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from evidence.tests import making
from evidence.tests.hostile import MARK, Case, damaged, deflated, jpeg_told, zeros, zipped
from evidence.tests.making import SECRET, drawing, encoded

A4 = (595, 842)
JS = f"app.alert('{SECRET}')"


def script() -> Dictionary:
    """A new one each time: an object belongs to one document."""
    return Dictionary(S=Name.JavaScript, JS=String(JS))


def paper(arm: Callable[[pikepdf.Pdf, Any], None] | None = None, **save: Any) -> bytes:
    """A page with a word on it, armed."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=A4)
    page.obj.Contents = document.make_stream(b"0 0 1 rg 100 100 300 300 re f")
    if arm is not None:
        arm(document, page.obj)
    target = io.BytesIO()
    document.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, **save)
    return target.getvalue()


def action(**told: Any) -> Callable[[pikepdf.Pdf, Any], None]:
    """A link over the whole page that does this."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, *A4], A=document.make_indirect(Dictionary(**told)))
        page.Annots = Array([document.make_indirect(link)])

    return arm


def annotation(**told: Any) -> Callable[[pikepdf.Pdf, Any], None]:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        page.Annots = Array([document.make_indirect(Dictionary(Type=Name.Annot, Rect=[0, 0, *A4], **told))])

    return arm


def opens(document: pikepdf.Pdf, page: Any) -> None:
    document.Root.OpenAction = document.make_indirect(script())


def page_acts(document: pikepdf.Pdf, page: Any) -> None:
    page.AA = Dictionary(O=script(), C=script())


def document_acts(document: pikepdf.Pdf, page: Any) -> None:
    document.Root.AA = Dictionary(WC=script(), WP=script())


def named_scripts(document: pikepdf.Pdf, page: Any) -> None:
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), document.make_indirect(script())])))


def attached(document: pikepdf.Pdf, page: Any) -> None:
    document.attachments["payload.exe"] = pikepdf.AttachedFileSpec(document, MARK * 9)


def form(document: pikepdf.Pdf, page: Any) -> None:
    field = Dictionary(FT=Name.Tx, T=String("a"), V=String("b"), AA=Dictionary(K=script()), Subtype=Name.Widget, Rect=[0, 0, 9, 9])
    page.Annots = Array([document.make_indirect(field)])
    document.Root.AcroForm = Dictionary(
        Fields=Array([page.Annots[0]]), XFA=Array([String("template"), document.make_stream(b"<xdp>" + MARK)]), CO=Array([])
    )


def told(document: pikepdf.Pdf, page: Any) -> None:
    document.docinfo["/Author"] = SECRET
    document.Root.Metadata = document.make_stream(b"<x>" + MARK, Type=Name.Metadata, Subtype=Name.XML)
    page.Metadata = document.make_stream(b"<x>" + MARK)
    page.PieceInfo = Dictionary(Maker=Dictionary(Private=String(SECRET)))
    page.Thumb = document.make_stream(MARK)


def in_resources(document: pikepdf.Pdf, page: Any) -> None:
    page.Resources = Dictionary(Junk=document.make_indirect(script()), Properties=Dictionary(A=script()), Font=Dictionary(F=script()))
    shown = document.make_stream(
        b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], AF=script(), Ref=Dictionary(F=String(SECRET))
    )
    shown.Resources = Dictionary(Odd=script())
    page.Resources.XObject = Dictionary(X=shown)


def bytes_elsewhere(document: pikepdf.Pdf, page: Any) -> None:
    shown = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    shown.F = Dictionary(Type=Name.Filespec, F=String("/etc/passwd"))
    page.Resources = Dictionary(XObject=Dictionary(X=shown))


def picture(data: bytes, filter_: Any = Name.DCTDecode, size: tuple[int, int] = (400, 600)) -> Callable[[pikepdf.Pdf, Any], None]:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        shown = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, ColorSpace=Name.DeviceRGB, BitsPerComponent=8)
        shown.Width, shown.Height = size
        shown.write(data, filter=filter_)
        page.Resources = Dictionary(XObject=Dictionary(X=shown))
        page.Contents = document.make_stream(b"595 0 0 842 0 0 cm /X Do")

    return arm


def content(data: bytes, filter_: Any = Name.FlateDecode) -> Callable[[pikepdf.Pdf, Any], None]:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        page.Contents = document.make_stream(data)
        if filter_ is not None:
            page.Contents.write(data, filter=filter_)

    return arm


def size(box: list[Any], **more: Any) -> Callable[[pikepdf.Pdf, Any], None]:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        page.MediaBox = Array(box)
        for name, value in more.items():
            page[f"/{name}"] = value

    return arm


def draws_itself(document: pikepdf.Pdf, page: Any) -> None:
    shown = document.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    shown.Resources = Dictionary(XObject=Dictionary(X=shown))
    page.Resources = Dictionary(XObject=Dictionary(X=shown))
    page.Contents = document.make_stream(b"/X Do")


def draws_two_to_the_thirtieth(document: pikepdf.Pdf, page: Any) -> None:
    shown = document.make_stream(b"0 0 1 rg 0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    for _ in range(30):
        outer = document.make_stream(b"/X Do /X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        outer.Resources = Dictionary(XObject=Dictionary(X=shown))
        shown = outer
    page.Resources = Dictionary(XObject=Dictionary(X=shown))
    page.Contents = document.make_stream(b"/X Do")


def inline(data: bytes, filters: bytes = b"/DCT") -> bytes:
    return b"q 300 0 0 300 0 0 cm BI /W 400 /H 600 /BPC 8 /CS /RGB /Mine (" + MARK + b") /F " + filters + b" ID " + data + b"\nEI Q"


def talkative(document: pikepdf.Pdf, page: Any) -> None:
    """A drawing, a pattern and a letter that tell who made them, in content and beside it."""
    said = b"% " + MARK + b"\n/Span << /ActualText (" + MARK + b") >> BDC 0 0 9 9 re f EMC"
    shown = document.make_stream(said, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], MyAuthor=String(SECRET))
    dots = document.make_stream(said, PatternType=1, PaintType=1, TilingType=1, BBox=[0, 0, 9, 9], XStep=9, YStep=9, Resources=Dictionary())
    letter = document.make_stream(b"9 0 0 0 9 9 d1 " + said)
    drawn = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=[0, 0, 9, 9], FontMatrix=[1, 0, 0, 1, 0, 0], FirstChar=97, LastChar=97, Widths=[9],
        CharProcs=Dictionary(a=letter), Encoding=Dictionary(Differences=[97, Name.a]),
    )  # fmt: skip
    page.Resources = Dictionary(XObject=Dictionary(X=shown), Pattern=Dictionary(P=dots), Font=Dictionary(F=document.make_indirect(drawn)))
    page.Contents = document.make_stream(b"/X Do /Pattern cs /P scn 0 0 99 99 re f BT /F 9 Tf (a) Tj ET")


# ---- By hand, where no library writes it
def by_hand(*objects: bytes, trailer: bytes = b"<</Root 1 0 R/Size 9>>") -> bytes:
    """Objects 1, 2, … with a right table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF" % start)


CATALOGUE, PAGE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def page_tree(kids: bytes) -> bytes:
    return by_hand(CATALOGUE, b"<</Type/Pages/Count 1/Kids[" + kids + b"]>>", PAGE)


def deep_page_tree(depth: int = 5000) -> bytes:
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % number for number in range(3, depth + 3)]
    return by_hand(CATALOGUE, *nodes, PAGE, trailer=b"<</Root 1 0 R/Size %d>>" % (depth + 3))


def packed_objects(inside: bytes) -> bytes:
    """The catalogue lies in an object stream that unpacks to `inside`."""
    out = bytearray(b"%PDF-1.7\n")
    places = {4: len(out)}
    out += b"4 0 obj\n<</Type/ObjStm/N 3/First 16/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (len(inside), inside)
    places[5] = len(out)
    rows = b"\x00\x00\x00\x00\x00" + b"".join(b"\x02" + (4).to_bytes(3) + bytes([n]) for n in range(3))
    rows += b"".join(b"\x01" + places.get(n, len(out)).to_bytes(3) + b"\x00" for n in (4, 5))
    out += b"5 0 obj\n<</Type/XRef/Size 6/W[1 3 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream endobj\n" % (len(rows), rows)
    return bytes(out + b"startxref\n%d\n%%%%EOF" % places[5])


def object_stream_of_600_megabytes() -> bytes:
    head = b"1 0 2 31 3 90   "
    objects = CATALOGUE + b"  " + b"<</Type/Pages/Count 1/Kids[3 0 R]>>".ljust(59) + PAGE
    return packed_objects(deflated(head + objects, b" " * 2**20, 600))


ACTIVE: Mapping[str, Any] = {
    "script_at_opening": opens,
    "script_of_a_page": page_acts,
    "script_at_closing": document_acts,
    "scripts_by_name": named_scripts,
    "link_that_launches": action(S=Name.Launch, F=String("payload.exe")),
    "link_to_an_address": action(S=Name.URI, URI=String(f"http://{SECRET}.example")),
    "link_that_sends_a_form": action(S=Name.SubmitForm, F=String(f"http://{SECRET}.example")),
    "link_that_brings_data": action(S=Name.ImportData, F=String(SECRET)),
    "link_to_another_file": action(S=Name.GoToR, F=String(SECRET), D=Array([0, Name.Fit])),
    "link_into_a_file_within": action(S=Name.GoToE, F=String(SECRET), D=Array([0, Name.Fit])),
    "file_hung_in": attached,
    "file_on_a_note": annotation(Subtype=Name.FileAttachment, FS=Dictionary(Type=Name.Filespec, F=String("payload.exe"), EF=Dictionary())),
    "rich_media": annotation(Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=Dictionary(Names=Array([String(SECRET)])))),
    "screen": annotation(Subtype=Name.Screen, A=Dictionary(S=Name.Rendition, JS=String(JS))),
    "film": annotation(Subtype=Name.Movie, Movie=Dictionary(F=String(SECRET))),
    "form_with_scripts_and_xfa": form,
    "script_in_the_resources": in_resources,
    "stream_of_another_file": bytes_elsewhere,
    "author_metadata_and_private_data": told,
}
JPEG = encoded(drawing(), "JPEG")

PAPERS: Mapping[str, Case] = {
    **{f"pdf_{name}": ((lambda arm=arm: paper(arm)), "clean") for name, arm in ACTIVE.items()},
    "pdf_script_in_an_object_stream": (lambda: paper(opens, object_stream_mode=pikepdf.ObjectStreamMode.generate), "clean"),
    "pdf_picture_with_place_and_comment": (lambda: paper(picture(jpeg_told())), "clean"),
    "pdf_picture_packed_twice": (lambda: paper(picture(zlib.compress(jpeg_told()), Array([Name.FlateDecode, Name.DCTDecode]))), "clean"),
    "pdf_picture_within_the_content": (lambda: paper(content(inline(jpeg_told()), None)), "clean"),
    "pdf_picture_within_the_content_packed": (lambda: paper(content(inline(jpeg_told().hex().encode() + b">",
                                                                     b"[/AHx /DCT]"), None)), "clean"),
    "pdf_picture_within_the_content_that_is_none": (lambda: paper(content(inline(b"<html>" + MARK), None)), "clean"),
    "pdf_comments": (lambda: paper(content(b"% " + MARK + b"\n0 0 9 9 re f", None)), "clean"),
    "pdf_text_behind_the_text": (lambda: paper(content(b"/P <</ActualText(" + MARK + b")>> BDC 0 0 9 9 re f EMC /P <</A(" + MARK
                                                       + b")>> DP", None)), "clean"),
    "pdf_operators_that_are_none": (lambda: paper(content(b"(" + MARK + b") tell (" + MARK + b") 0 0 1 rg <</A(" + MARK + b")>> q Q",
                                                          None)), "clean"),
    "pdf_drawings_that_tell": (lambda: paper(talkative), "clean"),
    "pdf_content_of_40_megabytes": (lambda: paper(content(zlib.compress(b"0 0 1 rg " * 4_500_000))), "too_heavy"),
    "pdf_content_of_4_megabytes": (lambda: paper(content(zlib.compress(b"0 0 1 rg " * 450_000))), "clean"),
    "pdf_content_of_brackets": (lambda: paper(content(zlib.compress(b"[" * 900_000 + b"]" * 900_000))), "clean"),
    "pdf_and_zip": (lambda: paper() + zipped(), "clean"),
    "pdf_behind_a_gif": (lambda: b"GIF89a;" + paper(), "type_not_allowed"),
    "pdf_behind_a_page": (lambda: b"<html>" + paper(), "type_not_allowed"),
    "pdf_with_a_password": (making.locked_pdf, "encrypted"),
    "pdf_with_an_empty_password": (lambda: making.locked_pdf(""), "clean"),
    "pdf_of_51_pages": (lambda: making.pdf(51), "too_many_pages"),
    "pdf_of_no_page": (lambda: by_hand(CATALOGUE, b"<</Type/Pages/Count 0/Kids[]>>"), "unreadable"),
    "pdf_pages_in_a_circle": (lambda: page_tree(b"2 0 R"), "unreadable"),
    "pdf_page_a_thousand_times": (lambda: page_tree(b"3 0 R " * 1000), "too_many_pages"),
    "pdf_pages_5000_deep": (deep_page_tree, "clean|unreadable|check_failed"),
    "pdf_counts_a_billion": (lambda: page_tree(b"3 0 R").replace(b"/Count 1", b"/Count 999999999"), "clean|unreadable"),
    "pdf_arrays_100000_deep": (lambda: by_hand(CATALOGUE, b"[" * 100_000 + b"]" * 100_000), "unreadable"),
    "pdf_page_refers_to_itself": (lambda: by_hand(CATALOGUE, b"2 0 R"), "unreadable"),
    "pdf_table_in_a_circle": (lambda: by_hand(CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", PAGE,
                              trailer=b"<</Root 1 0 R/Size 4/Prev 200>>"), "clean|unreadable"),
    "pdf_drawing_draws_itself": (lambda: paper(draws_itself), "clean"),
    "pdf_drawing_drawn_a_billion_times": (lambda: paper(draws_two_to_the_thirtieth), "clean|too_heavy|check_failed"),
    "pdf_content_of_600_megabytes": (lambda: paper(content(zeros(600))), "too_heavy"),
    "pdf_content_packed_twice": (lambda: paper(content(zlib.compress(zeros(600), 9), Array([Name.FlateDecode] * 2))), "too_heavy"),
    "pdf_content_packed_nine_times": (lambda: paper(content(b"x", Array([Name.FlateDecode] * 9))), "too_heavy|unreadable"),
    "pdf_objects_of_600_megabytes": (object_stream_of_600_megabytes, "check_failed|unreadable"),
    "pdf_picture_of_60000_a_side": (lambda: paper(picture(zeros(1), Name.FlateDecode, (60_000, 60_000))), "too_heavy"),
    "pdf_picture_that_is_no_jpeg": (lambda: paper(picture(b"<html>" + MARK)), "unreadable"),
    "pdf_page_of_a_kilometre": (lambda: paper(size([0, 0, 3_000_000, 842])), "too_heavy"),
    "pdf_unit_of_a_metre": (lambda: paper(size([0, 0, *A4], UserUnit=2834)), "too_heavy"),
    "pdf_page_without_size": (lambda: paper(size([0, 0, 0, 0])), "unreadable"),
    "pdf_page_of_words": (lambda: paper(size([Name.a, Name.b, Name.c, Name.d])), "clean|unreadable"),
    "pdf_cut_off": (lambda: making.armed_pdf()[:700], "unreadable"),
    "pdf_without_its_end": (lambda: paper(picture(JPEG))[:-400], "clean|unreadable"),
    "pdf_with_a_hole": (lambda: damaged(paper(picture(JPEG))), "clean|unreadable"),
    "pdf_head_alone": (lambda: b"%PDF-1.7\n%%EOF", "unreadable"),
}  # fmt: skip
