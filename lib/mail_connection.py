"""One connection to the mail server, which tells a letter that is refused from a server that is away."""

from __future__ import annotations

import smtplib
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection

# What a server says of itself and not of a letter: it closes, it is not well, or it does not take us for who we are.
OF_THE_SERVER = frozenset({421, 454, 530, 534, 535, 538})


class MailServerAway(Exception):
    """Nothing is wrong with the letter: it waits until the server answers again."""


class MailConnection:
    """A letter the server refuses costs that letter; a server that is away is not asked again."""

    def __init__(self, timeout: float | None = None) -> None:
        self._timeout = timeout
        self._connection = get_connection(timeout=timeout)
        self._away = ""

    def open(self) -> None:
        """Raises MailServerAway: not reachable, no greeting in time, a greeting that refuses us, or a password it does not take."""
        if not self._away:
            try:
                self._connection.open()
            except OSError as error:  # smtplib's exceptions are OSErrors
                self._away = error_text(error)
        if self._away:
            raise MailServerAway(self._away)

    def send(self, letter: EmailMessage) -> None:
        """Raises MailServerAway, or what the letter is wrong with."""
        self.open()
        try:
            self._connection.send_messages([letter])
        except OSError as error:
            self.close()
            if self._is_away_for_all(error):
                self._away = error_text(error)
                raise MailServerAway(self._away) from error
            raise

    def _is_away_for_all(self, error: OSError) -> bool:
        """A line that went dead says nothing of whose fault it was: a server that greets us once more is there for the other letters."""
        codes = _codes_of(error)
        return bool(codes & OF_THE_SERVER) if codes else not self._answers()

    def _answers(self) -> bool:
        probe = get_connection(timeout=self._timeout)
        try:
            probe.open()
        except OSError:
            return False
        with suppress(OSError):
            probe.close()
        return True

    def close(self) -> None:
        with suppress(OSError):
            self._connection.close()


def _codes_of(error: OSError) -> frozenset[int]:
    """The numbers in the server's answer; none where it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return frozenset(code for code, _words in error.recipients.values())
    return frozenset({error.smtp_code}) if isinstance(error, smtplib.SMTPResponseException) else frozenset()


def error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
