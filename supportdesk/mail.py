"""The mail of an install without a mail server: a file under var/mail. The log says which; a letter may hold a code, its subject too."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

log = logging.getLogger("supportdesk.mail")


class EmbeddedBackend(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(email_messages) or 0
        if sent:
            log.info("Letters lie in %s: %s", self.file_path, sent)  # to whom stands in them: they can be forgotten, a log cannot
        return sent
