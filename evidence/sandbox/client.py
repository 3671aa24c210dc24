"""Our side of the glass: hostile bytes are handed to an examiner (evidence.sandbox.worker), and only plain values come back.

Each process of ours starts examiners as it needs them, one per thread that inspects at the same time, and they end with it.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import io
import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from PIL import Image

from evidence.files import REFUSALS, REMARK_FORMAT, REMARKS, FileRefused, Limits, SafeCopy, sniff
from evidence.sandbox.drawing_turns import turn
from evidence.sandbox.letter_reader import LetterContent, unpack
from evidence.sandbox.perceptual_hash import HASH_FORMAT
from lib.types import Record
from tickets.bills.files import REASONS, NotABill

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-sB", "-m", "evidence.sandbox.worker")
# And nothing of ours: no secret, no address. Large pages, because every child takes its memory anew.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
WITHIN, START_WITHIN, PAGE_WITHIN = 60.0, 60.0, 15.0  # seconds: for a file, to start, for a page that somebody waits for
LETTER_WITHIN = 10.0  # the largest good one takes a tenth of it
LENGTH = struct.Struct(">I")
LARGEST_HEAD, LARGEST_COPY, LARGEST_THUMBNAIL = 4096, 100 * 1024 * 1024, 1024 * 1024
COPIES = ("image/jpeg", "image/png", "application/pdf", "text/plain; charset=utf-8")
NUMBERS = ("width", "height", "pages")
HIGHEST = 65_000  # pixels of a JPEG
PIPE_BYTES, F_SETPIPE_SZ = 1024 * 1024, 1031


class SandboxUnavailable(OSError):
    """There is no examiner to be had. The fault is not the file's."""


class SandboxCrashed(Exception):
    """The examiner died or went silent over a file."""


def safe_copy(data: bytes, media_type: str, limits: Limits) -> SafeCopy:
    """As evidence.sandbox.safe_copy.safe_copy, out of harm's way. Raises FileRefused (for a crash too), SandboxUnavailable."""
    check_decodable(media_type)
    return _verify_copy(*_ask({"media_type": media_type, "limits": asdict(limits)}, data, f"a file of type {media_type}"))


def check_decodable(media_type: str) -> None:
    """Raises FileRefused for a type whose decoder the operator has switched off."""
    if media_type == "image/heic" and not settings.HEIC:
        raise FileRefused("type_not_allowed", "heic")


def _ask(head: Record, data: bytes, what: str, within: float | None = None) -> tuple[dict[str, object], list[bytes]]:
    """Raises FileRefused where the examiner died over it, SandboxUnavailable."""
    try:
        with _borrow() as box:
            return box.ask(head, data, within=within)
    except SandboxCrashed as died:
        log.warning("the examiner died over %s: %s", what, died)
        raise FileRefused("check_failed") from died


def page_picture(data: bytes, number: int, person: int) -> bytes:
    """A page of a PDF as a JPEG, drawn there too, by a few at a time: somebody waits, and so do others.

    Raises FileRefused, SandboxUnavailable; DrawingBusy at once where others are being served.
    """
    with turn(person):
        return _draw(data, number)


def _draw(data: bytes, number: int) -> bytes:
    return _verify_copy(*_ask({"page": number}, data, "a page", PAGE_WITHIN)).data


def read_letter(raw: bytes, ours: Sequence[str] = ()) -> LetterContent:
    """The words and files of a letter; `ours` are the addresses that we write from.

    Raises FileRefused (for a crash and for what takes too long, too), SandboxUnavailable.
    """
    return _read({"letter": True, "ours": list(ours)}, raw)


def read_report(raw: bytes) -> str:
    """What a mail server reports, as text. Raises as `read_letter`."""
    return _read({"report": True}, raw).text


def _read(asked: Record, raw: bytes) -> LetterContent:
    told, parts = _ask(asked, raw, "a letter", LETTER_WITHIN)
    _check_told(told)
    try:
        return unpack(*parts)
    except (ValueError, TypeError) as error:
        log.error("the examiner's answer makes no sense")
        raise FileRefused("check_failed") from error


