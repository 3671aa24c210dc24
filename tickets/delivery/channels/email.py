"""E-mail to the mailbox of a group: short messages, as on any other channel."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import timezone

from accounts.mail_outage import note_away
from lib.mail_connection import MailConnection, MailServerAway, error_text
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
        mail = MailConnection(timeout)
        try:
            mail.send(letter)
        except MailServerAway as away:
            note_away(str(away), timezone.now())
            return SendOutcome(str(away), is_away=True)
        except (OSError, ValueError) as error:  # smtplib's exceptions are OSErrors
            return SendOutcome(error_text(error))
        finally:
            mail.close()
        return SendOutcome()


def our_host() -> str:
    """Where our letters come from; it stands in their Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def clean_mailbox(typed: str) -> str:
    """Raises ValidationError."""
    address = typed.strip().lower()
    if "," in address:
        raise ValidationError("", code="invalid")
    validate_email(address)
    return address
