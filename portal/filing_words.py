"""What a customer reads who has filed as much as one person may within an hour: how much, and from when it goes on."""

from __future__ import annotations

from lib.dates import moment_text, with_zone
from tickets.operations.filing_limits import TooManyFilings


def too_many_words(many: TooManyFilings) -> str:
    return str(many.words) % {"most": many.most, "until": with_zone(moment_text(many.until))}
