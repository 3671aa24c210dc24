"""E-mail: letters to people over one connection, and short messages to the mailbox of a group."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from tickets.delivery.channels.base import ChannelMessage, SendOutcome


class EmailTransport:
    """A short message as a plain e-mail. A person's letters are written by emails.py and go through `MailConnection`."""

    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        letter = EmailMessage(
            subject=" ".join(f"{message.title} · {message.reference}".strip(" ·").split()),
            body="\n".join([message.title, "", *message.lines]),
            to=[address],
            # The same at every try: a mailbox shows a letter once whose first try was taken without our hearing so.
            headers={"Message-ID": f"<{message.key}@{our_host()}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            letter.connection = get_connection(timeout=timeout)
            letter.send()
        except (OSError, ValueError) as error:  # smtplib's exceptions are OSErrors
            return SendOutcome(error_text(error))
        return SendOutcome()


class MailConnection:
    """One connection to the mail server. A letter it refuses costs that letter; a server that is away, the batch."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._away = ""

    def open(self) -> str:
        """Returns "" or why the server is away; then it is not asked again."""
        if not self._away:
            try:
                self._connection.open()
            except OSError as error:  # smtplib's exceptions are OSErrors
                self._away = error_text(error)
        return self._away

    def send(self, letter: EmailMessage) -> None:
        """Raises what the letter or the server is wrong with."""
        self._connection.send_messages([letter])

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._connection.close()


def our_host() -> str:
    """Where our letters come from; it stands in their Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def clean_mailbox(typed: str) -> str:
    """Raises ValidationError."""
    address = typed.strip().lower()
    if "," in address:
        raise ValidationError("", code="invalid")
    validate_email(address)
    return address
