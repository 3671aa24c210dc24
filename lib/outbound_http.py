"""One POST to an address somebody typed in. It reaches no machine of our own network, and follows nobody elsewhere.

Outside any transaction: it takes as long as DEADLINE_SECONDS.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, InvalidURL
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

TIMEOUT_SECONDS = 5
# Of one call in all: a timeout counts from byte to byte, and a receiver may send one at a time.
DEADLINE_SECONDS = 15
# What stands for an address of version 4 inside one of version 6, and what was taken out of use: none of it is "global" for us.
DISGUISES = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")))
# Enough to keep the connection honest, and to read the error code of a chat bot. No more of what a receiver says is read.
READ = 4096
# Anything else in an address (a space, a line's end, a letter beyond ASCII) has to be quoted: no two programs read it alike.
PRINTABLE = re.compile(r"[!-~]+")
PORTS = {"https": 443, "http": 80}


class Unreachable(Exception):
    """Not called at all; the text says why."""


@dataclass(frozen=True)
class HttpAnswer:
    """`error` is "" for any 2xx. `unreachable`: it was not called, and never will be; `body` is the beginning of what was said."""

    status: int | None
    error: str = ""
    body: bytes = b""
    unreachable: bool = False


def post(url: str, body: bytes, headers: Mapping[str, str], deadline: float | None = None) -> HttpAnswer:
    """Within `deadline` seconds, or our own. Raises nothing that the other side can bring about."""
    connection = None
    try:
        connection = _connect(_parts(url))
        with _deadline(connection.sock, deadline or DEADLINE_SECONDS):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("POST", _target(url), body, dict(headers))
            response = connection.getresponse()
            beginning = response.read(READ)
        return HttpAnswer(response.status, "" if response.status // 100 == 2 else f"HTTP {response.status}", beginning)
    except (OSError, HTTPException, ValueError, Unreachable) as error:
        return _failure(error)
    finally:
        if connection is not None:
            connection.close()


def _failure(error: Exception) -> HttpAnswer:
    """What Python says of a wrong address repeats parts of it, which may be a key: its class is enough, and it stays wrong."""
    if isinstance(error, InvalidURL | ValueError) and not isinstance(error, OSError):
        return HttpAnswer(None, type(error).__name__, unreachable=True)
    return HttpAnswer(None, f"{type(error).__name__}: {error}"[:300], unreachable=isinstance(error, Unreachable))


@contextmanager
def _deadline(stream: socket.socket, seconds: float) -> Iterator[None]:
    """Cuts the line when the time is up, which whoever reads from it hears as an error."""
    timer = threading.Timer(seconds, lambda: _cut(stream))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(stream: socket.socket) -> None:
    with suppress(OSError):  # it may have ended in this moment
        socket.socket.shutdown(stream, socket.SHUT_RDWR)  # not that of TLS, which would go on in the clear


def address_problem(url: str) -> str:
    """Why this address is never called, in words; "" when it may be. Asks no name server."""
    try:
        _parts(url)
    except (ValueError, Unreachable):
        wanted = _("Enter an address that begins with https://.")
        return wanted if not settings.WEBHOOKS_TO_PRIVATE else _("Enter an address that begins with https:// or http://.")
    return ""


def _parts(url: str) -> SplitResult:
    if not PRINTABLE.fullmatch(url):
        raise Unreachable("not an address for webhooks")
    parts = urlsplit(url)
    schemes = PORTS if settings.WEBHOOKS_TO_PRIVATE else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Unreachable("not an address for webhooks")
    _ = parts.port  # raises ValueError for one that is none
    return parts


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(parts: SplitResult) -> HTTPConnection:
    """To the very address that was checked: a name may mean another one a moment later."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    stream = socket.create_connection((_address(host, port), port), timeout=TIMEOUT_SECONDS)
    if parts.scheme == "http":
        plain = HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        plain.sock = stream
        return plain
    try:
        wrapped = ssl.create_default_context().wrap_socket(stream, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError):
        stream.close()
        raise
    sealed = HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS)
    sealed.sock = wrapped
    return sealed


def _address(host: str, port: int) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.WEBHOOKS_TO_PRIVATE and not all(map(_is_public, found)):
        raise Unreachable("an address inside a private network")
    return str(found[0])


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return address.is_global and not any(address in network for network in DISGUISES)
