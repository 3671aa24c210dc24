"""How much one person may file in the browser within an hour: each freeze rings somebody on duty. Counted in the rows themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from lib.dates import moment_text, with_zone
from tickets.models import Freeze, Ticket

SPAN = timedelta(hours=1)
STATUS = 429


class TooMany(Exception):
    """`words` say since when, and from when it goes on."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def one_at_a_time(person: User) -> None:
    """Hold the person's row until the transaction ends, so that rivals count each other. Nothing else may be held before it."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def check_freezes(person: User) -> None:
    """Raises TooMany."""
    asked = Freeze.objects.filter(owner=person, origin=Freeze.Origin.USER_PROTECTIVE).order_by("-requested_at")
    until = _free_from(asked, "requested_at")
    if until is not None:
        message = _(
            "You have asked for %(most)s freezes within an hour. The next one is possible from %(until)s. "
            "Until then freeze the account in its own app."
        )
        raise TooMany(message % {"most": settings.FILINGS_PER_HOUR, "until": with_zone(moment_text(until))})


def check_complaints(person: User) -> None:
    """Raises TooMany."""
    until = _free_from(Ticket.objects.filter(owner=person, filed_by=person).order_by("-created_at"), "created_at")
    if until is not None:
        message = _("You have begun %(most)s complaints within an hour. You can go on with those, and begin another from %(until)s.")
        raise TooMany(message % {"most": settings.FILINGS_PER_HOUR, "until": with_zone(moment_text(until))})


def _free_from(rows: QuerySet, moment: str) -> datetime | None:
    """When the oldest of as many as are allowed is an hour old; None: now."""
    most, now = settings.FILINGS_PER_HOUR, timezone.now()
    if not most:
        return None
    latest = list(rows.filter(**{f"{moment}__gt": now - SPAN}).values_list(moment, flat=True)[:most])
    return latest[-1] + SPAN if len(latest) == most else None
