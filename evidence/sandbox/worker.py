"""The examiner: a process apart that parses hostile files, each in a child of its own that can do nothing else.

Started by evidence.sandbox.client as `python -m evidence.sandbox.worker`. On stdin: length of a head (4 bytes), the head (JSON), the file;
on stdout likewise a head, the copy and its thumbnail. It knows no settings, no database and no secret. The child of one file may open
no further file or socket, write nothing, and use so much memory and time. It talks over pipes of its own, and whatever it started is
killed before the next file: nothing of it is left. When a child dies over its file, so does the examiner: that is how the client
learns of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import json
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evidence.files import FileRefused
from evidence.sandbox.safe_copy import examine, warm_up
from evidence.sandbox.system_calls import restrict_calls

LENGTH = struct.Struct(">I")
# Beyond what the examiner itself has: two pictures of forty megapixels, the file, its copy.
MEMORY = 420 * 1024 * 1024
CPU_SECONDS = 40
# Of prctl. Who is not dumpable is not traced by a child of the same user; orphans come to the adopter.
NO_NEW_PRIVILEGES, DIE_WITH_PARENT, DUMPABLE, ADOPTER = 38, 1, 4, 36
PIECE = 1024 * 1024
BURIED_WITHIN = 2.0  # seconds


# Whoever waits for a freeze comes before whoever sent a file that takes long.
LAST = 10


def main() -> None:
    """Serve until stdin ends."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # a stopping service lets the file in hand come to its end
    os.nice(LAST)
    _control({ADOPTER: 1, DUMPABLE: 0})
    warm_up()
    gc.collect()
    gc.freeze()
    _reply({"ready": True})
    while head := _head():
        if not _examine_in_child(head):
            os._exit(3)


def _examine_in_child(head: Mapping[str, Any]) -> bool:
    """Have a child look at one file: what it reads and says passes by unread. False when it died over it."""
    (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(theirs_in, 0)
        os.dup2(theirs_out, 1)
        _close(theirs_in, ours_in, ours_out, theirs_out)
        _child(head)
    _close(theirs_in, theirs_out)
    _pass_in(ours_in, head["size"])
    status = _pass_out(ours_out, child)
    _close(ours_in, ours_out)
    return status == 0


def _close(*pipes: int) -> None:
    for pipe in pipes:
        os.close(pipe)


def _pass_in(into: int, size: int) -> None:
    """A child that does not read its file to the end is one that died."""
    _widen(into)
    while size:
        try:
            count = os.splice(0, into, size)
        except BrokenPipeError:
            os._exit(3)
        if not count:
            os._exit(0)
        size -= count


def _pass_out(out: int, child: int) -> int:
    """How the child ended. Its descendants may hold its end of the pipe, so it is not the pipe's end that counts."""
    _widen(out)
    ended, poll = os.pidfd_open(child), select.poll()
    for each in (ended, out):
        poll.register(each, select.POLLIN)
    while all(ready != ended for ready, _ in poll.poll()) and os.splice(out, 1, PIECE):
        pass
    os.close(ended)
    status = os.waitpid(child, 0)[1]
    _bury()
    while os.splice(out, 1, PIECE):
        pass
    return status


def _bury() -> None:
    """Kill whatever the child left behind; when it multiplies faster than that, give up with it."""
    end = time.monotonic() + BURIED_WITHIN
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _orphan_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    os._exit(3)


def _orphan_pids() -> list[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return [pid for pid, parent in parents.items() if parent == os.getpid()]


def _child(head: Mapping[str, Any]) -> None:
    """Look at one file and say what came of it. Does not return."""
    _confine()
    try:
        told, *parts = examine(head, _read(head["size"]))
    except FileRefused as refused:
        _reply({"refused": refused.code})
    except BaseException as error:  # noqa: BLE001 - whatever a parser raises, its name is the answer
        _reply({"crashed": type(error).__name__})
    else:
        _reply(told, *parts)
    os._exit(0)


def _confine() -> None:
    """From here on: no new file or socket, no writing, bounded memory and time, few calls. (Threads it may have: libheif needs one.)"""
    _control({NO_NEW_PRIVILEGES: 1, DIE_WITH_PARENT: signal.SIGKILL})
    memory = _size() + MEMORY
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_NOFILE: 0,  # what is open stays so; with 3, closing one would make room for another
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    restrict_calls()


def _control(options: Mapping[int, int]) -> None:
    libc = ctypes.CDLL(None)
    for option, value in options.items():
        libc.prctl(option, value, 0, 0, 0)


def _size() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


# ---- Talking
def _widen(pipe: int) -> None:
    """A picture in fewer pieces, where the system lets us."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIECE)


def _head() -> dict[str, object] | None:
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


def _reply(told: Mapping[str, object], *parts: bytes) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"rss_kb": usage.ru_maxrss, "cpu": usage.ru_utime + usage.ru_stime}
    head = json.dumps({**told, **cost, "sizes": [len(part) for part in parts]}).encode()
    for part in (LENGTH.pack(len(head)) + head, *parts):
        view = memoryview(part)
        while view:
            view = view[os.write(1, view) :]


if __name__ == "__main__":
    main()
