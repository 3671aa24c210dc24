"""A real mail server for tests, which can refuse people and be taken away."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Inbox:
    """What aiosmtpd hands over. `refuse` holds addresses that get a 550, `hang_up_on` those on which it drops the line."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.connections = 0
        self.refuse: set[str] = set()
        self.hang_up_on: set[str] = set()
        self._lock = threading.Lock()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session, envelope, address, options):
        if address in self.hang_up_on:
            server.transport.abort()
        if address in self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self._lock:
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]


class Server:
    """The inbox behind a port. Stop it and the port refuses connections; start it again on the same one."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        self._controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()
