"""From one ticket to the next that breaches, without a way back through the queue."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.posted_values import whole
from tickets.models import Ticket

NEVER = "9999999999"
PLACE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{6})?-[0-9]{1,18}")


def place_of(ticket: Ticket) -> str:
    """Where a ticket stands in the queue: it goes with the page, for an act moves the ticket elsewhere."""
    at = f"{ticket.due_at.timestamp():.6f}" if ticket.due_at else NEVER
    return f"{at}-{ticket.pk}"


def is_place(text: str) -> bool:
    return PLACE.fullmatch(text) is not None


def next_address(request: HttpRequest, user: User, ref: str) -> str:
    """The ticket after this place that waits for the desk and is nobody's or one's own; the queue when there is none."""
    found = _after(user, request.GET.get("place", ""), ref)
    if found is not None:
        return reverse("desk:ticket", args=[found])
    messages.info(request, _("That was the last one that waits for you."))
    return reverse("desk:queue")


def _after(user: User, place: str, ref: str) -> str | None:
    rows = Ticket.objects.visible_to(user).in_queue().asking_the_desk().filter(Q(assignee=user) | Q(assignee=None))
    moment, _dash, key = place.partition("-") if is_place(place) else ("", "", "")
    at, pk = _moment(moment), whole(key)
    if pk is not None and at is not None:
        rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk) | Q(due_at=None))
    elif pk is not None:
        rows = rows.filter(due_at=None, pk__gt=pk)
    return rows.exclude(ref=ref).by_next_breach().values_list("ref", flat=True).first()


def _moment(text: str) -> datetime | None:
    """None for the end of the queue, and for what is no moment of ours."""
    if text == NEVER or whole(text.replace(".", "")) is None:
        return None
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
