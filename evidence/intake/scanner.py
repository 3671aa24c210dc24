"""A virus scanner beside the vault, where CLAMD_URL names one: clamd, over its INSTREAM command. Without one nothing is scanned."""

from __future__ import annotations

import ipaddress
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 256 * 1024
CONNECT_WITHIN, ANSWER_WITHIN = 5.0, 60.0  # seconds
LONGEST_ANSWER = 4096


class ScannerUnavailable(OSError):
    """No answer, or none that says yes or no. The file waits."""


def scan_for_viruses(data: bytes) -> str:
    """The name of what was found; empty for nothing, or where there is no scanner. Raises ScannerUnavailable."""
    if not settings.CLAMD_URL:
        return ""
    try:
        with _connect(settings.CLAMD_URL) as to:
            return _verdict(_send_for_scan(to, data))
    except ScannerUnavailable:
        raise
    except OSError as error:
        raise ScannerUnavailable(f"clamd at {settings.CLAMD_URL}: {error}") from error


def is_local() -> bool:
    """Whether what is scanned stays on this machine: over tcp:// it travels in the clear. Nothing is resolved to find out."""
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme != "tcp" or (parts.hostname or "localhost") == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _connect(url: str) -> socket.socket:
    """tcp://host:3310, or unix:///run/clamav/clamd.ctl (or the path alone)."""
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        to = socket.create_connection((parts.hostname or "localhost", parts.port or 3310), CONNECT_WITHIN)
    else:
        to = socket.socket(socket.AF_UNIX)
        to.settimeout(CONNECT_WITHIN)
        to.connect(parts.path)
    to.settimeout(ANSWER_WITHIN)
    return to


def _send_for_scan(to: socket.socket, data: bytes) -> str:
    to.sendall(b"zINSTREAM\0")
    for at in range(0, len(data), PIECE):
        piece = data[at : at + PIECE]
        to.sendall(struct.pack(">I", len(piece)) + piece)
    to.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        more = to.recv(LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _verdict(answer: str) -> str:
    """Raises ScannerUnavailable for what is neither yes nor no: a limit of clamd's own, a database being loaded."""
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100]
    raise ScannerUnavailable(f"clamd answered {answer[:200]!r}")
