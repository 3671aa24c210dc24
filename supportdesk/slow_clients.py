"""A gunicorn worker that gives a thread only to what has arrived, and a deadline to what is still on its way.

gthread gives each connection a thread as soon as its first byte is there, and waits in it without end: as many clients as there are
threads, sending a byte now and then, stop all others. Here the worker's main loop looks at what lies in a socket (without taking it)
and hands it on once the head, and a body that is not large, are complete. A large body is read in a thread, by a quarter of them at most
(three quarters, where much of it is here), with a time limit and a least rate; so is what clients take too long to fetch.
Whoever was answered and does not hang up is not waited for either: gunicorn does so for two seconds, in the loop that serves everybody.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

# Seconds for a head with its small body to arrive; for a large body, at most; for the other side to fetch the next piece of an answer.
HEAD_SECONDS = float(os.environ.get("READ_HEAD_SECONDS", "10"))
BODY_SECONDS = float(os.environ.get("READ_BODY_SECONDS", "120"))
FETCH_SECONDS = 30
# Closed at once, an answer that is still on its way may be cut off by what the client has sent and nobody read (RFC 9112, 9.6).
LINGER_SECONDS = 2
# A large body may be slow for so many seconds; from then on it comes at least this fast.
GRACE_SECONDS = float(os.environ.get("READ_GRACE_SECONDS", "10"))
LEAST_RATE = int(os.environ.get("READ_BYTES_PER_SECOND", "2000"))
SMALL_BODY, LOOKED_AT = 32 * 1024, 64 * 1024
LARGEST_HEAD = 32 * 1024  # gunicorn refuses what is larger
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)
LOOK_AGAIN = 0.05  # seconds
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
SAID = b"This request took too long to arrive. Please send it again.\n"
LATE = [("Content-Type", "text/plain"), ("Connection", "close"), ("Content-Length", str(len(SAID)))]
PARTIAL, READY, LARGE, COMING = "partial", "ready", "large", "coming"


def readiness(data: bytes) -> str:
    """Of what lies in the socket: whether a thread can read the request without waiting, or will have to.

    COMING: of a large body as much is here as is looked at, so it is on its way. LARGE: hardly any is.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return READY if not data or len(data) >= LARGEST_HEAD else PARTIAL  # nothing: the client has gone
    head = data[: end + 2]
    if CHUNKED.search(head):
        return LARGE
    length = LENGTH.search(head)
    size = int(length[1]) if length else 0
    if len(data) - end - 4 >= size:
        return READY
    if size <= SMALL_BODY:
        return PARTIAL
    return COMING if len(data) >= LOOKED_AT else LARGE