def unpack_bill(data: bytes) -> bytes:
    """The tables of a workbook or an archive as tickets.bills.files reads them, deflated.

    Raises NotABill with its reason, FileRefused (for a crash too), SandboxUnavailable.
    """
    told, parts = _ask({"bill": True}, data, "a bill")
    _check_told(told)
    if "no_bill" in told:
        raise NotABill(code=str(told["no_bill"]) if told["no_bill"] in REASONS else "damaged")
    if len(parts) != 2:
        log.error("the examiner's answer makes no sense")
        raise FileRefused("check_failed")
    return parts[0]


def as_one_picture(copy: SafeCopy, limits: Limits) -> SafeCopy:
    """The pages of a safe PDF below each other, as a JPEG: a private paper is looked at with the viewer's name burnt in; a PDF has none.

    Raises FileRefused, SandboxUnavailable.
    """
    pages = [Image.open(io.BytesIO(_draw(copy.data, number))) for number in range(1, (copy.pages or 1) + 1)]
    width, height = max(page.width for page in pages), sum(page.height for page in pages)
    scale = min(1.0, HIGHEST / height, (limits.pixels / (width * height)) ** 0.5)
    whole, top = Image.new("RGB", (max(1, int(width * scale)), max(1, int(height * scale))), "white"), 0
    for page in pages:
        fitted = page.resize((max(1, int(page.width * scale)), max(1, int(page.height * scale))))
        whole.paste(fitted, (0, top))
        top += fitted.height
    target = io.BytesIO()
    whole.save(target, "JPEG", quality=88)
    return SafeCopy(
        target.getvalue(), "image/jpeg", copy.thumbnail, whole.width, whole.height, likeness=copy.likeness, remarks=copy.remarks
    )


def _verify_copy(told: Record, parts: list[bytes]) -> SafeCopy:
    """What came back, believed as little as what went in. Raises FileRefused."""
    _check_told(told)
    media_type, numbers = told.get("media_type"), {name: told.get(name) for name in NUMBERS}
    as_said = media_type in COPIES and len(parts) == 2 and sniff(parts[0]) == str(media_type).partition(";")[0]
    drawn = len(parts) == 2 and (not parts[1] or (sniff(parts[1]) == "image/jpeg" and len(parts[1]) <= LARGEST_THUMBNAIL))
    whole = all(value is None or (type(value) is int and 0 < value < 2**31) for value in numbers.values())
    likeness, remarks = str(told.get("likeness", "")), _remarks(told)
    if not (as_said and drawn and whole and (not likeness or HASH_FORMAT.fullmatch(likeness))) or remarks is None:
        log.error("the examiner's answer makes no sense")
        raise FileRefused("check_failed")
    return SafeCopy(parts[0], str(media_type), parts[1], likeness=likeness, remarks=remarks, **numbers)


def _remarks(told: Record) -> tuple[str, ...] | None:
    """None where one of them is none."""
    said = told.get("remarks", [])
    remarks = tuple(map(str, said)) if isinstance(said, list) and len(said) <= len(REMARKS) else ("",)
    found = [REMARK_FORMAT.fullmatch(each) for each in remarks]
    return remarks if all(each is not None and each[1] in REMARKS for each in found) else None


def _check_told(told: Record) -> None:
    """Raises FileRefused where the examiner says so, or died inside."""
    if "crashed" in told:
        log.warning("a parser crashed: %.80s", told["crashed"])
        raise FileRefused("check_failed")
    if "refused" in told:
        raise FileRefused(told["refused"] if told["refused"] in REFUSALS else "check_failed")


