"""The examiner: a process apart that parses hostile files, each in a child of its own that can do nothing else.

Started by evidence.glovebox as `python -m evidence.examiner`. On stdin: length of a head (4 bytes), the head (JSON), the file; on
stdout likewise a head, the copy and its thumbnail. It knows no settings, no database and no secret. The child of one file may open
no further file or socket, write nothing, and use so much memory and time; nothing of it is left for the next file. When a child
dies over its file, so does the examiner: that is how the glovebox learns of it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evidence.copies import safe_copy, warm_up
from evidence.files import Limits, Refused

LENGTH = struct.Struct(">I")
# Beyond what the examiner itself has: two pictures of forty megapixels, the file, its copy.
MEMORY = 420 * 1024 * 1024
CPU_SECONDS = 40
NO_NEW_PRIVILEGES, DIE_WITH_PARENT = 38, 1  # of prctl


def main() -> None:
    """Serve until stdin ends."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # a stopping service lets the file in hand come to its end
    warm_up()
    gc.collect()
    gc.freeze()
    _reply({"ready": True})
    while head := _head():
        child = os.fork()
        if child == 0:
            _child(head)
        if os.waitpid(child, 0)[1] != 0:
            os._exit(3)


def _child(head: Mapping[str, Any]) -> None:
    """Look at one file and say what came of it. Does not return."""
    _confine()
    try:
        data = _read(head["size"])
        copy = safe_copy(data, head["media_type"], Limits(**head["limits"]))
    except Refused as refused:
        _reply({"refused": refused.code})
    except BaseException as error:  # noqa: BLE001 - whatever a parser raises, its name is the answer
        _reply({"crashed": type(error).__name__})
    else:
        told = {name: getattr(copy, name) for name in ("media_type", "width", "height", "pages", "likeness")}
        _reply(told, copy.data, copy.thumbnail)
    os._exit(0)


def _confine() -> None:
    """From here on: no new file or socket, no writing, bounded memory and time. (Threads it may have: libheif needs one.)"""
    libc = ctypes.CDLL(None)
    for option, value in ((NO_NEW_PRIVILEGES, 1), (DIE_WITH_PARENT, signal.SIGKILL)):
        libc.prctl(option, value, 0, 0, 0)
    memory = _size() + MEMORY
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def _size() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


# ---- Talking
def _head() -> dict[str, Any] | None:
    """None at the end."""
    length = _read(LENGTH.size)
    return json.loads(_read(LENGTH.unpack(length)[0])) if length else None


def _read(size: int) -> bytes:
    """So many bytes, past any buffer: the child reads on where the examiner stopped. Fewer at the end only."""
    found = bytearray(size)
    view, filled = memoryview(found), 0
    while filled < size and (count := os.readv(0, [view[filled:]])):
        filled += count
    return bytes(view[:filled]) if filled < size else bytes(found)


def _reply(told: Mapping[str, Any], *parts: bytes) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"rss_kb": usage.ru_maxrss, "cpu": usage.ru_utime + usage.ru_stime}
    head = json.dumps({**told, **cost, "sizes": [len(part) for part in parts]}).encode()
    for part in (LENGTH.pack(len(head)) + head, *parts):
        view = memoryview(part)
        while view:
            view = view[os.write(1, view) :]


if __name__ == "__main__":
    main()
