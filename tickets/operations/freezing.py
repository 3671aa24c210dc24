"""The freeze: asked for without evidence, confirmed or failed by an operator, lifted with care."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lib.background import enqueue
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.guards import freeze_in
from tickets.cases.notices import notify
from tickets.models import Freeze, SecurityTask
from tickets.operations.effects import effect
from tickets.operations.intake_clocks import begin, put_freeze
from tickets.policy.respondents import name_respondent
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.identifiers import account_digest, masked_account


def prepare_request_freeze(case: Case, data: Data) -> None:
    """Raises Invalid at account (none is known) or category (a draft without one)."""
    if not data["account"] and not case.ticket.account_hmac:
        raise Invalid({"account": [_("Which account shall be frozen? Enter its name or number.")]})
    if not case.ticket.category:
        raise Invalid({"category": [_("Choose what happened.")]})


@effect("request_freeze", prepare=prepare_request_freeze)
def request_freeze(case: Case, data: Data) -> None:
    """No evidence needed. The claim is preserved from this moment; operators are called (A0-01, A0-08)."""
    ticket, before = case.ticket, case.ticket.status
    if data["account"]:
        ticket.account_hmac, ticket.account_masked = account_digest(data["account"]), masked_account(data["account"])
        name_respondent(ticket, account=data["account"])
    ticket.not_me = ticket.not_me or bool(data["not_me"])
    begin(case)
    freeze = put_freeze(case, Freeze.Origin.USER_PROTECTIVE)
    timers.start(case, TimerKey.FREEZE_EXEC)
    if case.status in (Status.DRAFT, Status.EVIDENCE_COLLECTION):
        case.move(Status.FREEZE_PENDING, "request_freeze")
    case.record("request_freeze", {"account": freeze.account_masked}, from_status=before)
    notify(case, "request_freeze")
    enqueue("tickets.call_freeze_adapter", freeze.pk)


def _freeze(case: Case, *states: str) -> Freeze:
    """The freeze the guards have just found."""
    freeze = freeze_in(case, *states)
    if freeze is None:
        raise LookupError(f"{case.ticket.ref} has no freeze in {states}")
    case.new_rows.append(freeze)
    return freeze


@effect("confirm_freeze")
def confirm_freeze(case: Case, data: Data) -> None:
    """The account is frozen. From now on the customer collects evidence."""
    freeze, before = _freeze(case, Freeze.State.REQUESTED), case.ticket.status
    freeze.state, freeze.active_at = Freeze.State.ACTIVE, case.at
    freeze.reference, freeze.note = data["reference"] or "", data["note"] or ""
    freeze.within_1h_of_discovery = _in_time(case)
    timers.stop(case, TimerKey.FREEZE_EXEC, since=freeze.requested_at)
    if case.status == Status.FREEZE_PENDING:
        case.move(Status.FROZEN, "confirm_freeze")
    case.record("confirm_freeze", {"reference": freeze.reference}, from_status=before)
    notify(case, "confirm_freeze")


def _in_time(case: Case) -> bool | None:
    found = case.ticket.discovered_at
    if found is None:
        return None
    return case.at <= found + timedelta(minutes=case.policy.discovery_freeze_minutes)


@effect("fail_freeze")
def fail_freeze(case: Case, data: Data) -> None:
    """The freeze could not be made: not a met deadline, and an alarm. The customer is shown how to do it elsewhere."""
    freeze, before = _freeze(case, Freeze.State.REQUESTED), case.ticket.status
    freeze.state, freeze.ended_at, freeze.note = Freeze.State.FAILED, case.at, data["reason"]
    timers.cancel(case, TimerKey.FREEZE_EXEC, since=freeze.requested_at)
    timers.cancel(case, TimerKey.LIFT_EXEC)
    if case.status == Status.FREEZE_PENDING:
        case.move(Status.EVIDENCE_COLLECTION, "fail_freeze")
    case.record("fail_freeze", {"reason": data["reason"]}, from_status=before)
    notify(case, "fail_freeze")


@effect("request_lift")
def request_lift(case: Case, data: Data) -> None:
    """The owner wants the account back. Asked twice, the first request stands."""
    freeze = _freeze(case, *Freeze.LIVE)
    if freeze.lift_requested_at is None:
        freeze.lift_requested_at = case.at
        timers.start(case, TimerKey.LIFT_EXEC)
        notify(case, "request_lift")
    case.record("request_lift", {"reason": data["reason"] or ""})


@effect("lift_freeze")
def lift_freeze(case: Case, data: Data) -> None:
    """The account is free again; the ticket goes on where it stands."""
    freeze, before = _freeze(case, Freeze.State.ACTIVE), case.ticket.status
    freeze.state, freeze.ended_at, freeze.note = Freeze.State.LIFTED, case.at, data["note"]
    freeze.reference = data["release_reference"] or freeze.reference
    timers.stop(case, TimerKey.FAST_UNFREEZE, TimerKey.LIFT_EXEC, TimerKey.REMEDY_EXEC)
    if case.status == Status.FROZEN:
        case.move(Status.EVIDENCE_COLLECTION, "lift_freeze")
    case.record("lift_freeze", {}, from_status=before)
    notify(case, "lift_freeze")


@effect("tick_security_task")
def tick_security_task(case: Case, data: Data) -> None:
    """One step to make the account safe again. Ticked twice, it is ticked."""
    if data["task"] in case.security_tasks:
        return
    SecurityTask.objects.create(ticket=case.ticket, task=data["task"], at=case.at, by=case.person)
    case.record("tick_security_task", {"task": data["task"]})
