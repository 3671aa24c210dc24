"""The copy people look at instead of the original, whatever the file is. Pure; runs in the examiner's process."""

from __future__ import annotations

from evidence.files import CSV_BILL, PICTURES, XLSX, FileRefused, Limits, SafeCopy, decode_text
from evidence.sandbox import bill_unpacker, image_sanitizer, letter_reader, pdf_sanitizer, table_reader
from lib.redaction import holds_one_time_code, without_secrets
from lib.types import Record
from tickets.bills.files import NotABill


def examine(head: Record, data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    """What is told of a file, by what the head asks for, and the two parts that go with it. Raises as `safe_copy`."""
    if head.get("report"):
        return {"letter": True}, *letter_reader.pack(letter_reader.LetterContent(letter_reader.read_report(data)))
    if head.get("letter"):
        return {"letter": True}, *letter_reader.pack(letter_reader.read_letter(data, head.get("ours", ())))
    if head.get("bill"):
        return _unpack_bill(data)
    if "page" in head:
        copy = pdf_sanitizer.page_picture(data, head["page"])
    else:
        copy = safe_copy(data, head["media_type"], Limits(**head["limits"]))
    return (
        {name: getattr(copy, name) for name in ("media_type", "width", "height", "pages", "likeness", "remarks")},
        copy.data,
        copy.thumbnail,
    )


def _unpack_bill(data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    try:
        return {"bill": True}, bill_unpacker.unpack_bill(data), b""
    except NotABill as refused:
        return {"no_bill": refused.code}, b"", b""


def safe_copy(data: bytes, media_type: str, limits: Limits) -> SafeCopy:
    """Decode, check, and make anew. Raises FileRefused with the reason; anything else a parser raises is its crash."""
    if len(data) > limits.bytes:
        raise FileRefused("too_large")
    if media_type in PICTURES:
        return image_sanitizer.picture_copy(data, PICTURES[media_type], limits)
    if media_type == "application/pdf":
        return pdf_sanitizer.pdf_copy(data, limits)
    return table_reader.bill_copy(data, media_type) if media_type in (CSV_BILL, XLSX) else _text_copy(data)


def _text_copy(data: bytes) -> SafeCopy:
    """UTF-8, without what must never be kept. A line at a time: a code and its word stand together."""
    text = decode_text(data)
    if any(holds_one_time_code(line) for line in text.splitlines()):
        raise FileRefused("one_time_code")
    return SafeCopy(without_secrets(text).encode(), "text/plain; charset=utf-8")


def warm_up() -> None:
    """Load what is loaded at first use: the examiner's children can open no file."""
    image_sanitizer.warm_up()
    pdf_sanitizer.warm_up()
    table_reader.warm_up()
    bill_unpacker.warm_up()
    letter_reader.warm_up()
    decode_text("您好🙂".encode("gb18030"))
