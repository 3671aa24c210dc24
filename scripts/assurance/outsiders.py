"""Everybody outside: mail server, mailbox, receivers of webhooks (one slow), the wallet that freezes. They note when they were told."""

from __future__ import annotations

import contextlib
import socket
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from inbound_mail.tests.server import IMAP

SLOW = 4.5  # seconds of a receiver that takes its time


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Mail:
    def __init__(self) -> None:
        self.letters: list[tuple[float, str, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content if isinstance(envelope.content, bytes) else b"")
        parts = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain"]
        text = " ".join(part.decode(errors="replace") for part in parts if isinstance(part, bytes))
        self.letters.append((time.monotonic(), envelope.rcpt_tos[0], text))
        return "250 OK"


class _Receiver(BaseHTTPRequestHandler):
    server: _Receivers

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.server.calls.append((time.monotonic(), self.path, body))
        if self.path == "/slow":
            time.sleep(SLOW)
        with contextlib.suppress(OSError):  # whoever called is over
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    def log_message(self, *_args: object) -> None:
        pass


class _Receivers(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.calls: list[tuple[float, str, str]] = []


class Outsiders:
    def __enter__(self) -> Outsiders:
        self._mail = _Mail()
        self._smtp = Controller(self._mail, hostname="127.0.0.1", port=free_port())
        self._smtp.start()
        self._receivers = _Receivers()
        Thread(target=self._receivers.serve_forever, daemon=True).start()
        self.mailbox = IMAP()
        return self

    def __exit__(self, *_error: object) -> None:
        self._smtp.stop()
        self._receivers.shutdown()
        self.mailbox.shutdown()

    @property
    def mail_url(self) -> str:
        return f"smtp://127.0.0.1:{self._smtp.port}"

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self._receivers.server_address[1]}{path}"

    def letter_at(self, to: str, words: str) -> float | None:
        return next((at for at, address, text in self._mail.letters if address == to and words in text), None)

    def call_at(self, path: str, words: str = "") -> float | None:
        return next((at for at, called, body in self._receivers.calls if called == path and words in body), None)

    def calls(self, path: str) -> int:
        return sum(called == path for _at, called, _body in self._receivers.calls)
