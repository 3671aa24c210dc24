"""The freeze: asked for without evidence, confirmed or failed by an operator, ordered by the police, lifted with care."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.freeze_guards import against_lift, freeze_in, lacks_decision, police_freeze
from tickets.cases.notices import notify
from tickets.delivery.freeze_adapter import LIFTED, REQUESTED
from tickets.models import Freeze, SecurityTask
from tickets.operations.effects import effect
from tickets.operations.filing_limits import check_freezes, is_part_of_flood
from tickets.operations.freeze_steps import (
    ask_for_lift,
    end_freeze,
    keep_account,
    proof_of,
    put_freeze,
    tell_adapter,
)
from tickets.operations.intake_clocks import begin
from tickets.policy.respondents import name_respondent
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.identifiers import account_columns

Origin, State = Freeze.Origin, Freeze.State
WHICH_ACCOUNT = _("Which account shall be frozen? Enter its name or number.")


def prepare_request_freeze(case: Case, data: Data) -> None:
    """Raises Invalid at account (none is known, or it is forgotten) or category (a draft without one), TooManyFilings (429)."""
    if not data["account"] and not case.ticket.account_sealed:
        raise Invalid({"account": [WHICH_ACCOUNT]})
    if not case.ticket.category:
        raise Invalid({"category": [_("Choose what happened.")]})
    if case.actor is not None:
        check_freezes(case.actor, case.ticket.owner_id, case.now)


@effect("request_freeze", prepare=prepare_request_freeze)
def request_freeze(case: Case, data: Data) -> None:
    """No evidence needed. The claim is preserved from this moment; operators are called (A0-01, A0-08)."""
    ticket, before = case.ticket, case.ticket.status
    if data["account"]:
        keep_account(ticket, data["account"])
        name_respondent(ticket, account=data["account"])
    ticket.not_me = ticket.not_me or bool(data["not_me"])
    begin(case)
    freeze = put_freeze(case, Origin.USER_PROTECTIVE, is_flood=is_part_of_flood(case))
    timers.start(case, TimerKey.FREEZE_EXEC)
    if case.status in (Status.DRAFT, Status.EVIDENCE_COLLECTION):
        case.move(Status.FREEZE_PENDING, "request_freeze")
    case.record("request_freeze", {"account": freeze.account_masked}, from_status=before)
    if not freeze.is_flood:
        notify(case, "request_freeze")
    tell_adapter(case, freeze, REQUESTED)


def _freeze(case: Case, data: Data, *states: str) -> Freeze:
    """The freeze the guards have just found."""
    freeze = freeze_in(case, *states, data=data)
    if freeze is None:
        raise LookupError(f"{case.ticket.ref} has no freeze in {states}")
    case.new_rows.append(freeze)
    return freeze


@effect("confirm_freeze")
def confirm_freeze(case: Case, data: Data) -> None:
    """The account is frozen, also where we had it down as failed. From now on the customer collects evidence."""
    freeze, before = _freeze(case, data, State.REQUESTED, State.FAILED), case.ticket.status
    after_all = freeze.state == State.FAILED
    freeze.state, freeze.active_at, freeze.ended_at = State.ACTIVE, case.at, None
    freeze.reference, freeze.note = data["reference"] or "", data["note"] or ""
    freeze.within_1h_of_discovery = _soon_after_discovery(case)
    timers.stop(case, TimerKey.FREEZE_EXEC, since=freeze.requested_at)
    if case.status == Status.FREEZE_PENDING:
        case.move(Status.FROZEN, "confirm_freeze")
    told = {"reference": freeze.reference, **({"after_all": True} if after_all else {})}
    case.record("confirm_freeze", told, from_status=before)
    notify(case, "frozen_after_all" if after_all else "confirm_freeze")


def _soon_after_discovery(case: Case) -> bool | None:
    found = case.ticket.discovered_at
    return None if found is None else case.at <= found + timedelta(minutes=case.policy.discovery_freeze_minutes)


@effect("fail_freeze")
def fail_freeze(case: Case, data: Data) -> None:
    """The freeze could not be made: not a met deadline, and an alarm. The customer is shown how to do it elsewhere."""
    freeze, before = _freeze(case, data, State.REQUESTED), case.ticket.status
    freeze.state, freeze.ended_at, freeze.note = State.FAILED, case.at, data["reason"]
    timers.cancel(case, TimerKey.FREEZE_EXEC, since=freeze.requested_at)
    timers.cancel(case, TimerKey.LIFT_EXEC)
    if case.status == Status.FREEZE_PENDING:
        case.move(Status.EVIDENCE_COLLECTION, "fail_freeze")
    case.record("fail_freeze", {"reason": data["reason"]}, from_status=before)
    notify(case, "fail_freeze")


def prepare_request_lift(case: Case, data: Data) -> None:
    """Of several freezes the customer means their own, unless they say another."""
    own = next((each for each in reversed(case.freezes) if each.is_live and each.origin == Origin.USER_PROTECTIVE), None)
    if own is not None and not data["freeze"]:
        data["freeze"] = own.pk


@effect("request_lift", prepare=prepare_request_lift)
def request_lift(case: Case, data: Data) -> None:
    """The owner wants the account back."""
    ask_for_lift(case, _freeze(case, data, *Freeze.LIVE), proof_of(case, data))
    case.record("request_lift", {"reason": data["reason"] or ""})


@effect("lift_freeze")
def lift_freeze(case: Case, data: Data) -> None:
    """An operator's act, with all that must be so; or the adapter's report of what is so: where we would not have, people are told."""
    told = Role.SERVICE in case.roles
    freeze = _freeze(case, data, State.ACTIVE)
    freeze.note, freeze.reference = data["note"], data["release_reference"] or freeze.reference
    if not told and lacks_decision(case, freeze):
        freeze.lift_waits_since, freeze.lift_waits_by = case.at, case.person
        case.record("lift_awaiting_countersignature", {"freeze": freeze.pk}, internal=True)
        notify(case, "lift_awaiting_countersignature")
        return
    unasked = told and against_lift(case, freeze)
    end_freeze(case, freeze)
    if unasked:
        case.record("lifted_unasked", {"freeze": freeze.pk}, internal=True)
        notify(case, "lifted_unasked")
    if not told and freeze.origin != Origin.LAW_ENFORCEMENT:
        tell_adapter(case, freeze, LIFTED)


@effect("tick_security_task")
def tick_security_task(case: Case, data: Data) -> None:
    """One step to make the account safe again. Ticked twice, it is ticked; one ticked without proof counts from now on."""
    if data["task"] in case.security_tasks:
        return
    values = {"at": case.at, "by": case.person, "proof": proof_of(case, data)}
    SecurityTask.objects.update_or_create(ticket=case.ticket, task=data["task"], defaults=values)
    case.record("tick_security_task", {"task": data["task"]})


def prepare_record_police_freeze(case: Case, data: Data) -> None:
    """Raises Invalid at account (none is known) or until (over already, or longer than the police may without a court)."""
    if not data["account"] and not case.ticket.account_sealed:
        raise Invalid({"account": [WHICH_ACCOUNT]})
    longest = timers.longest(case, TimerKey.POLICE_STOP)
    if data["until"] <= case.at:
        raise Invalid({"until": [_("This time has passed. Until when does the order hold?")]})
    if longest is not None and data["until"] > case.at + longest:
        hours = longest // timedelta(hours=1)
        raise Invalid({"until": [_("An order like this holds for at most %(hours)d hours, and is renewed once.") % {"hours": hours}]})


@effect("record_police_freeze", prepare=prepare_record_police_freeze)
def record_police_freeze(case: Case, data: Data) -> None:
    """In force as ordered, beside any other freeze. The same account again: the order is renewed."""
    known = police_freeze(case, data)
    if known is None:
        account = account_columns(data["account"]) if data["account"] else {}
        freeze = put_freeze(case, Origin.LAW_ENFORCEMENT, state=State.ACTIVE, active_at=case.at, **account)
    else:
        freeze = known
        freeze.renewals += 1
        timers.stop(case, TimerKey.POLICE_STOP)
    freeze.authority, freeze.document_no, freeze.until = data["authority"], data["document_no"], data["until"]
    case.new_rows.append(freeze)
    timers.start_until(case, TimerKey.POLICE_STOP, data["until"])
    told = {"authority": data["authority"], "document_no": data["document_no"], "until": data["until"].isoformat()}
    case.record("record_police_freeze", {**told, "renewed": known is not None})
    notify(case, "record_police_freeze")
