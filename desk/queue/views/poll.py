"""What an open page asks every few seconds: counts, which complaints moved, freezes that wait. Answered with 304 while nothing happens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.queue import counts, paging
from desk.queue.filters import filter_values, order_of, rows_of, visible_tickets
from desk.queue.paging import Place
from desk.queue.saved import views_of
from desk.queue.views.queue import VIEWS_COOKIE
from desk.shell.access import desk_page, viewer
from lib.types import Context, Record
from tickets.models import Event, Freeze, Ticket

# Of one answer; after more than that a person reloads.
MOST_EVENTS = 500
# Keys are given out before the commit: an event may appear behind one that was told already. The page takes no news twice.
LOOK_BACK, SETTLED = 100, timedelta(minutes=1)
# Counts move with the hour too (due today, missed): at least so often they are told anew.
RETOLD_AFTER = 60
# Whom a freeze request interrupts.
ON_CALL_ROLES = frozenset({Role.FREEZE_OPERATOR, Role.SUPERVISOR})


@require_safe
@desk_page
def pulse(request: HttpRequest) -> HttpResponse:
    """`since` is the last event heard of; the first time it is empty and `at` says when the page was drawn (microseconds since 1970).

    `only=freezes` asks for nothing but the freezes: pages beside the queue do.
    """
    now = timezone.now()
    latest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tag = f'W/"{latest}.{int(now.timestamp()) // RETOLD_AFTER}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponseNotModified()
    user = viewer(request)
    told: dict[str, object] = {"freezes": _freezes(user)}
    if request.GET.get("only") != "freezes":
        told |= _of_queue(request, user, latest, now)
    answer = JsonResponse(told)
    answer["ETag"] = tag
    return answer


def _of_queue(request: HttpRequest, user: User, latest: int, now: datetime) -> Context:
    views = views_of(user, get_language() or "", now, request.COOKIES.get(VIEWS_COOKIE, ""))
    return {"since": latest, "counts": counts.counts(request, views, now), "touched": _moved_tickets(request, latest)}


def _freezes(user: User) -> dict[str, int] | None:
    """How many are asked for, and the latest of them; None for those who are not called for freezes."""
    if ON_CALL_ROLES.isdisjoint(roles_of(user)):
        return None
    asked = Freeze.objects.filter(state=Freeze.State.REQUESTED, ticket__in=Ticket.objects.visible_to(user))
    return asked.exclude(owner=user).aggregate(waiting=Count("pk"), latest=Coalesce(Max("pk"), 0))


def _moved_tickets(request: HttpRequest, latest: int) -> list[tuple[str, int]]:
    """References of what moved since: 2 where it now belongs on the asking page, 1 elsewhere in its view, 0 in none of it."""
    since, at = _number(request, "since"), _number(request, "at")
    drawn = paging.EPOCH + at * paging.MICROSECOND if at is not None else timezone.now()
    if since is None:
        events = Event.objects.filter(pk__gt=latest - MOST_EVENTS, recorded_at__gte=drawn)
    else:
        unsettled = Q(recorded_at__gte=max(drawn, timezone.now() - SETTLED))
        events = Event.objects.filter(Q(pk__gt=since) | unsettled, pk__gt=since - LOOK_BACK)
    ids = set(events.order_by("-pk").values_list("ticket", flat=True)[:MOST_EVENTS])
    if not ids:
        return []
    fitting = set(rows_of(request, request.GET).filter(pk__in=ids).order_by().values_list("pk", flat=True))
    end = paging.place(request.GET.get("to", ""))
    rows = visible_tickets(request).filter(pk__in=ids).values("pk", "ref", "reported_at", at=F(order_of(filter_values(request.GET))))
    return [(row["ref"], _belongs(row, fitting, end, drawn)) for row in rows]


def _belongs(row: Record, fitting: set[int], end: Place | None, drawn: datetime) -> int:
    """What was filed since the page was drawn is news wherever it stands; what only moved, where it moved onto the page."""
    if row["pk"] not in fitting:
        return 0
    fresh = row["reported_at"] is not None and row["reported_at"] >= drawn
    return 2 if fresh or end is None or _order(row["at"], row["pk"]) <= _order(end.at, end.pk) else 1


def _order(at: datetime | None, pk: int) -> tuple[bool, datetime | None, int]:
    return at is None, at or paging.EPOCH, pk


def _number(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 17 else None
