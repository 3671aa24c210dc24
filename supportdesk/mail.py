"""The mail of an install without a mail server: a file under var/mail, and its text in the log so that codes can be read there."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

log = logging.getLogger("supportdesk.mail")


class EmbeddedBackend(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            log.info("To %s: %s\n%s", ", ".join(message.to), message.subject, message.body)
        return super().send_messages(email_messages) or 0
