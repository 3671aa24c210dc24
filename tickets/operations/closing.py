"""How a complaint ends, and how it comes back: confirm, dispute, withdraw, merge, route away, reopen, close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.checklist import take_stock
from tickets.cases.freeze_guards import own_freeze
from tickets.cases.money import owed_remedies
from tickets.cases.notices import notify
from tickets.cases.search import reindex
from tickets.models import BillFinding, Ticket
from tickets.operations.assigning import bar
from tickets.operations.effects import effect
from tickets.operations.freeze_steps import ask_for_lift, proof_of
from tickets.operations.intake_clocks import begin
from tickets.operations.reviewing import drop_request, void_waiting_decision
from tickets.operations.turns import take_over_turn
from tickets.references import as_reference
from tickets.workflow import TIMERS, Data, Invalid, Status, TimerKey
from tickets.workflow.timers import OUTLIVING_TIMERS, REMEDY_TIMERS, Family, timers_of

# Of what one bill says about both.
WEIGHT: Mapping[str, int] = {BillFinding.State.CONFIRMED: 2, BillFinding.State.PROPOSED: 1, BillFinding.State.DISMISSED: 0}

# The customer lets go of it, or it goes on elsewhere.
GIVEN_UP = ("withdrawn", "merged")


def close(case: Case, reason: str, *, cause: str, event: str, data: Mapping[str, object] | None = None) -> None:
    """Close for `reason`; whatever still runs is cancelled, breaches stay; the purge clock starts."""
    ticket, before = case.ticket, case.ticket.status
    void_waiting_decision(case)
    drop_request(case)
    owed = REMEDY_TIMERS if reason not in GIVEN_UP and owed_remedies(case) else ()  # what was granted is due as before
    timers.cancel(case, *(t.key for t in case.timers if t.is_live and t.key not in (*OUTLIVING_TIMERS, *owed)))
    for escalation in case.escalations:
        if escalation.is_open:
            escalation.state = escalation.State.CLOSED
            case.new_rows.append(escalation)
    ticket.close_reason, ticket.closed_at, ticket.reopen_requested_at = reason, case.at, None
    case.move(Status.CLOSED, cause)
    timers.start(case, TimerKey.EVIDENCE_PURGE)
    if ticket.legal_hold_until is not None and ticket.legal_hold_until > case.at:
        timers.hold(case, TimerKey.EVIDENCE_PURGE)
    case.record(event, {"reason": reason, **(data or {})}, from_status=before)


@effect("confirm_resolution")
def confirm_resolution(case: Case, data: Data) -> None:
    """Raises nothing of its own. The customer is content: closed the same instant."""
    timers.stop(case, TimerKey.CONFIRM)
    close(case, "confirmed", cause="confirm_resolution", event="confirm_resolution")
    notify(case, "confirm_resolution")


@effect("dispute_resolution")
def dispute_resolution(case: Case, data: Data) -> None:
    """The customer is not content: review again in half the limit, or evidence first where nothing was submitted."""
    timers.stop(case, TimerKey.CONFIRM)
    case.ticket.outcome_disputed = True
    _back(case, "dispute_resolution", data["reason"], halved=True)
    notify(case, "dispute_resolution")


def _back(case: Case, cause: str, reason: str, *, halved: bool) -> None:
    """To review where an appeal was submitted, else to collecting evidence."""
    ticket, before = case.ticket, case.ticket.status
    ticket.close_reason = ticket.closed_at = None
    if ticket.ever_submitted:
        ticket.cycle += 1
        case.move(Status.UNDER_REVIEW, cause)
        timers.start_review_cycle(case, halved=halved)
    else:
        if ticket.category:
            begin(case)  # routed or withdrawn from a draft: it reaches the desk only now
        case.move(Status.EVIDENCE_COLLECTION, cause)
        if timers.live(case, TimerKey.ABANDONED) is None:
            timers.start(case, TimerKey.ABANDONED)
    case.record(cause, {"reason": reason}, from_status=before)


def prepare_withdraw(case: Case, data: Data) -> None:
    """Raises Invalid at keep_freeze while a protective freeze lives and nothing is said of it."""
    if own_freeze(case) is not None and data["keep_freeze"] is None:
        raise Invalid({"keep_freeze": [_("Your account is frozen. Say whether to keep the freeze or to lift it.")]})


@effect("withdraw", prepare=prepare_withdraw)
def withdraw(case: Case, data: Data) -> None:
    """Closed the same day. An active freeze is kept, or a request to lift it goes to the operators."""
    freeze = own_freeze(case)
    if freeze is not None and data["keep_freeze"] is False:
        ask_for_lift(case, freeze, proof_of(case, data))
    close(case, "withdrawn", cause="withdraw", event="withdraw", data={"keep_freeze": data["keep_freeze"]})
    notify(case, "withdraw")


@effect("route_after_sale")
def route_after_sale(case: Case, data: Data) -> None:
    """Not a fault of the desk's: to the merchant, with seven days to object (A1-06)."""
    close(case, "routed_after_sale", cause="route_after_sale", event="route_after_sale", data={"note": data["reason"]})
    notify(case, "route_after_sale")


