"""Freezes that wait for an operator: asked for, or to be lifted; the oldest first, with their clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from accounts.templatetags import look
from desk.access import desk_page
from desk.lexicon import category_titles
from desk.pages import answer
from desk.showing.moments import moment_text
from tickets.models import Freeze, Ticket, Timer, TimerState
from tickets.words import FREEZE_ORIGIN

# In the alphabet's order "requested" comes after "active".
REQUESTED = Q(state=Freeze.State.REQUESTED)
TO_LIFT = Q(state=Freeze.State.ACTIVE, lift_requested_at__isnull=False)
CLOCKS = ("freeze_exec", "lift_exec")
MOST = 200


@require_safe
@desk_page
def on_call(request: HttpRequest) -> HttpResponse:
    """Three queries beside who one is. Freezes before lifts: the former have an hour, the latter a day."""
    freezes = list(_waiting(request)[:MOST])
    clocks = _clocks(freezes)
    rows = [_row(freeze, clocks) for freeze in freezes]
    return answer(request, "desk/on_call.html", {"rows": rows}, title=gettext("Freezes"), current="on_call")


def _waiting(request: HttpRequest) -> QuerySet[Freeze]:
    seen = Ticket.objects.visible_to(request.user)  # type: ignore[arg-type]
    found = Freeze.objects.filter(REQUESTED | TO_LIFT, ticket__in=seen).select_related("ticket", "owner")
    return found.annotate(since=Coalesce("lift_requested_at", F("requested_at"))).order_by("-state", "since", "id")


def _clocks(freezes: Iterable[Freeze]) -> Mapping[tuple[int, str], Timer]:
    """The latest of each, by ticket and key."""
    timers = Timer.objects.filter(ticket__in=[freeze.ticket_id for freeze in freezes], key__in=CLOCKS)
    return {(timer.ticket_id, timer.key): timer for timer in timers.order_by("cycle")}


def _row(freeze: Freeze, clocks: Mapping[tuple[int, str], Timer]) -> dict[str, Any]:
    now = timezone.now()
    lifting = freeze.state == Freeze.State.ACTIVE
    timer = clocks.get((freeze.ticket_id, "lift_exec" if lifting else "freeze_exec"))
    state = timer.state(now) if timer else TimerState.CANCELLED
    titles = category_titles(get_language() or "", now)
    return {
        "ref": freeze.ticket.ref,
        "lifting": lifting,
        "deed": "lift_freeze" if lifting else "confirm_freeze",
        "account": freeze.account_masked,
        "origin": FREEZE_ORIGIN[freeze.origin],
        "customer": str(freeze.owner),
        "category": titles.get(freeze.ticket.category, freeze.ticket.category),
        "since": moment_text(freeze.lift_requested_at if lifting and freeze.lift_requested_at else freeze.requested_at),
        "due_at": timer.due_at.isoformat() if timer else "",
        "chip": look.clock(timer.due_at, str(state), timer.stopped_at) if timer else None,
        "adapter_error": freeze.adapter_error,
    }
