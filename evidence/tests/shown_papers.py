"""PDFs of the kinds that people send, small, each with what the copy is to say that it does not show."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from evidence.tests.making import drawing, encoded

Arm = Callable[[pikepdf.Pdf, Any], None]
Make = Callable[[], bytes]
SIZE = (200, 120)
WORDS = b"BT /H 14 Tf 10 90 Td (Paid 1,280.00 CNY) Tj ET "


def paper(content: bytes = WORDS, *arms: Arm, pages: int = 1, **save: Any) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=SIZE).obj
        page.Contents = document.make_stream(content)
        page.Resources = Dictionary(Font=Dictionary(H=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
        for arm in arms:
            arm(document, page)
    target = io.BytesIO()
    document.save(target, **save)
    return target.getvalue()


# ---- Type
def named_font(name: str, **more: Any) -> Arm:
    """Of one byte a letter; not in the file."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        page.Resources.Font.H = Dictionary(Type=Name.Font, BaseFont=Name(f"/{name}"), **{"Subtype": Name.Type1, **more})

    return arm


def hanzi_font(name: str, encoding: str, ordering: str, kind: str = "CIDFontType0") -> Arm:
    """As iText and reportlab name Asian type without bringing it."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        described = Dictionary(
            Type=Name.FontDescriptor, FontName=Name(f"/{name}"), Flags=6, FontBBox=[-25, -254, 1000, 880], ItalicAngle=0, Ascent=880,
            Descent=-120, CapHeight=880, StemV=93,
        )  # fmt: skip
        below = Dictionary(
            Type=Name.Font, Subtype=Name(f"/{kind}"), BaseFont=Name(f"/{name}"), DW=1000, FontDescriptor=document.make_indirect(described),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String(ordering), Supplement=2),
        )  # fmt: skip
        page.Resources.Font.H = Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name(f"/{name}"), Encoding=Name(f"/{encoding}"), DescendantFonts=[below]
        )

    return arm


def said(text: str, codec: str, size: int = 14) -> bytes:
    return b"BT /H %d Tf 10 60 Td <%s> Tj ET" % (size, text.encode(codec).hex().encode())


def hanzi(name: str, encoding: str, ordering: str, codec: str, text: str, kind: str = "CIDFontType0") -> Make:
    return lambda: paper(said(text, codec), hanzi_font(name, encoding, ordering, kind))


def drawn_letters(document: pikepdf.Pdf, page: Any) -> None:
    page.Resources.Font.H = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=[0, 0, 9, 9], FontMatrix=[0.1, 0, 0, 0.1, 0, 0], FirstChar=97, LastChar=97, Widths=[9],
        CharProcs=Dictionary(a=document.make_stream(b"9 0 d0 0 0 7 7 re f")), Encoding=Dictionary(Differences=[97, Name.a]),
        Resources=Dictionary(),
    )  # fmt: skip


# ---- Forms and notes
def field(**more: Any) -> Arm:
    """A field of a form without a picture of its value."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        told = {"FT": Name.Tx, "T": String("a"), "DA": String("/Helv 12 Tf 0 g"), "Rect": [10, 20, 190, 50], "F": 4, **more}
        _hang(document, page, Dictionary(Type=Name.Annot, Subtype=Name.Widget, **told))
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        document.Root.AcroForm = Dictionary(
            Fields=[page.Annots[-1]], NeedAppearances=True, DA=String("/Helv 12 Tf 0 g"), DR=Dictionary(Font=Dictionary(Helv=helvetica))
        )

    return arm


def note(kind: str, **more: Any) -> Arm:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        told = {"Rect": [20, 20, 120, 60], "C": [1, 0, 0], "F": 4, **more}
        _hang(document, page, Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), **told))

    return arm


