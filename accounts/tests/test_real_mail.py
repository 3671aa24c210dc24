"""A sign-in code leaves by SMTP and arrives at a real server."""

import email.policy
import socket
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message


class Inbox(Message):
    def __init__(self):
        super().__init__()
        self.letters = []

    def handle_message(self, message):
        self.letters.append(message_from_bytes(message.as_bytes(), policy=email.policy.default))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_code_arrives_at_a_real_server(client, mei, settings):
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
        client.post("/accounts/login/", {"login": "mei@example.com", "by": "code"})
    finally:
        server.stop()
    [letter] = inbox.letters
    assert letter["To"] == "mei@example.com"
    assert "登录验证码" in letter["Subject"]
    code = letter["Subject"][:6]
    assert code in letter.get_body(("plain",)).get_content()
    assert code in letter.get_body(("html",)).get_content()
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" in client.session
