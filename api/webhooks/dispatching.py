"""From the history to rows that wait to be sent: once for each webhook, event and type, whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from django.db.models import Max, Min

from api.models import Webhook, WebhookDelivery, WebhookMark
from api.webhooks.event_types import SEALED, types_of
from evidence.vault.seals import newest_seal
from lib.duties.setting_aside import all_or_each, each_key, keys_to_retry, name_of, waiting_keys
from lib.standing import why_stopped
from tickets.models import Event

State = WebhookDelivery.State
BATCH = 1000
# Of seals: one a minute is bound to the one before, so one an hour tells of all.
EVERY = timedelta(hours=1)
LINE = ("pk", "kind", "from_status", "to_status", "recorded_at", "ticket__lane")
# Numbers are given out before the commit: an event may appear behind one that was already read. No transaction lasts this long.
LOOK_BACK = timedelta(minutes=5)
Line = tuple[int, str, str, str, datetime, str]


def dispatch(now: datetime) -> int:
    """Make the rows for all that happened since the last look, and look again at the last minutes. How many rows.

    An event that cannot be read is set aside, and the look goes on.
    """
    duty = name_of(dispatch)
    newest, made = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0, 0
    if Webhook.objects.filter(active=True).exists():
        again, aside = Event.objects.filter(pk__in=keys_to_retry(duty, now)), set(waiting_keys(duty, now))
        for lines in chain([list(again.values_list(*LINE))], _batches(_floor(now, newest), newest)):
            by_key = {line[0]: line for line in lines if str(line[0]) not in aside}
            made += all_or_each(duty, Event, list(by_key), partial(_put, by_key, now), now) if by_key else 0
    _mark(now, newest)
    return made


def tell_newest_seal(now: datetime) -> int:
    """How many webhooks are told. What it was stands in the call, as it is when the call is made."""
    seal = newest_seal()
    if seal is None or why_stopped():
        return 0
    lately = WebhookDelivery.objects.filter(type=SEALED, created_at__gt=now - EVERY).values("webhook")
    hooks = Webhook.objects.filter(active=True).exclude(pk__in=lately).order_by("pk")
    listening = [pk for pk, types in hooks.values_list("pk", "types") if SEALED in types]
    return each_key(name_of(tell_newest_seal), Webhook, listening, lambda pk: _tell(pk, now), now)


def _tell(webhook: int, now: datetime) -> int:
    WebhookDelivery.objects.create(webhook_id=webhook, type=SEALED, created_at=now, next_at=now)
    return 1


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


def _put(lines: Mapping[int, Line], now: datetime, keys: Sequence[int]) -> int:
    """Locked: whoever switches one off meanwhile comes before these rows, or finds and cancels them."""
    hooks = list(Webhook.objects.filter(active=True).order_by("pk").select_for_update(no_key=True))
    return len(WebhookDelivery.objects.bulk_create(_rows(hooks, [lines[key] for key in keys], now), ignore_conflicts=True))


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
        lines = list(found.values_list(*LINE)[:BATCH])
        if not lines:
            return
        yield lines
        floor = lines[-1][0]


def _rows(hooks: Sequence[Webhook], lines: Sequence[Line], now: datetime) -> list[WebhookDelivery]:
    return [
        WebhookDelivery(webhook=hook, event_id=pk, type=type_, created_at=now, next_at=now)
        for pk, kind, from_status, to_status, recorded_at, lane in lines
        for type_ in types_of(kind, from_status, to_status, lane)
        for hook in hooks
        if type_ in hook.types and recorded_at >= hook.created_at
    ]
