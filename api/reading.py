"""How tickets are read for an answer: scoped, and with everything they show in a constant number of queries."""

from __future__ import annotations

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.viewer_queries import PreparedQueryPerViewer
from api.permissions import caller
from api.serializers.tickets import TicketSerializer
from tickets.cases.case import Case
from tickets.cases.loading import gather
from tickets.models import Decision, Escalation, Ticket, Timer
from tickets.models.querysets import TicketQuerySet
from tickets.operations import look
from tickets.workflow import NotFound

ROW_TIMERS = Timer.objects.only(
    "ticket_id",
    "key",
    "binds",
    "started_at",
    "due_at",
    "next_at",
    "paused_at",
    "stopped_at",
    "held_since",
    "held_until",
    "cancelled",
    "overrun_at",
)


def rows(user: User) -> TicketQuerySet:
    """Tickets the user may see, with what a row of a list shows."""
    seen = Ticket.objects.visible_to(user).select_related("owner", "assignee")
    shown = ROW_TIMERS.filter(Q(binds="operator") | Q(next_at__lte=timezone.now()))  # of the others only what is due
    return seen.prefetch_related(Prefetch("timers", shown), "freezes", "complained_about", "tags")


def visible_ticket(user: User, ref: str) -> Ticket:
    """The bare ticket. Raises NotFound for one that does not exist or is not theirs to see."""
    ticket = Ticket.objects.visible_to(user).filter(ref=ref).first()
    if ticket is None:
        raise NotFound
    return ticket


def read_case(user: User, ref: str) -> Case:
    """The ticket as it stands now, with all that it shows. Raises NotFound."""
    found = _of_ref(user, ref)
    if not found:
        raise NotFound
    [ticket] = found
    prefetch_related_objects(found, "timers", "evidence")
    gather(ticket)
    _introduce(ticket)
    return look(ticket, user, timezone.now())


@PreparedQueryPerViewer.of(str)
def _of_ref(user: User, ref: str) -> TicketQuerySet:
    seen = Ticket.objects.visible_to(user).select_related("owner", "assignee", "merged_into", "incident_link__incident")
    return seen.filter(ref=ref)


def _introduce(ticket: Ticket) -> None:
    """Whoever decided, signed or turned elsewhere is shown by address: one query for all of them."""
    acts: list[tuple[Decision | Escalation, str]]
    acts = [(decision, name) for decision in ticket.decisions.all() for name in ("author", "countersigned_by")]
    acts += [(escalation, "by") for escalation in ticket.escalations.all()]
    people = User.objects.in_bulk({getattr(act, f"{name}_id") for act, name in acts} - {None})
    for act, name in acts:
        setattr(act, name, people.get(getattr(act, f"{name}_id")))


def ticket_answer(request: Request, ref: str, status: int = 200, **headers: str) -> Response:
    """The whole ticket, with its version as ETag. Raises NotFound."""
    case = read_case(caller(request), ref)
    tag = f'"{case.ticket.version}"'
    context: dict[str, object] = {"case": case, "viewer": caller(request), "now": case.now}
    response = Response(TicketSerializer(case.ticket, context=context).data, status=status, headers={"ETag": tag, **headers})
    response.moved_by_time = bool(case.changed or case.events)  # type: ignore[attr-defined]
    return response
