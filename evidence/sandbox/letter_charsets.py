"""Bytes of a letter as text: by the set of characters that is named where it fits, then by those our customers write in. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

# What is tried, strictly, for each name. Programs name the smaller set and write the larger one: GB2312 for GB18030, Big5 for
# Microsoft's, Latin 1 for Windows'. No other names are looked up: Python also calls "base64" and "hex" codecs.
TRIED: dict[str, tuple[str, ...]] = {
    "utf-8": ("utf-8",), "utf8": ("utf-8",), "us-ascii": ("utf-8",), "ascii": ("utf-8",), "utf-7": ("utf-7",),
    "unicode-1-1-utf-7": ("utf-7",), "gb2312": ("gb18030",), "gbk": ("gb18030",), "gb18030": ("gb18030",), "gb_2312-80": ("gb18030",),
    "x-gbk": ("gb18030",), "cp936": ("gb18030",), "euc-cn": ("gb18030",), "chinese": ("gb18030",), "hz": ("hz",), "hz-gb-2312": ("hz",),
    "big5": ("big5", "cp950", "big5hkscs"), "cp950": ("cp950", "big5hkscs"), "x-x-big5": ("cp950", "big5hkscs"),
    "big5-hkscs": ("big5hkscs", "cp950"), "big5hkscs": ("big5hkscs", "cp950"), "iso-2022-jp": ("iso2022_jp_ext", "iso2022_jp_2"),
    "iso-2022-kr": ("iso2022_kr",), "shift_jis": ("shift_jis", "cp932"), "shift-jis": ("shift_jis", "cp932"), "cp932": ("cp932",),
    "windows-31j": ("cp932",), "euc-jp": ("euc-jp",), "euc-kr": ("euc-kr", "cp949"), "ks_c_5601-1987": ("cp949",), "cp949": ("cp949",),
    "utf-16": ("utf-16",), "utf-16le": ("utf-16le",), "utf-16be": ("utf-16be",), "utf-32": ("utf-32",), "koi8-r": ("koi8-r",),
    "koi8-u": ("koi8-u",), "tis-620": ("tis-620", "cp874"), "windows-874": ("cp874",), "cp874": ("cp874",),
    "iso-8859-1": ("cp1252", "iso-8859-1"), "latin1": ("cp1252", "iso-8859-1"), "iso-8859-11": ("cp874",),
    **{f"iso-8859-{part}": (f"iso-8859-{part}",) for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-125{page}": (f"cp125{page}",) for page in range(9)}, **{f"cp125{page}": (f"cp125{page}",) for page in range(9)},
}  # fmt: skip
# With these anything can be read, so that they prove nothing about bytes that are better Chinese.
FITS_ALL = frozenset({"iso-8859-1", "latin1", "iso-8859-2", "iso-8859-15", "windows-1252", "cp1252", "windows-1250", "cp1250"})
WIDE = frozenset({"utf-16", "utf-16le", "utf-16be", "utf-32"})
FALLBACKS = ("utf-8", "gb18030")
COMMON_CHINESE = "gb2312"  # of everyday characters alone
# Sets that are plain ASCII but for their escapes: seen by those where no set is named.
ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_ext"), (b"\x1b(J", "iso2022_jp_ext"))
BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
# In the HTML itself, before its text.
META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
META_WITHIN = 4_000


def decode(data: bytes, named: str) -> str:
    """Characters are replaced only where no set fits."""
    text, _whole = decode_whole(data, named)
    return text


def decode_whole(data: bytes, named: str) -> tuple[str, bool]:
    """The text, and whether every byte of it could be read. Never raises."""
    for name in _names_to_try(data, named.strip().lower()):
        with suppress(UnicodeError, LookupError, ValueError):
            return _clean(data.decode(name)), True
    first = next(iter(TRIED.get(named.strip().lower(), ())), "utf-8")
    return _clean(data.decode(first, errors="replace")), False


def decode_html(data: bytes, named: str) -> tuple[str, bool]:
    """As `decode_whole`; what the page itself names counts where its header names nothing we know."""
    if named.strip().lower() not in TRIED and (found := META.search(data, 0, META_WITHIN)) is not None:
        named = found[1].decode("ascii", errors="replace")
    return decode_whole(data, named)


def _clean(text: str) -> str:
    """Without what no database takes: NUL, and halves of characters, which UTF-7 lets through."""
    return text.replace("\x00", "").removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")


def _names_to_try(data: bytes, named: str) -> Iterator[str]:
    yield from (name for mark, name in BYTE_ORDER if data.startswith(mark))
    yield from (name for mark, name in ESCAPES if mark in data)
    if TRIED.get(named) == ("gb18030",) and _is_chinese_utf_8(data):
        yield "utf-8"
    if named in FITS_ALL:
        yield from ("utf-8", *(["gb18030"] if _is_likely_chinese(data) else []))
    if named not in WIDE or b"\x00" in data or _is_wide(data):
        yield from TRIED.get(named, ())
    yield from FALLBACKS


def _is_chinese_utf_8(data: bytes) -> bool:
    """Whose program names the old set and writes the new one: hardly any text in the old one could be read so."""
    with suppress(UnicodeError):
        return CHINESE.search(data.decode("utf-8")) is not None
    return False


def _is_wide(data: bytes) -> bool:
    """Two bytes for each character: text of one byte each, read so, would make Chinese of nothing."""
    with suppress(UnicodeError):
        data.decode("utf-8")
        return False
    return len(data) % 2 == 0


def _is_likely_chinese(data: bytes) -> bool:
    """Bytes of accents stand alone between plain letters; those of Chinese come in pairs, in long runs."""
    runs = HIGH_RUNS.findall(data)
    if not runs or any(len(run) % 2 for run in runs) or max(map(len, runs)) < 4:
        return False
    with suppress(UnicodeError):
        return all("\u3000" <= sign <= "\uffef" for run in runs for sign in run.decode(COMMON_CHINESE))
    return False


def warm_up() -> None:
    """Before the examiner's children are shut in, which can open no file."""
    marked = {name for _mark, name in (*ESCAPES, *BYTE_ORDER)}
    for name in {each for names in TRIED.values() for each in names} | {COMMON_CHINESE, *FALLBACKS, *marked}:
        codecs.lookup(name)
