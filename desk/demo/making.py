"""Making the demo once, whole or not at all, without a letter to anybody."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from desk.demo.incidents import make_incidents
from desk.demo.staffing import make_staffing, make_tags
from desk.demo.staging import Stage
from desk.demo.stories import STORIES
from tickets.models import Notification, Ticket
from tickets.periodic import fire_due_timers
from tickets.staffing.reassignment import assign_waiting


@transaction.atomic
def make_demo(people: Mapping[str, User]) -> int:
    """How many complaints were made: 0 when the demo's customers have some already."""
    if Ticket.objects.filter(owner__in=people.values()).exists():
        return 0
    now = timezone.now()
    stage = Stage(people, now)
    make_tags()
    made = [stage.play(story) for story in STORIES]
    make_staffing(stage)
    made += make_incidents(stage)
    assign_waiting(now)
    fire_due_timers(now)
    _mark_notices_sent(made)
    return len(made)


def _mark_notices_sent(tickets: list[Ticket]) -> None:
    """What would have been sent in those days counts as sent."""
    waiting = Notification.objects.filter(ticket__in=tickets, state=Notification.State.PENDING)
    waiting.filter(recipient=None).update(state=Notification.State.SHOWN)
    waiting.exclude(recipient=None).update(state=Notification.State.SENT, sent_at=timezone.now())
