"""Freezes that wait for an operator, the oldest first and a flood last, with their clock; and who is on call now and next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.reads import count_read
from accounts.roles import Role, roles_of
from accounts.second_factor import has_passkey
from desk.shell.access import desk_page, viewer
from desk.shell.cached_labels import category_titles
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from desk.staffing.roster_forms import roster_forms
from lib.page_parts import chip
from lib.types import Context, Record
from tickets.models import Freeze, OnCallShift, Ticket, Timer, TimerState, on_call_at
from tickets.staffing.on_call import PLANNERS, WATCHERS
from tickets.words import FREEZE_ORIGIN
from tickets.workflow import Refusal, TimerKey

# In the alphabet's order "requested" comes after "active".
REQUESTED = Q(state=Freeze.State.REQUESTED)
TO_LIFT = Q(state=Freeze.State.ACTIVE, lift_requested_at__isnull=False)
CLOCKS = (TimerKey.FREEZE_EXEC, TimerKey.LIFT_EXEC)
MOST = 200
COMING = 30


@require_safe
@desk_page
def on_call(request: HttpRequest) -> HttpResponse:
    """Freezes before lifts: the former have an hour, the latter a day. As many queries for two hundred rows as for none."""
    return page(request)


def page(request: HttpRequest, action: str = "", typed: QueryDict | None = None, refusal: Refusal | None = None) -> HttpResponse:
    """The page, again with what was typed when an act was refused."""
    user = viewer(request)
    freezes = list(_waiting(request)[:MOST])
    count_read(len(freezes))
    clocks = _clocks(freezes)
    ahead = OnCallShift.objects.standing().filter(to_at__gt=timezone.now()).annotate(has_passkey=has_passkey("person")).order_by("from_at")
    shifts = list(ahead.select_related("person", "note_by")[:COMING])
    roster = _roster(shifts)
    forms = roster_forms(user, roster["current"], roster["last"], action, typed)
    above: list[str] = []
    if refusal and action in forms:
        forms[action].refuse(errors_of(refusal))
    elif refusal:
        above = [text for texts in errors_of(refusal).values() for text in texts]
    context = {
        "rows": [_row(freeze, clocks, user) for freeze in freezes],
        "forms": forms,
        "above": above,
        "plans": not PLANNERS.isdisjoint(roles_of(user)),
        "opens_account": not roles_of(user).isdisjoint({Role.FREEZE_OPERATOR, Role.SUPERVISOR}),
        "asks_why": Role.FREEZE_OPERATOR not in roles_of(user),
        "watches": not WATCHERS.isdisjoint(roles_of(user)),
        "viewer": user,
        **roster,
    }
    status = refusal.status if refusal else 200
    return render_page(request, "desk/on_call.html", context, title=gettext("Freezes"), current="on_call", status=status)


def _roster(shifts: Sequence[Any]) -> Record:
    """Who is on call, who stands there and is called no more, who comes next, and the end of what is planned."""
    now = timezone.now()
    running = next((shift for shift in shifts if shift.from_at <= now), None)
    current = running if running is not None and running.person == on_call_at(now) else None
    return {
        "unfit": running if current is None else None,
        "current": current,
        "until": moment_text(current.to_at) if current else "",
        "coming": [
            {"id": each.pk, "name": str(each.person), "note": each.note, "from": moment_text(each.from_at), "to": moment_text(each.to_at)}
            for each in shifts
            if each.from_at > now
        ],
        "keyless": list(dict.fromkeys(str(shift.person) for shift in shifts if not shift.has_passkey)),
        "last": max((shift.to_at for shift in shifts), default=now),
    }


def _waiting(request: HttpRequest) -> QuerySet[Freeze]:
    seen = Ticket.objects.visible_to(request.user)  # type: ignore[arg-type]
    found = (
        Freeze.objects.filter(REQUESTED | TO_LIFT | Q(state=Freeze.State.ACTIVE, until__lte=timezone.now()), ticket__in=seen)
        .select_related("ticket", "owner", "acknowledged_by")
        .prefetch_related("calls")
    )
    return found.annotate(since=Coalesce("lift_requested_at", F("requested_at"))).order_by("-state", "is_flood", "since", "id")


def _clocks(freezes: Iterable[Freeze]) -> Mapping[tuple[int, str], Timer]:
    """The latest of each, by ticket and key."""
    timers = Timer.objects.filter(ticket__in=[freeze.ticket_id for freeze in freezes], key__in=CLOCKS)
    return {(timer.ticket_id, timer.key): timer for timer in timers.order_by("cycle")}


def _row(freeze: Freeze, clocks: Mapping[tuple[int, str], Timer], viewer: User) -> Context:
    now = timezone.now()
    lifting = freeze.state == Freeze.State.ACTIVE
    timer = clocks.get((freeze.ticket_id, TimerKey.LIFT_EXEC if lifting else TimerKey.FREEZE_EXEC))
    state = timer.state(now) if timer else TimerState.CANCELLED
    titles = category_titles(get_language() or "", now)
    return {
        "ref": freeze.ticket.ref,
        "lifting": lifting,
        "action": "lift_freeze" if lifting else "confirm_freeze",
        "id": freeze.pk,
        "account": freeze.account_masked,
        "has_account": bool(freeze.account_sealed) and freeze.owner_id != viewer.pk,
        "origin": FREEZE_ORIGIN[freeze.origin],
        "is_flood": freeze.is_flood and not lifting,
        "customer": str(freeze.owner),
        "category": titles.get(freeze.ticket.category, freeze.ticket.category),
        "since": moment_text(freeze.lift_requested_at if lifting and freeze.lift_requested_at else freeze.requested_at),
        "due_at": timer.due_at.isoformat() if timer else "",
        "chip": chip(timer.due_at, str(state), timer.stopped_at) if timer else None,
        "adapter_error": " · ".join(call.error for call in freeze.calls.all() if call.error and call.state != call.State.SENT),
        "taken_by": None if lifting or freeze.owner_id == viewer.pk else freeze.acknowledged_by,  # of one's own nothing is told
        "taken_at": moment_text(freeze.acknowledged_at) if freeze.acknowledged_at else "",
    }
