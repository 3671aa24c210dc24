"""Streams inside a PDF: how large they are unpacked, and pictures without what they tell. Pure; runs in the examiner's process."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from evidence.files import FileRefused

# All streams of a document together, unpacked: fifty scans in colour at 150 dots an inch.
MOST_UNPACKED = 500 * 1024 * 1024
MOST_FILTERS = 4
PIECE = 1024 * 1024
# What decodes a picture is left to the reader; it cannot make more than width times height of it.
OF_PICTURES = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# JFIF and Adobe's colours are needed to show the picture; EXIF, XMP, profiles, previews and comments are not.
TOLD_IN_JPEG = frozenset({0xFE, *range(0xE1, 0xEE), 0xEF})
JPEG_END = b"\xff\xd9"
KEPT_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})


def filters_of(stream: pikepdf.Object) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, pikepdf.Array) else [str(named)]


def unpacked_size(stream: pikepdf.Object, so_far: int) -> int:
    """Bytes. Raises FileRefused when it takes the document beyond MOST_UNPACKED; never holds more than a piece of it."""
    names = filters_of(stream)
    flates = len(names) - len(_without_flate(names))
    rest = names[flates:]
    if len(names) > MOST_FILTERS:
        raise FileRefused("too_heavy")
    if rest and rest[0] not in OF_PICTURES:
        if rest[-1] in OF_PICTURES:
            return len(stream.read_raw_bytes())
        level = pikepdf.StreamDecodeLevel.specialized
        return len(stream.read_bytes(level))  # old and rare; what is too large for it is too large for the examiner's child
    return _count_unpacked(stream.read_raw_bytes(), flates, MOST_UNPACKED - so_far) if flates else 0


def is_whole(stream: pikepdf.Object) -> bool:
    """Whether what is packed comes to its end: a broken stream shows as much as can be read of it. (Its size was looked at before.)"""
    names = filters_of(stream)
    if names[:1] != ["/FlateDecode"]:
        return True
    inflater, piece = zlib.decompressobj(), stream.read_raw_bytes()
    try:
        while piece and not inflater.eof:
            inflater.decompress(piece, PIECE)
            piece = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof or stream.read_raw_bytes() == b""


def _without_flate(names: list[str]) -> list[str]:
    return _without_flate(names[1:]) if names and names[0] in ("/FlateDecode", "/Fl") else names


def _count_unpacked(data: bytes, flates: int, room: int) -> int:
    """What all levels unpack to, for a level may swallow much and give little."""
    total = 0

    def inflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal total
        inflater = zlib.decompressobj()
        for each in pieces:
            piece = each
            while piece and not inflater.eof:
                found = inflater.decompress(piece, PIECE)
                piece = inflater.unconsumed_tail
                total += len(found)
                if total > room:
                    raise FileRefused("too_heavy")
                yield found

    pieces: Iterable[bytes] = [data]
    for _ in range(flates):
        pieces = inflate(pieces)
    try:
        for _ in pieces:
            pass
    except zlib.error:
        return total  # a broken stream shows what it shows
    return total


def strip_picture(stream: Any) -> bool:
    """A picture that came as JPEG brings its own place and comments along. False for a JPEG without its end. Raises FileRefused."""
    names = filters_of(stream)
    if names[-1:] not in (["/DCTDecode"], ["/JPXDecode"]):
        return True
    data = stream.read_raw_bytes()
    for name in names[:-1]:
        data = decode_filter(data, name)
    parms = stream.get("/DecodeParms")
    last = parms[len(names) - 1] if isinstance(parms, pikepdf.Array) and len(parms) == len(names) else None if len(names) > 1 else parms
    bare = bare_jpeg(data) if names[-1] == "/DCTDecode" else bare_jpeg2000(data)
    stream.write(bare, filter=pikepdf.Name(names[-1]), decode_parms=last)
    return names[-1] == "/JPXDecode" or bare.endswith(JPEG_END)


def decode_filter(data: bytes, name: str) -> bytes:
    """Its size was looked at before."""
    try:
        if name == "/FlateDecode":
            return zlib.decompressobj().decompress(data, MOST_UNPACKED)
        if name == "/ASCII85Decode":
            return base64.a85decode(data.strip().removeprefix(b"<~").removesuffix(b"~>"))
        if name == "/ASCIIHexDecode":
            return bytes.fromhex(data.decode("ascii").strip().removesuffix(">"))
    except (zlib.error, ValueError) as error:
        raise FileRefused("unreadable") from error
    raise FileRefused("unreadable")


def bare_jpeg(data: bytes) -> bytes:
    """Without comments, EXIF, XMP, profiles, previews, and whatever follows its end."""
    if not data.startswith(b"\xff\xd8"):
        raise FileRefused("unreadable")
    kept, at = [data[:2]], 2
    while found := MARKER.search(data, at):
        kept.append(data[at : found.start()] if len(kept) > 1 else b"")  # what lies between segments is the picture itself
        marker, start = found.group()[1], found.start()
        if marker == 0xD9:
            return b"".join((*kept, JPEG_END))
        at = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if marker not in TOLD_IN_JPEG:
            kept.append(data[start:at])
    return b"".join((*kept, data[at:]))


def bare_jpeg2000(data: bytes) -> bytes:
    """Without XML, identifiers and comments."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _bare_codestream(data)
    kept, at = [], 0
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        head = 16 if length == 1 else 8
        end = len(data) if length == 0 else at + (int.from_bytes(data[at + 8 : at + 16]) if length == 1 else length)
        if end < at + head:
            raise FileRefused("unreadable")
        inside = data[at + head : end]
        if kind in KEPT_BOXES:
            inside = _bare_codestream(inside) if kind == b"jp2c" else inside
            kept.append((len(inside) + 8).to_bytes(4) + kind + inside)
        at = end
    return b"".join(kept)


def _bare_codestream(data: bytes) -> bytes:
    """The main header, up to the first tile, without its comments (FF 64)."""
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] not in (b"\x90", b"\xd9", b""):
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] != 0x64:
            kept.append(data[at:end])
        at = end
    return b"".join((*kept, data[at:]))