def with_picture(kind: str, content: bytes = b"1 0 0 rg 0 0 100 40 re f", **more: Any) -> Arm:
    """One that brings its picture."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        shown = document.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 40], Resources=Dictionary())
        note(kind, AP=Dictionary(N=shown), **more)(document, page)

    return arm


def tick_box(state: str) -> Arm:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        shapes = {
            f"/{name}": document.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 20, 20])
            for name, content in (("Yes", b"0 0 20 20 re f"), ("Off", b"0 0 20 20 re S"))
        }
        field(FT=Name.Btn, V=Name(f"/{state}"), AS=Name(f"/{state}"), Rect=[20, 20, 40, 40], AP=Dictionary(N=Dictionary(shapes)))(
            document, page
        )

    return arm


def _hang(document: pikepdf.Pdf, page: Any, each: Dictionary) -> None:
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(document.make_indirect(each))


def _quads() -> list[int]:
    return [10, 104, 120, 104, 10, 88, 120, 88]


# ---- Layers
VOID = b"q 1 0 0 rg 10 10 150 60 re f Q"


def layers(draw: bytes, place: Arm | None = None, **default: Any) -> Make:
    """Two layers, A and B; `default` says which are off, as names."""

    def arm(document: pikepdf.Pdf, page: Any) -> None:
        groups = {f"/{name}": document.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in "AB"}
        settled = {
            key: Array([groups[f"/{each}"] for each in value]) if isinstance(value, str) else value for key, value in default.items()
        }
        document.Root.OCProperties = Dictionary(OCGs=list(groups.values()), D=Dictionary(Order=list(groups.values()), **settled))
        page.Resources.Properties = Dictionary(
            groups | {"/M": document.make_indirect(Dictionary(Type=Name.OCMD, OCGs=list(groups.values()), P=Name.AllOn))}
        )
        if place is not None:
            place(document, page)

    return lambda: paper(WORDS + draw, arm)


def form_of_a_layer(document: pikepdf.Pdf, page: Any) -> None:
    shown = document.make_stream(VOID, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 120], OC=page.Resources.Properties.A)
    page.Resources.XObject = Dictionary(X=shown)


def note_of_a_layer(document: pikepdf.Pdf, page: Any) -> None:
    with_picture("Stamp", OC=page.Resources.Properties.A)(document, page)


def layered(name: bytes, draw: bytes = VOID) -> bytes:
    return b"/OC /" + name + b" BDC " + draw + b" EMC"


# ---- Pictures and drawings
def picture(data: bytes, space: Any = Name.DeviceRGB, filter_: Any = None, size: tuple[int, int] = (40, 60), **more: Any) -> Arm:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        shown = document.make_stream(
            data, Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], ColorSpace=space, **{"BitsPerComponent": 8, **more}
        )
        if filter_ is not None:
            shown.write(data, filter=filter_)
        page.Resources.XObject = Dictionary(X=shown)

    return arm


def seen_through(document: pikepdf.Pdf, page: Any) -> None:
    """A picture with another one that says how much of it shows."""
    picture(pixels())(document, page)
    page.Resources.XObject.X.SMask = document.make_stream(
        bytes(range(0, 240, 6)) * 60,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=40,
        Height=60,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )


def blended(document: pikepdf.Pdf, page: Any) -> None:
    page.Resources.ExtGState = Dictionary(G=Dictionary(BM=Name.Multiply, ca=0.5))


def shaded(kind: int, where: list[int]) -> Arm:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        change = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
        page.Resources.Shading = Dictionary(S=Dictionary(ShadingType=kind, ColorSpace=Name.DeviceRGB, Coords=where, Function=change))

    return arm


def tiled(document: pikepdf.Pdf, page: Any) -> None:
    page.Resources.Pattern = Dictionary(P=document.make_stream(
        b"0 0 1 rg 0 0 5 5 re f", PatternType=1, PaintType=1, TilingType=1, BBox=[0, 0, 9, 9], XStep=9, YStep=9, Resources=Dictionary()
    ))  # fmt: skip


def pixels(mode: str = "RGB") -> bytes:
    return drawing((40, 60)).convert(mode).tobytes()


def jpeg2000() -> bytes:
    target = io.BytesIO()
    drawing((40, 60)).save(target, "JPEG2000")
    return target.getvalue()


RUNS = b"\xb1\x40" * 30 + b"\xb1\xc0" * 30 + b"\x80"
SHOW = b"q 80 0 0 100 60 10 cm /X Do Q"


# ---- The document
def page_told(**more: Any) -> Arm:
    def arm(document: pikepdf.Pdf, page: Any) -> None:
        for name, value in more.items():
            page[f"/{name}"] = value

    return arm


def inherited(document: pikepdf.Pdf, page: Any) -> None:
    document.Root.Pages.Resources = page.Resources
    document.Root.Pages.Rotate = 90
    del page.Resources


def in_pieces(document: pikepdf.Pdf, page: Any) -> None:
    page.Contents = Array([document.make_stream(part) for part in (WORDS[:30], WORDS[30:], VOID)])


def broken_stream(document: pikepdf.Pdf, page: Any) -> None:
    page.Contents.write(zlib.compress(WORDS * 3)[:-9], filter=Name.FlateDecode)


def grown() -> bytes:
    """Saved again as readers do who only add at the end: the second page's words replace the first's."""
    data = paper(b"BT /H 14 Tf 10 90 Td (Old words) Tj ET", qdf=True)
    with pikepdf.open(io.BytesIO(data)) as document:
        number = document.pages[0].obj.Contents.objgen[0]
    start = len(data)
    added = b"%d 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (number, len(WORDS), WORDS)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Root 1 0 R/Size %d/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    size = int(data.rpartition(b"/Size ")[2].split()[0])
    before = int(data.rpartition(b"startxref")[2].split()[0])
    return data + added + table % (number, start, size, before, start + len(added))


def locked(revision: int) -> Make:
    """Opens without a password; its owner forbids everything."""
    nothing = pikepdf.Permissions(extract=False, print_highres=False, print_lowres=False, modify_other=False)
    lock = pikepdf.Encryption(owner="bank", user="", R=revision, aes=revision >= 4, metadata=revision >= 4, allow=nothing)  # type: ignore[arg-type]
    return lambda: paper(WORDS, field(V=String("4,242.00")), encryption=lock)


def hung_in(document: pikepdf.Pdf, page: Any) -> None:
    document.attachments["more.txt"] = pikepdf.AttachedFileSpec(document, b"more")


def changing(document: pikepdf.Pdf, page: Any) -> None:
    field(V=String("b"))(document, page)
    document.Root.AcroForm.XFA = Array([String("template"), document.make_stream(b"<xdp/>")])


PAPERS: Mapping[str, tuple[Make, str]] = {
    "hanzi_of_itext": (hanzi("STSong-Light", "UniGB-UCS2-H", "GB1", "utf-16-be", "余额 消费支出 财付通"), ""),
    "hanzi_utf16": (hanzi("STSongStd-Light", "UniGB-UTF16-H", "GB1", "utf-16-be", "余额 消费支出"), ""),
    "hanzi_gbk": (hanzi("STSong-Light", "GBK-EUC-H", "GB1", "gbk", "余额１２８０"), ""),
    "hanzi_gb2312": (hanzi("STSong-Light", "GB-EUC-H", "GB1", "gb2312", "消费支出"), ""),
    "hanzi_gbk2k": (hanzi("STSong-Light", "GBK2K-H", "GB1", "gb18030", "支付宝"), ""),
    "hanzi_down": (hanzi("STSong-Light", "UniGB-UCS2-V", "GB1", "utf-16-be", "余额"), ""),
    "hanzi_bold": (hanzi("STSong-Light,Bold", "UniGB-UCS2-H", "GB1", "utf-16-be", "余额"), ""),
    "hanzi_simsun": (hanzi("SimSun", "UniGB-UCS2-H", "GB1", "utf-16-be", "交易流水", "CIDFontType2"), ""),
    "hanzi_kaiti": (hanzi("KaiTi_GB2312", "UniGB-UCS2-H", "GB1", "utf-16-be", "回单", "CIDFontType2"), ""),
    "hanzi_long_form": (hanzi("MSung-Light", "UniCNS-UCS2-H", "CNS1", "utf-16-be", "餘額 消費"), ""),
    "hanzi_big5": (hanzi("MSung-Light", "ETen-B5-H", "CNS1", "big5", "餘額"), ""),
    "kana": (hanzi("HeiseiMin-W3", "UniJIS-UCS2-H", "Japan1", "utf-16-be", "残高 こんにちは"), ""),
    "kana_shift_jis": (hanzi("HeiseiKakuGo-W5", "90ms-RKSJ-H", "Japan1", "cp932", "残高"), ""),
    "hangul": (hanzi("HYSMyeongJo-Medium", "UniKS-UCS2-H", "Korea1", "utf-16-be", "12 잔액"), "letters_missing:1"),
    "latin_helvetica": (paper, ""),
    "latin_times": (lambda: paper(WORDS, named_font("Times-Italic")), ""),
    "latin_courier": (lambda: paper(WORDS, named_font("Courier-Bold")), ""),
    "latin_arial": (lambda: paper(WORDS, named_font("Arial", Subtype=Name.TrueType, Encoding=Name.WinAnsiEncoding)), ""),
    "latin_of_nobody": (lambda: paper(WORDS, named_font("BankSans-Book")), ""),
    "symbols": (lambda: paper(b"BT /H 14 Tf 10 60 Td (abc) Tj ET", named_font("Symbol")), ""),
    "letters_that_are_drawings": (lambda: paper(b"BT /H 14 Tf 10 60 Td (aaa) Tj ET", drawn_letters), ""),
    "letters_outlined": (lambda: paper(b"1 Tr " + WORDS), ""),
    "letters_that_cut": (lambda: paper(b"q 7 Tr " + WORDS + b"1 0 0 rg 10 80 99 30 re f Q"), ""),
    "field": (lambda: paper(WORDS, field(V=String("AMOUNT 1280.00"))), ""),
    "field_of_hanzi": (lambda: paper(WORDS, field(V=String("余额一千二百"))), ""),
    "field_of_many_lines": (lambda: paper(b"", field(V=String("one\rtwo\rthree"), Ff=4096, Rect=[10, 10, 190, 110])), ""),
    "field_of_boxes": (lambda: paper(WORDS, field(V=String("12345678"), MaxLen=10, Ff=1 << 24)), ""),
    "field_read_only": (lambda: paper(WORDS, field(V=String("4,242.00"), Ff=1)), ""),
    "field_with_a_border": (lambda: paper(WORDS, field(V=String("4,242.00"), MK=Dictionary(BC=[0, 0, 1], BG=[1, 1, 0.8]))), ""),
    "field_hidden": (lambda: paper(WORDS, field(V=String("4,242.00"), F=2)), ""),
    "field_to_choose": (lambda: paper(WORDS, field(FT=Name.Ch, Ff=1 << 17, V=String("two"), Opt=[String("one"), String("two")])), ""),
    "field_list": (lambda: paper(WORDS, field(FT=Name.Ch, V=String("two"), Opt=[String("one"), String("two")], Rect=[9, 9, 99, 60])), ""),
    "field_secret": (lambda: paper(WORDS, field(V=String("geheim"), Ff=1 << 13)), ""),
    "field_with_its_picture": (lambda: paper(WORDS, with_picture("Widget", FT=Name.Tx, T=String("a"), V=String("b"))), ""),
    "field_signed": (lambda: paper(WORDS, with_picture("Widget", FT=Name.Sig, T=String("a"))), ""),
    "box_ticked": (lambda: paper(WORDS, tick_box("Yes")), ""),
    "box_empty": (lambda: paper(WORDS, tick_box("Off")), ""),
    "form_that_changes": (lambda: paper(WORDS, changing), "dynamic_form"),
    "note_written": (lambda: paper(WORDS, note("FreeText", Contents=String("not mine"), DA=String("/Helv 12 Tf 1 0 0 rg"))), ""),
    "note_written_with_its_picture": (lambda: paper(WORDS, with_picture("FreeText", Contents=String("not mine"))), ""),
    "note_folded": (lambda: paper(WORDS, note("Text", Contents=String("not mine"))), "notes_folded:1"),
    "note_folded_on_two": (lambda: paper(WORDS, note("Highlight", QuadPoints=_quads(), Contents=String("a")), pages=2), "notes_folded:1,2"),
    "highlight": (lambda: paper(WORDS, note("Highlight", QuadPoints=_quads())), ""),
    "underline": (lambda: paper(WORDS, note("Underline", QuadPoints=_quads())), ""),
    "strike_out": (lambda: paper(WORDS, note("StrikeOut", QuadPoints=_quads())), ""),
    "squiggle": (lambda: paper(WORDS, note("Squiggly", QuadPoints=_quads())), ""),
    "square": (lambda: paper(WORDS, note("Square", IC=[1, 1, 0])), ""),
    "circle": (lambda: paper(WORDS, note("Circle", IC=[0, 1, 0], BS=Dictionary(W=3))), ""),
    "ink": (lambda: paper(WORDS, note("Ink", InkList=[[20, 20, 60, 50, 100, 30]])), ""),
    "line": (lambda: paper(WORDS, note("Line", L=[20, 20, 100, 50])), "notes_unseen:1"),
    "stamp": (lambda: paper(WORDS, with_picture("Stamp")), ""),
    "stamp_turned": (lambda: paper(WORDS, with_picture("Stamp"), page_told(Rotate=90)), ""),
    "stamp_hidden": (lambda: paper(WORDS, with_picture("Stamp", F=2)), ""),
    "stamp_not_for_the_screen": (lambda: paper(WORDS, with_picture("Stamp", F=32)), ""),
    "link_with_a_border": (lambda: paper(WORDS, note("Link", Border=[0, 0, 3])), ""),
    "film": (lambda: paper(WORDS, with_picture("Screen")), "media:1"),
    "file_hung_in": (lambda: paper(WORDS, hung_in), "attachments"),
    "layer_off": (layers(layered(b"A"), OFF="A"), ""),
    "layer_on": (layers(layered(b"A"), OFF="B"), ""),
    "layers_all_on": (layers(layered(b"A") + layered(b"B")), ""),
    "layer_off_by_default": (layers(layered(b"A"), BaseState=Name.OFF), ""),
    "layer_on_against_the_default": (layers(layered(b"A"), BaseState=Name.OFF, ON="A"), ""),
    "layers_together": (layers(layered(b"M"), OFF="B"), ""),
    "layer_within_a_layer": (layers(layered(b"B", layered(b"A") + b" 10 5 9 9 re f"), OFF="A"), ""),
    "layer_of_small_words": (layers(layered(b"A", b"BT /H 6 Tf 10 40 Td (7) Tj ET"), OFF="A"), ""),
    "layer_in_pale_grey": (layers(layered(b"A", b"0.9 g 10 10 150 60 re f"), OFF="A"), ""),
    "drawing_of_a_layer": (layers(b"/X Do", form_of_a_layer, OFF="A"), ""),
    "note_of_a_layer": (layers(b"", note_of_a_layer, OFF="A"), ""),
    "photo_jpeg": (lambda: paper(SHOW, picture(encoded(drawing((40, 60)), "JPEG"), filter_=Name.DCTDecode)), ""),
    "photo_cut_short": (lambda: paper(SHOW, picture(encoded(drawing((40, 60)), "JPEG")[:-50], filter_=Name.DCTDecode)), "repaired"),
    "photo_jpeg_2000": (lambda: paper(SHOW, picture(jpeg2000(), filter_=Name.JPXDecode)), ""),
    "photo_cmyk": (lambda: paper(SHOW, picture(pixels("CMYK"), Name.DeviceCMYK)), ""),
    "scan_grey": (lambda: paper(SHOW, picture(pixels("L"), Name.DeviceGray, Decode=[1, 0])), ""),
    "scan_black_and_white": (lambda: paper(SHOW, picture(pixels("1"), Name.DeviceGray, BitsPerComponent=1)), ""),
    "picture_packed_by_runs": (lambda: paper(SHOW, picture(RUNS, Name.DeviceGray, Name.RunLengthDecode)), ""),
    "picture_of_a_palette": (lambda: paper(SHOW, picture(bytes(i % 2 for i in range(2400)),
                             Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff\x00\x00\x00\x00\xff")]))), ""),
    "picture_seen_through": (lambda: paper(VOID + SHOW, seen_through), ""),
    "picture_within_the_content": (lambda: paper(b"q 80 0 0 80 60 10 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x80\xc0\x40\nEI Q"), ""),
    "drawing_blended": (lambda: paper(WORDS + b"/G gs 1 0 0 rg 10 60 90 50 re f 0 1 0 rg 50 60 90 50 re f", blended), ""),
    "drawing_shaded": (lambda: paper(b"/S sh", shaded(2, [0, 0, 200, 0])), ""),
    "drawing_shaded_round": (lambda: paper(b"/S sh", shaded(3, [100, 60, 5, 100, 60, 50])), ""),
    "drawing_tiled": (lambda: paper(b"/Pattern cs /P scn 10 10 150 90 re f", tiled), ""),
    "drawing_of_lines": (lambda: paper(b"3 w [9 4] 0 d 10 10 m 90 90 150 10 190 100 c S 1 J 20 20 m 100 20 l S"), ""),
    "page_turned": (lambda: paper(WORDS, page_told(Rotate=90)), ""),
    "page_upside_down": (lambda: paper(WORDS, page_told(Rotate=180), field(V=String("4,242.00"))), ""),
    "page_cut_to_a_part": (lambda: paper(WORDS, page_told(CropBox=[0, 60, 100, 120])), ""),
    "page_of_other_units": (lambda: paper(WORDS, page_told(UserUnit=2)), ""),
    "page_that_inherits": (lambda: paper(WORDS, inherited), ""),
    "page_in_pieces": (lambda: paper(WORDS, in_pieces), ""),
    "pages": (lambda: paper(WORDS, pages=5), ""),
    "page_packed_and_broken": (lambda: paper(WORDS, broken_stream), "repaired"),
    "page_empty": (lambda: paper(b""), ""),
    "page_that_draws_to_nothing": (lambda: paper(b"1 g " + WORDS), "empty_pages:1"),
    "saved_for_the_web": (lambda: paper(WORDS, pages=3, linearize=True), ""),
    "saved_packed": (lambda: paper(WORDS, object_stream_mode=pikepdf.ObjectStreamMode.generate), ""),
    "saved_again": (grown, ""),
    "saved_with_more_behind": (lambda: paper() + b"\r\n\x00\x00 mail footer", ""),
    **{f"locked_by_its_owner_{revision}": (locked(revision), "") for revision in (2, 3, 4, 6)},
}  # fmt: skip
