"""Clients that send a byte now and then hold up nobody, and are told so in the end. With real sockets against a small gunicorn."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportdesk.slow_clients import COMING, LARGE, PARTIAL, READY, TimedBody, answer_late_with_408, readiness
from supportdesk.tests.test_embedded import ROOT, free_port

HEAD = b"POST /x HTTP/1.1\r\nHost: desk\r\n"
APPLICATION = """
from supportdesk.slow_clients import answer_late_with_408

def echo(environ, start_response):
    try:
        body = environ["wsgi.input"].read()
    except OSError:
        body = b"broken"
    start_response("200 OK", [("Content-Length", str(len(body) + 2))])
    return [b"ok", body]

application = answer_late_with_408(echo)
"""


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", READY),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", PARTIAL),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", READY),
        (HEAD + b"Content-Length: 3\r\n\r\nab", PARTIAL),
        (HEAD + b"content-length: 3\r\n\r\nabc", READY),
        (HEAD + b"Content-Length: 99999999\r\n\r\nabc", LARGE),
        (HEAD + b"Content-Length: 99999999\r\n\r\n" + b"a" * 70_000, COMING),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", LARGE),
        (b"x" * 40_000, READY),
    ],
)
def test_a_thread_is_given_to_what_has_arrived(data, state):
    assert readiness(data) == state


def test_a_body_that_comes_too_late_is_a_408_whatever_the_desk_makes_of_it():
    class Late:
        def read(self, *args):
            raise TimeoutError

        readline = read

    told = []

    def desk(environ, start_response):
        with contextlib.suppress(OSError):
            environ["wsgi.input"].read()
        start_response("403 Forbidden", [])
        return [b"csrf"]

    body = answer_late_with_408(desk)({"wsgi.input": Late()}, lambda status, headers, exc_info=None: told.append(status))
    assert told == ["408 Request Timeout"] and b"too long" in b"".join(body)
    with pytest.raises(TimeoutError):
        list(TimedBody(Late()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "slow_echo.py").write_text(APPLICATION)
    port = free_port()
    limits = {"READ_HEAD_SECONDS": "1.2", "READ_GRACE_SECONDS": "1.2"}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{tmp_path}:{ROOT}", **limits}
    worker = ["-k", "supportdesk.slow_clients.PatientWorker", "--threads", "4", "-w", "1", "-b", f"127.0.0.1:{port}", "-c", "/dev/null"]
    command = [sys.executable, "-m", "gunicorn", *worker, "slow_echo"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _started(port)
        finally:
            process.kill()
            process.wait()


def _started(port: int) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
            return port
        time.sleep(0.05)
    raise AssertionError("gunicorn does not start")


def test_dripping_clients_hold_up_nobody(server):
    """Three kinds at once, far more of each than there are threads: unfinished heads, unfinished small bodies, unfinished large ones."""
    kinds = (b"GET / HTTP/1.1\r\nHost: ", HEAD + b"Content-Length: 30\r\n\r\na", HEAD + b"Content-Length: 900000\r\n\r\na")
    began = time.monotonic()
    drips = [(kind, socket.create_connection(("127.0.0.1", server), 5)) for kind in kinds for _ in range(20)]
    for kind, drip in drips:
        drip.sendall(kind)
    for _ in range(5):
        for data, answer in ((None, b"ok"), (b"hello", b"okhello"), (b"z" * 100_000, b"ok" + b"z" * 100_000)):
            with urllib.request.urlopen(f"http://127.0.0.1:{server}/", data, timeout=4) as found:
                assert found.read() == answer
        for _kind, drip in drips:
            drip.send(b"a")
    assert time.monotonic() - began < 4
    heads = [drip for kind, drip in drips if kind is not kinds[2]]
    assert all(re.match(rb"HTTP/1.1 408 ", drip.recv(100)) for drip in heads), "each is told, and let go"
    for _kind, drip in drips:
        drip.close()


def test_clients_that_do_not_hang_up_hold_up_nobody(server):
    """gunicorn waits two seconds for each of them, in the loop that accepts everybody."""
    held = [socket.create_connection(("127.0.0.1", server), 5) for _ in range(10)]
    for each in held:
        each.sendall(b"GET / HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
        assert each.recv(1_000).startswith(b"HTTP/1.1 200")
    began = time.monotonic()
    for _ in range(5):
        urllib.request.urlopen(f"http://127.0.0.1:{server}/", timeout=9).close()
    assert time.monotonic() - began < 1
    while any(each.recv(1_000) for each in held):
        pass
    assert time.monotonic() - began < 5, "and their time is over"
