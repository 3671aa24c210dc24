"""One action on every ticket of an incident, each by the ordinary operation: its own lock, permission, guards, clocks and event.

Who may take the action on one ticket may take it on the many, and nobody else: the operation asks again at each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES
from lib.background import enqueue
from lib.duties.setting_aside import each_key, name_of, waiting_keys
from tickets.incidents.operations import CARRY, lock_incident, note
from tickets.models import Incident, IncidentLink, IncidentOutcome, IncidentRun, Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.operations.engine import perform
from tickets.workflow import ACTIONS, OPEN, Block, Input, Invalid, Refusal, Status, clean_fields

AMOUNT = (Input("amount", "money", required=True),)
LEFT_OUT = frozenset({"amount_unknown", "linked_by_customer", "not_looked_at", "amount_changed"})
How = IncidentLink.How


def mass_actions() -> dict[str, tuple[Input, ...]]:
    """What fits many at once, with what is asked for all of them. An approval answers each customer's own demands: it stays apart."""
    return {key: row.for_many for key, row in ACTIONS.items() if row.for_many is not None}


def is_of_money(key: str) -> bool:
    """Records each ticket's own amount, which is what its customer says until somebody has looked at it."""
    return any(each.kind == "money" for each in ACTIONS[key].inputs)


def begin_incident_run(actor: User, ref: str, raw: Mapping[str, object]) -> IncidentRun:
    """Take `action` on every linked ticket that is open now, after the commit. Raises NotFound, Forbidden, Refusal, Invalid.

    record_refund records each ticket's own disputed amount, where a person has looked at it: `amounts` are those that were
    looked at, by reference. Without it those count that somebody linked by hand. What is left out is told among the outcomes.
    """
    named = dict(raw) if isinstance(raw, Mapping) else {}
    which = Input("action", "code", required=True, choices=tuple(mass_actions()))
    action = clean_fields((which,), {"action": named.get("action")})["action"]
    who = ACTIONS[action].roles & frozenset(STAFF_ROLES)
    with lock_incident(actor, ref, who, Incident.State.OPEN) as (incident, now):
        said = named.pop("amounts", None) if is_of_money(action) else None
        data = clean_fields(mass_actions()[action], {name: value for name, value in named.items() if name != "action"})
        tickets = list(open_linked_tickets(incident, actor).select_related("incident_link"))
        codes = dict.fromkeys((ticket.pk for ticket in tickets), "")
        if is_of_money(action):
            data["amounts"] = _clean_amounts(said, tickets)
            codes = {ticket.pk: _unfit(ticket, data["amounts"]) for ticket in tickets}
        run = IncidentRun.objects.create(incident=incident, by=actor, action=action, data=data, created_at=now)
        fresh = [IncidentOutcome(run=run, ticket_id=pk, code=code) for pk, code in codes.items()]
        rows = IncidentOutcome.objects.bulk_create(fresh, batch_size=1000)
        if not rows:
            raise Refusal(Block("INCIDENT_EMPTY"))
        if is_of_money(action) and not data["amounts"]:
            raise Invalid({"amounts": [_("Tick the complaints whose amounts you have looked at.")]})
        note(incident, "run", actor, now, action=action, count=sum(not row.code for row in rows))
        enqueue(CARRY)
    return run


def _clean_amounts(said: object, tickets: Sequence[Ticket]) -> dict[str, str]:
    """Amounts by reference. Raises Invalid."""
    if said is None:
        by_hand = [ticket for ticket in tickets if ticket.incident_link.how == How.BY_HAND and ticket.amount is not None]
        return {ticket.ref: str(ticket.amount) for ticket in by_hand}
    if not isinstance(said, Mapping):
        raise Invalid({"amounts": [_("Send an object with named fields.")]})
    try:
        return {str(ref): str(clean_fields(AMOUNT, {"amount": amount})["amount"]) for ref, amount in said.items()}
    except Invalid as invalid:
        raise Invalid({"amounts": invalid.errors["amount"]}) from invalid


def _unfit(ticket: Ticket, looked_at: Mapping[str, str]) -> str:
    """Why its money is not recorded, as an outcome's code; empty where nothing stands in the way."""
    seen = looked_at.get(ticket.ref)
    if ticket.amount is None:
        return "amount_unknown"
    if seen is None:
        return "linked_by_customer" if ticket.incident_link.how == How.ME_TOO else "not_looked_at"
    return "" if Decimal(seen) == ticket.amount else "amount_changed"


def open_linked_tickets(incident: Incident, actor: User) -> TicketQuerySet:
    """Linked and open."""
    seen = Ticket.objects.visible_to(actor).filter(incident_link__incident=incident, status__in=OPEN - {Status.DRAFT})
    return seen.order_by("pk")


def carry_incident_runs(now: datetime) -> int:
    """Go on with every run that is not over; a killed worker's rows are found again. How many tickets were handled."""
    runs = {run.pk: run for run in IncidentRun.objects.filter(ended_at=None).select_related("by")}
    return each_key(f"{name_of(carry_incident_runs)}_whole", IncidentRun, runs, lambda pk: _carry(runs[pk], now), now)


def _carry(run: IncidentRun, now: datetime) -> int:
    handled = 0
    while (pk := _next_row(run, now)) is not None:
        handled += each_key(name_of(carry_incident_runs), IncidentOutcome, [pk], partial(_handle, run), now)
    _end(run)
    return handled


def _next_row(run: IncidentRun, now: datetime) -> int | None:
    """What another worker has in hand, and what is set aside, is passed over."""
    aside = waiting_keys(name_of(carry_incident_runs), now)
    with transaction.atomic():
        waiting = run.outcomes.filter(code="").exclude(pk__in=aside).select_for_update(of=("self",), skip_locked=True)
        return waiting.order_by("pk").values_list("pk", flat=True).first()


def _handle(run: IncidentRun, pk: int) -> int:
    """One ticket, one transaction: what was done and the row that says so are saved together, or neither."""
    with transaction.atomic():
        row = run.outcomes.filter(code="", pk=pk).select_for_update(of=("self",)).first()
        if row is None:
            return 0
        row.code = _outcome(run, row)
        row.save(update_fields=["code"])
        return 1


def _outcome(run: IncidentRun, row: IncidentOutcome) -> str:
    linked = Ticket.objects.filter(pk=row.ticket_id, incident_link__incident=run.incident_id)
    ticket = linked.select_related("incident_link").first()
    if ticket is None:
        return "unlinked"
    if ticket.owner_id == run.by_id:
        return "CONFLICT_OF_INTEREST"  # as its owner they may, but this is the desk's step
    data = dict(run.data)
    looked_at = data.pop("amounts", {})
    if is_of_money(run.action):
        if code := _unfit(ticket, looked_at):  # it may have changed since
            return code
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