@effect("reopen")
def reopen(case: Case, data: Data) -> None:
    """The owner's call records the request, or reopens at once within the days of objection; a supervisor reopens."""
    by_supervisor = Role.SUPERVISOR in case.roles and Role.OWNER not in case.roles and not case.on_behalf
    if not by_supervisor and not _may_object(case):
        _ask_to_reopen(case, data["reason"])
        return
    timers.cancel(case, TimerKey.EVIDENCE_PURGE)
    timers.stop(case, TimerKey.REOPEN_DECISION)
    case.ticket.reopen_requested_at = None
    _back(case, "reopen", data["reason"], halved=False)
    notify(case, "reopen")


def _ask_to_reopen(case: Case, reason: str) -> None:
    """What counts is the day of the first request. Until it is decided nothing of the evidence is deleted."""
    if case.ticket.reopen_requested_at is None:
        case.ticket.reopen_requested_at = case.at
        timers.start(case, TimerKey.REOPEN_DECISION)
        timers.hold(case, TimerKey.EVIDENCE_PURGE)
    case.record("reopen_requested", {"reason": reason})
    notify(case, "reopen_requested")


@effect("refuse_reopen")
def refuse_reopen(case: Case, data: Data) -> None:
    """It stays closed. The evidence is deleted later by as many days as the request was open, unless somebody else has it held."""
    case.ticket.reopen_requested_at = None
    timers.stop(case, TimerKey.REOPEN_DECISION)
    timers.let_purge_go_on(case)
    case.record("refuse_reopen", {"reason": data["reason"]})
    notify(case, "refuse_reopen")


def _may_object(case: Case) -> bool:
    ticket = case.ticket
    if ticket.close_reason != "routed_after_sale" or ticket.closed_at is None:
        return False
    return case.now <= ticket.closed_at + timedelta(days=case.policy.objection_days)


def prepare_merge(case: Case, data: Data) -> None:
    """Raises Invalid at into."""
    data["into"] = as_reference(data["into"])
    if data["into"] == case.ticket.ref:
        raise Invalid({"into": [_("A ticket cannot be merged into itself.")]})


@effect("merge", prepare=prepare_merge)
def merge(case: Case, data: Data) -> None:
    """This one closes; the other takes its evidence, messages and freeze, and per timer the earlier due."""
    other = Case(Ticket.objects.get(ref=data["into"]), case.now, case.actor)
    _earlier_dues(case, other)
    take_over_turn(case, other)
    timers.cancel(case, *timers_of(Family.FREEZE))  # the freeze goes over, and its clocks with it
    evidence_of(case.ticket).log("moved", by=case.actor, at=case.at, to=other.ticket.ref)
    moved = {
        name: _move_rows(case, other, name) for name in ("evidence", "messages", "freezes", "order_references", "refunds", "claim_raises")
    }
    _move_findings(case, other)
    _move_letters(case, other)
    case.ticket.merged_into = other.ticket
    hold_along(case, other)
    bar(other, case.complained_about)
    take_stock(other)
    other.record("merged_from", {"ref": case.ticket.ref, **moved})
    other.save()
    reindex(other.ticket)
    close(case, "merged", cause="merge", event="merge", data={"into": other.ticket.ref})
    notify(case, "merge", into=other.ticket.ref)


def _move_findings(case: Case, other: Case) -> None:
    """Where one bill speaks of both, what a person confirmed goes before what waits, and that before what was set aside."""
    theirs = {row.bill_id: row for row in other.bill_findings}
    for mine in case.bill_findings:
        their = theirs.get(mine.bill_id)
        if their is not None and WEIGHT[mine.state] <= WEIGHT[their.state]:
            continue
        if their is not None:
            their.delete()
        mine.ticket = other.ticket
        mine.save(update_fields=["ticket"])


def _move_letters(case: Case, other: Case) -> None:
    """An authority's letter goes along with its clock; where both had the same one, it is there already."""
    there = {(letter.authority, letter.number) for letter in other.transfers}
    for letter in case.transfers:
        if (letter.authority, letter.number) in there:
            continue
        clocks = [t for t in case.timers if (t.key, t.cycle) == (TimerKey.AUTHORITY_REPLY, letter.timer_cycle) and t.is_live]
        letter.timer_cycle = None
        for timer in clocks:
            timers.adopt(other, timer)
            letter.timer_cycle = other.timers[-1].cycle
        letter.ticket = other.ticket
        letter.save(update_fields=["ticket", "timer_cycle"])
    timers.cancel(case, TimerKey.AUTHORITY_REPLY)


def hold_along(case: Case, other: Case) -> None:
    """What the police or a court may ask for is held where it goes."""
    until = case.ticket.legal_hold_until
    if until is None or until <= case.at:
        return
    other.ticket.legal_hold_until = max(until, other.ticket.legal_hold_until or until)
    other.ticket.police_referred_at = other.ticket.police_referred_at or case.ticket.police_referred_at
    timers.hold(other, TimerKey.EVIDENCE_PURGE)
    evidence_of(other.ticket).exclude(state="deleted").log(
        "held", by=case.actor, at=case.at, until=other.ticket.legal_hold_until.isoformat()
    )


def _move_rows(case: Case, other: Case, name: str) -> int:
    return getattr(case.ticket, name).update(ticket=other.ticket)


def _earlier_dues(case: Case, other: Case) -> None:
    for mine in [timer for timer in case.timers if timer.is_live and TIMERS[timer.key].merges]:
        theirs = timers.live(other, mine.key)
        if theirs is None:
            if timers.find(other, mine.key) is None or TIMERS[mine.key].family == Family.FREEZE:
                timers.adopt(other, mine)
        elif mine.due_at < theirs.due_at:
            timers.bring_forward(other, theirs, mine)
