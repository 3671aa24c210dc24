"""An examiner whose parser does what the file says: what a taken-over or broken one could try. Run as a module."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from evidence.files import Limits, SafeCopy
from evidence.sandbox import safe_copy, worker


def _open() -> str:
    try:
        return Path(__file__).read_text()
    except OSError as error:
        return f"refused: {type(error).__name__}"


def _connect() -> str:
    try:
        return str(socket.socket())
    except OSError as error:
        return f"refused: {type(error).__name__}"


def _open_where_there_was_room() -> str:
    """The lowest numbers are free again."""
    for number in (0, 2):
        os.close(number)
    return " ".join((_open(), _connect()))


def _leave_a_thief() -> str:
    """A process in a session of its own that waits for the next file and answers in its place."""
    thief = os.fork()
    if thief == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while head := worker._head():
            worker._read(head["size"])
            worker._reply({"media_type": "text/plain; charset=utf-8"}, b"stolen", b"")
        time.sleep(600)
    os.waitpid(thief, 0)
    return "left"


def _leave_a_family() -> str:
    for _ in range(5):
        if os.fork() == 0:
            os.fork()
            time.sleep(600)
    return "left"


def _spin() -> str:
    while True:
        pass


def _take_memory() -> str:
    return str(len(bytearray(2**30)))


def _kill_examiner() -> str:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return ""


def _lie(**told: object) -> None:
    worker._reply({"media_type": "image/png", **told}, b"<html>", b"")
    os._exit(0)


def _babble() -> None:
    os.write(1, b"\xff" * 4096)
    os._exit(0)


def _half() -> None:
    os.write(1, (500).to_bytes(4) + b'{"media_type"')
    os._exit(0)


def _try_calls() -> str:
    """What a taken-over child would ask the kernel for, each by its number where Python has no name for it."""
    libc = ctypes.CDLL(None, use_errno=True)
    tried = {
        "fork": lambda: os.fork() or os._exit(0),
        "kill": lambda: os.kill(os.getppid(), 0),
        "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "socket": socket.socket,
        "stat": Path("/etc/passwd").stat,
    }
    numbers = {
        "execve": 59, "ptrace": 101, "keyctl": 250, "process_vm_readv": 310, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
        "clone3": 435,
    }  # fmt: skip
    told = {}
    for name, call in tried.items():
        try:
            call()
            told[name] = "done"
        except OSError as error:
            told[name] = errno.errorcode[error.errno or 0]
    for name, number in numbers.items():
        told[name] = "done" if libc.syscall(number, 99, 0, 0, 0, 0) >= 0 else errno.errorcode[ctypes.get_errno()]
    thread = threading.Thread(target=lambda: told.update(thread="done"))
    thread.start()
    thread.join(2)
    return json.dumps(told)


BEHAVIOURS = {
    "calls": _try_calls,
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "abort": os.abort,
    "exit": lambda: os._exit(0),
    "sleep": lambda: time.sleep(600),
    "spin": _spin,
    "memory": _take_memory,
    "recursion": lambda: json.loads("[" * 200_000),
    "open": _open,
    "connect": _connect,
    "make room": _open_where_there_was_room,
    "thief": _leave_a_thief,
    "family": _leave_a_family,
    "environ": lambda: json.dumps(dict(os.environ)),
    "pid": lambda: str(os.getpid()),
    "term": lambda: [os.kill(os.getppid(), signal.SIGTERM), os.kill(os.getpid(), signal.SIGTERM), "alive"][2],
    "murder": _kill_examiner,
    "lie": _lie,
    "large": lambda: _lie(width=2**80),
    "unknown": lambda: [worker._reply({"refused": "<b>"}), os._exit(0)],
    "babble": _babble,
    "half": _half,
}


def act(data: bytes, media_type: str, limits: Limits) -> SafeCopy:
    return SafeCopy(BEHAVIOURS[data.decode()]().encode(), "text/plain; charset=utf-8")


if __name__ == "__main__":
    if "unfiltered" in sys.argv:
        worker.restrict_calls = lambda: False
    safe_copy.safe_copy = act
    worker.CPU_SECONDS = 1
    worker.main()
