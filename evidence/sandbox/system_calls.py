"""What a child of the examiner may ask of the kernel: to read and write what it has, memory, time, threads. All else is not there. Pure.

A filter of seccomp, written by hand: two dozen numbers are no reason for a library that needs another one of the system.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

# By the tables of Linux on x86-64. On other machines the child's limits are what holds.
MACHINE, ARCHITECTURE = "x86_64", 0xC000003E
ALLOWED = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "readv": 19, "writev": 20, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35,
    "getpid": 39, "exit": 60, "getrusage": 98, "sysinfo": 99, "sigaltstack": 131, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
    "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "set_robust_list": 273, "prlimit64": 302,
    "getrandom": 318, "membarrier": 324, "rseq": 334,
}  # fmt: skip
# What asks for a file by its name is denied instead: Python's import goes on from that, and from no other answer.
DENIED = {
    "open": 2, "stat": 4, "lstat": 6, "access": 21, "getcwd": 79, "readlink": 89, "getdents64": 217, "openat": 257, "newfstatat": 262,
    "readlinkat": 267, "faccessat": 269, "statx": 332,
}  # fmt: skip
CLONE, THREAD = 56, 0x10000  # with this flag it makes a thread, without it a process
# Of the kernel's interface: the load of a word, jumps, the end with a verdict, and where number, machine and first argument stand.
LOAD, JUMP_IF_EQUAL, JUMP_IF_SET, END = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
SET_SECCOMP, FILTER = 22, 2


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def restrict_calls() -> bool:
    """For this process and all it starts, for good; NO_NEW_PRIVILEGES is set before. False where the kernel or the machine has it not."""
    if platform.machine() != MACHINE:
        return False
    steps = list(_steps())
    packed = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = Program(len(steps), ctypes.addressof(packed))
    return bool(ctypes.CDLL(None).prctl(SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) == 0)


def _steps() -> Iterator[tuple[int, int, int, int]]:
    """Each: what, how many steps to jump if so, if not, and a number. What is not allowed is "not implemented": the C library goes on."""
    yield LOAD, 0, 0, ARCH
    yield JUMP_IF_EQUAL, 1, 0, ARCHITECTURE
    yield END, 0, 0, KILL
    yield LOAD, 0, 0, NUMBER
    for number in ALLOWED.values():
        yield JUMP_IF_EQUAL, 0, 1, number
        yield END, 0, 0, ALLOW
    for number in DENIED.values():
        yield JUMP_IF_EQUAL, 0, 1, number
        yield END, 0, 0, REFUSE | errno.EACCES
    yield JUMP_IF_EQUAL, 0, 3, CLONE
    yield LOAD, 0, 0, FIRST_ARGUMENT
    yield JUMP_IF_SET, 0, 1, THREAD
    yield END, 0, 0, ALLOW
    yield END, 0, 0, REFUSE | errno.ENOSYS
