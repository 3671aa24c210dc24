"""What of a letter was not taken, in words for its sender: each names the way that works."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from lib.types import Text

MISSED: Mapping[str, Text] = {
    "calendar": _("We do not take invitations of a calendar. Please write us the day and the hour instead."),
    "winmail": _(
        "We could not open the attachment “winmail.dat” of Outlook. Please bring its files on the page, or send the e-mail as plain text."
    ),
    "encrypted": _("We cannot open encrypted e-mails. Please bring what was in it on the page, or send it without encryption."),
    "large_file": _(
        "The file behind the link of your mail service does not reach us. Please bring it on the page, in parts if it is large."
    ),
    "damaged": _(
        "Some characters of your e-mail could not be read. Please look at your message on the page, and write there what is missing."
    ),
}


def missed_in_words(code: str) -> str:
    """`code` as evidence.sandbox.letter_reader.MISSED has it. A name is not repeated: it may say what mail should not carry."""
    return str(MISSED[code])
