"""One action on every ticket of an incident, each by the ordinary operation: its own lock, permission, guards, clocks and event.

Who may take the action on one ticket may take it on the many, and nobody else: the operation asks again at each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import STAFF_ROLES
from tickets.background import enqueue_named
from tickets.errors import Block, Invalid, Refusal
from tickets.inputs import Input, clean_fields
from tickets.models import Incident, IncidentLink, IncidentOutcome, IncidentRun, Ticket
from tickets.operations.incidents import CARRY, note, opened_incident
from tickets.operations.performing import perform
from tickets.workflow import ACTIONS, OPEN, Status

# What fits many at once. An approval answers each customer's own demands: it stays with its reviewer.
RUN_INPUTS: Mapping[str, tuple[Input, ...]] = {
    "record_refund": (Input("reference", limit=100), Input("note")),
    "waive_wait": (Input("reason", required=True),),
    "confirm_remedy": (Input("reference", required=True, limit=100),),
}
ACTION = Input("action", "code", required=True, choices=tuple(RUN_INPUTS))


def begin_incident_run(actor: User, ref: str, raw: Mapping[str, Any]) -> IncidentRun:
    """Take `action` on every linked ticket that is open now, after the commit. Raises NotFound, Forbidden, Refusal, Invalid.

    record_refund records each ticket's own disputed amount; a ticket that names none is told among the outcomes. So is one
    that its customer linked: nobody of the desk has looked at it, and its amount is what the customer says.
    """
    named = raw if isinstance(raw, Mapping) else {}
    action = clean_fields((ACTION,), {"action": named.get("action")})["action"]
    who = ACTIONS[action].roles & frozenset(STAFF_ROLES)
    with opened_incident(actor, ref, who, Incident.State.OPEN) as (incident, now):
        data = clean_fields(RUN_INPUTS[action], {name: value for name, value in named.items() if name != "action"})
        tickets = _linked(incident, actor).values_list("pk", flat=True)
        run = IncidentRun.objects.create(incident=incident, by=actor, action=action, data=data, created_at=now)
        rows = IncidentOutcome.objects.bulk_create([IncidentOutcome(run=run, ticket_id=pk) for pk in tickets], batch_size=1000)
        if not rows:
            raise Refusal(Block("INCIDENT_EMPTY"))
        note(incident, "run", actor, now, action=action, count=len(rows))
        enqueue_named(CARRY)
    return run


def _linked(incident: Incident, actor: User) -> QuerySet[Ticket]:
    seen = Ticket.objects.visible_to(actor).filter(incident_link__incident=incident, status__in=OPEN - {Status.DRAFT})
    return seen.order_by("pk")


def carry_incident_runs(now: datetime) -> int:
    """Go on with every run that is not over; a killed worker's rows are found again. How many tickets were handled."""
    handled = 0
    for run in IncidentRun.objects.filter(ended_at=None).select_related("by"):
        while _handle_next(run):
            handled += 1
        _end(run)
    return handled


def _handle_next(run: IncidentRun) -> bool:
    """One ticket, one transaction: what was done and the row that says so are saved together, or neither."""
    with transaction.atomic():
        waiting = run.outcomes.filter(code="").select_for_update(of=("self",), skip_locked=True)
        row = waiting.order_by("pk").first()
        if row is None:
            return False
        row.code = _outcome(run, row)
        row.save(update_fields=["code"])
        return True


def _outcome(run: IncidentRun, row: IncidentOutcome) -> str:
    linked = Ticket.objects.filter(pk=row.ticket_id, incident_link__incident=run.incident_id)
    ticket = linked.select_related("incident_link").first()
    if ticket is None:
        return "unlinked"
    data = dict(run.data)
    if run.action == "record_refund":
        if ticket.incident_link.how == IncidentLink.How.ME_TOO:
            return "linked_by_customer"
        if ticket.amount is None:
            return "amount_unknown"
        data["amount"] = str(ticket.amount)
    try:
        with transaction.atomic():
            perform(run.by, ticket.ref, run.action, data)
    except Invalid:
        return "invalid"
    except Refusal as refusal:
        return refusal.code
    return IncidentOutcome.DONE


def _end(run: IncidentRun) -> None:
    """Only once nothing waits: another worker may still hold the last row."""
    with transaction.atomic():
        held = IncidentRun.objects.select_for_update().filter(pk=run.pk, ended_at=None).first()
        if held is not None and not held.outcomes.filter(code="").exists():
            held.ended_at = timezone.now()
            held.save(update_fields=["ended_at"])
