"""From the history to rows that wait to be sent: once for each webhook, event and type, whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min

from api.models import Webhook, WebhookDelivery, WebhookMark
from api.webhooks.event_types import types_of
from tickets.models import Event

State = WebhookDelivery.State
BATCH = 1000
# Numbers are given out before the commit: an event may appear behind one that was already read. No transaction lasts this long.
LOOK_BACK = timedelta(minutes=5)
Line = tuple[int, str, str, str, datetime]


def dispatch(now: datetime) -> None:
    """Make the rows for all that happened since the last look, and look again at the last minutes."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    for lines in _batches(_floor(now, newest), newest) if Webhook.objects.filter(active=True).exists() else ():
        _put(lines, now)
    _mark(now, newest)


def replay(hook: Webhook, since: datetime, now: datetime) -> int:
    """What happened since then and never reached this webhook waits again, under its own id. How many calls. What was taken is not sent
    again."""
    numbers = Event.objects.filter(recorded_at__gte=since).aggregate(first=Min("pk"), newest=Max("pk"))
    for lines in _batches((numbers["first"] or 1) - 1, numbers["newest"] or 0):
        told = [line for line in lines if line[4] >= since]
        WebhookDelivery.objects.bulk_create(_rows([hook], told, now), ignore_conflicts=True)
    missed = hook.deliveries.filter(state__in=(State.FAILED, State.CANCELLED), event__recorded_at__gte=since)
    missed.update(state=State.WAITING, attempts=0, next_at=now, error="")
    return hook.deliveries.filter(state=State.WAITING, event__recorded_at__gte=since).count()


def _put(lines: Sequence[Line], now: datetime) -> None:
    """Locked: whoever switches one off meanwhile comes before these rows, or finds and cancels them."""
    with transaction.atomic():
        hooks = list(Webhook.objects.filter(active=True).order_by("pk").select_for_update(no_key=True))
        WebhookDelivery.objects.bulk_create(_rows(hooks, lines, now), ignore_conflicts=True)


def _floor(now: datetime, newest: int) -> int:
    """The number up to which everything is certainly read. On the first look: nothing before now."""
    marks = WebhookMark.objects.order_by("-at")
    settled = marks.filter(at__lte=now - LOOK_BACK).first() or marks.last()
    return settled.event_id if settled else newest


def _mark(now: datetime, newest: int) -> None:
    """Of the older marks only the newest is still needed."""
    WebhookMark.objects.create(at=now, event_id=newest)
    settled = WebhookMark.objects.filter(at__lte=now - LOOK_BACK).order_by("-at", "-pk")
    WebhookMark.objects.filter(pk__in=list(settled.values_list("pk", flat=True)[1:])).delete()


def _batches(floor: int, newest: int) -> Iterator[Sequence[Line]]:
    while floor < newest:
        found = Event.objects.filter(pk__gt=floor, pk__lte=newest).exclude(ticket__status="draft").order_by("pk")
        lines = list(found.values_list("pk", "kind", "from_status", "to_status", "recorded_at")[:BATCH])
        if not lines:
            return
        yield lines
        floor = lines[-1][0]


def _rows(hooks: Sequence[Webhook], lines: Sequence[Line], now: datetime) -> list[WebhookDelivery]:
    return [
        WebhookDelivery(webhook=hook, event_id=pk, type=type_, created_at=now, next_at=now)
        for pk, kind, from_status, to_status, recorded_at in lines
        for type_ in types_of(kind, from_status, to_status)
        for hook in hooks
        if type_ in hook.types and recorded_at >= hook.created_at
    ]