class TimedSocket:
    """Reading from it ends in TimeoutError when the request in hand has taken too long, in all or for its size."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.begin()

    def begin(self) -> None:
        self._began, self._bytes = time.monotonic(), 0

    def recv(self, size: int) -> bytes:
        allowed = min(BODY_SECONDS, GRACE_SECONDS + self._bytes / LEAST_RATE)
        left = self._began + allowed - time.monotonic()
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError("the request is too slow")
        data = self._sock.recv(size)
        self._bytes += len(data)
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)


class PatientWorker(ThreadWorker):
    """Of gthread: `enqueue_req` is asked for each connection in the main loop, `handle` runs in a thread."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._partial: deque[tuple[TConn, float]] = deque()
        self._closing: deque[tuple[TConn, float]] = deque()
        self._large = 0  # threads that read a large body now
        self._room = {LARGE: max(1, self.cfg.threads // 4), COMING: max(1, self.cfg.threads * 3 // 4)}
        self._lock = threading.Lock()

    def enqueue_req(self, conn: TConn) -> None:
        if self.cfg.is_ssl or (conn.parser is not None and conn.parser.unreader.buf.getvalue()):
            super().enqueue_req(conn)
        else:
            self._look(conn, time.monotonic() + HEAD_SECONDS)

    def _look(self, conn: TConn, until: float) -> None:
        """Hand it to a thread, or keep it until more has come. Takes nothing out of the socket."""
        try:
            state = readiness(conn.sock.recv(LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            self._await_first_byte(conn, until)
            return
        except OSError:
            state = READY  # gone: the thread finds out and cleans up
        if state == READY:
            self._submit(conn)
        elif self._large < self._room.get(state, 0):
            with self._lock:
                self._large += 1
            self._submit(conn, self._large_is_over)
        elif time.monotonic() > until:
            self._refuse(conn)
        else:
            self._partial.append((conn, until))

    def _submit(self, conn: TConn, done: Callable[[Future], None] | None = None) -> None:
        conn.data_ready = True
        future = self.tpool.submit(self.handle, conn)
        if done is not None:
            future.add_done_callback(done)
        future.add_done_callback(lambda found: self.method_queue.defer(self.finish_request, conn, found))

    def _large_is_over(self, _future: Future) -> None:
        with self._lock:
            self._large -= 1

    def _await_first_byte(self, conn: TConn, until: float) -> None:
        conn.sock.setblocking(False)
        conn.timeout = until
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, 1, partial(self.on_pending_socket_readable, conn))

    def _refuse(self, conn: TConn) -> None:
        with contextlib.suppress(OSError):
            conn.sock.send(TOO_SLOW, socket.MSG_DONTWAIT)
        self.nr_conns -= 1
        util.close(conn.sock)

    def finish_request(self, conn: TConn, fs: Future) -> None:
        goes_on = not fs.cancelled() and fs.exception() is None and fs.result()
        if goes_on or self.cfg.is_ssl:
            super().finish_request(conn, fs)
            return
        with contextlib.suppress(OSError):
            conn.sock.shutdown(socket.SHUT_WR)
        self._linger(conn, time.monotonic() + LINGER_SECONDS)

    def _linger(self, conn: TConn, until: float) -> None:
        """What still comes is thrown away, until the other side hangs up or its time is over."""
        try:
            is_open = bool(conn.sock.recv(LOOKED_AT, socket.MSG_DONTWAIT))
        except BlockingIOError:
            is_open = True
        except OSError:
            is_open = False
        if is_open and time.monotonic() < until:
            self._closing.append((conn, until))
        else:
            self.nr_conns -= 1
            util.close(conn.sock)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(LOOK_AGAIN if self._partial or self._closing else timeout)
        for waiting, look in ((self._partial, self._look), (self._closing, self._linger)):
            for _ in range(len(waiting)):
                look(*waiting.popleft())

    def handle(self, conn: TConn) -> object:
        conn.sock.setblocking(True)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", FETCH_SECONDS, 0))
        conn.init()
        unreader = conn.parser.unreader
        if not isinstance(unreader.sock, TimedSocket):
            unreader.sock = TimedSocket(unreader.sock)
        unreader.sock.begin()
        return super().handle(conn)


class TimedBody:
    """`wsgi.input` that remembers that its reading came too late: whoever reads it gets an OSError, and the client a 408."""

    def __init__(self, body: InputStream) -> None:
        self._body, self.is_late = body, False

    @contextlib.contextmanager
    def _remember(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            self.is_late = True
            raise

    def read(self, size: int = -1) -> bytes:
        with self._remember():
            return self._body.read(size)

    def readline(self, size: int = -1) -> bytes:
        with self._remember():
            return self._body.readline(size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        with self._remember():
            return self._body.readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


def answer_late_with_408(application: WSGIApplication) -> WSGIApplication:
    """Whatever the desk makes of a body that broke off, the client is told why."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"] = TimedBody(environ["wsgi.input"])

        def start(status: str, headers: list[tuple[str, str]], /, *more: object) -> Callable[[bytes], object]:
            if body.is_late:
                status, headers = "408 Request Timeout", LATE
            return start_response(status, headers, *more)  # type: ignore[arg-type]

        found = application(environ, start)
        return [SAID] if body.is_late else found

    return answer