class Sandbox:
    """One examiner and the pipes to it. Used by one thread at a time."""

    def __init__(self) -> None:
        """Raises SandboxUnavailable."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                COMMAND,
                cwd=ROOT,
                env=ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # parsers quote what they read
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise SandboxUnavailable("no examiner could be started") from error
        if self._process.stdin is None or self._process.stdout is None:
            raise SandboxUnavailable("no pipes to the examiner")
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self._end = time.monotonic() + START_WITHIN
        try:
            self._answer()
        except SandboxCrashed as died:
            self.kill()
            raise SandboxUnavailable("the examiner does not start; see `python -m evidence.sandbox.worker`") from died

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, told: Mapping[str, object], data: bytes, within: float | None = None) -> tuple[dict[str, object], list[bytes]]:
        """Raises SandboxCrashed, and is of no use any more then."""
        head = json.dumps({**told, "size": len(data)}).encode()
        self._end = time.monotonic() + (within or WITHIN)
        try:
            self._send(LENGTH.pack(len(head)) + head)
            self._send(data)
            return self._answer()
        except (SandboxCrashed, BrokenPipeError) as error:
            self.kill()
            raise SandboxCrashed(f"{error or 'gone'} (ended with {self._process.returncode})") from error

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._await(self._in, select.POLLOUT)
            view = view[os.write(self._in, view) :]

    def _answer(self) -> tuple[dict[str, object], list[bytes]]:
        length = LENGTH.unpack(self._receive(LENGTH.size))[0]
        if length > LARGEST_HEAD:
            raise SandboxCrashed("nonsense")
        try:
            told = json.loads(self._receive(length))
            sizes = [int(size) for size in told["sizes"]]
        except (ValueError, TypeError, KeyError) as error:
            raise SandboxCrashed("nonsense") from error
        if len(sizes) > 2 or not all(0 <= size <= LARGEST_COPY for size in sizes):
            raise SandboxCrashed("nonsense")
        return told, [bytes(self._receive(size)) for size in sizes]

    def _receive(self, size: int) -> bytearray:
        found = bytearray(size)
        view, filled = memoryview(found), 0
        while filled < size:
            self._await(self._out, select.POLLIN)
            count = os.readv(self._out, [view[filled:]])
            if not count:
                raise SandboxCrashed("silence")
            filled += count
        return found

    def _await(self, pipe: int, what: int) -> None:
        poll = select.poll()
        poll.register(pipe, what)
        if not poll.poll(max(0, self._end - time.monotonic()) * 1000):
            raise SandboxCrashed("too long")

    def kill(self) -> None:
        """With the child that has a file in hand."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """An examiner without stdin ends by itself."""
        self.close_pipes()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _widen(pipe: int) -> None:
    """A picture in fewer pieces, where the system knows how."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, F_SETPIPE_SZ, PIPE_BYTES)


# ---- The examiners of this process
_lock = threading.Lock()
_idle: list[Sandbox] = []
_all: set[Sandbox] = set()


@contextlib.contextmanager
def _borrow() -> Iterator[Sandbox]:
    """An idle examiner, or a new one. It comes back unless it died. Raises SandboxUnavailable."""
    box = _take_idle()
    try:
        yield box
    except BaseException:
        with _lock:
            _all.discard(box)
        box.kill()  # it may be in the middle of an answer
        raise
    with _lock:
        _idle.append(box)


def _take_idle() -> Sandbox:
    with _lock:
        while _idle:
            box = _idle.pop()
            if box.lives:
                return box
            _all.discard(box)
            box.close()
    box = Sandbox()
    with _lock:
        _all.add(box)
    return box


def close_all() -> None:
    with _lock:
        boxes = list(_idle)
        _idle.clear()
        _all.difference_update(boxes)
    for box in boxes:
        box.close()


def _forget() -> None:
    """In a forked copy of this process: the examiners are the other's. Its own ends of the pipes would keep them alive."""
    global _lock
    _lock = threading.Lock()
    for box in _all:
        box.close_pipes()
        box._process.returncode = 0
    _idle.clear()
    _all.clear()


atexit.register(close_all)
os.register_at_fork(after_in_child=_forget)
