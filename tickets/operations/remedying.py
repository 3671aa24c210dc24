"""What was decided is carried out: remedies done or bounced, refunds seen, identities checked, deadlines extended."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.guards import freeze_in
from tickets.cases.notices import notify
from tickets.models import Freeze, Message, Remedy, Visibility
from tickets.operations.effects import effect
from tickets.operations.reviewing import close_internal_level, drop_request, prepare_eta, void_waiting_decision
from tickets.workflow import TIMERS, Data, Invalid, Status, TimerKey
from tickets.workflow.timers import REMEDY_TIMERS, REVIEW_TIMERS, Fate, timers_on_refund
from tickets.workflow.vocabulary import MONEY_REMEDIES, REMEDIES


@effect("confirm_remedy")
def confirm_remedy(case: Case, data: Data) -> None:
    """Everything promised is done, with a reference. The customer has seven days to object."""
    before = case.ticket.status
    _mark_remedies(case, state=Remedy.State.DONE, done_at=case.at, reference=data["reference"])
    timers.stop(case, *REMEDY_TIMERS, *REVIEW_TIMERS)
    case.move(Status.RESOLVED, "confirm_remedy")
    timers.start(case, TimerKey.CONFIRM)
    case.record("confirm_remedy", {"reference": data["reference"]}, from_status=before)
    notify(case, "confirm_remedy")


def _mark_remedies(case: Case, kinds: frozenset[str] = REMEDIES, **values: object) -> None:
    decision = case.effective_decision
    if decision is not None:
        decision.remedies.filter(state=Remedy.State.PENDING, kind__in=kinds).update(**values)


@effect("fail_remedy")
def fail_remedy(case: Case, data: Data) -> None:
    """It bounced: back to review with half the limit; an old breach stays."""
    before = case.ticket.status
    _mark_remedies(case, state=Remedy.State.FAILED, failure=data["reason"])
    timers.cancel(case, *REMEDY_TIMERS, *REVIEW_TIMERS)
    case.ticket.cycle += 1
    case.move(Status.UNDER_REVIEW, "fail_remedy")
    timers.start_review_cycle(case, halved=True)
    case.record("fail_remedy", {"reason": data["reason"]}, from_status=before)
    notify(case, "fail_remedy")


def prepare_record_refund(case: Case, data: Data) -> None:
    """Raises Invalid at note when the sum does not cover what is outstanding and nothing is said of it."""
    if data["amount"] < outstanding(case) and not data["note"]:
        raise Invalid({"note": [_("The refund is smaller than the disputed amount. Say why the complaint is settled by it.")]})


def outstanding(case: Case) -> Decimal:
    return case.ticket.amount or Decimal(0)


@effect("record_refund", prepare=prepare_record_refund)
def record_refund(case: Case, data: Data) -> None:
    """The money is back, by whatever way: resolved from any open status (A2-04)."""
    before = case.ticket.status
    void_waiting_decision(case)
    drop_request(case)
    timers.resume(case, *REVIEW_TIMERS)  # a review that stood still is not late
    timers.stop(case, *timers_on_refund(Fate.STOPPED))
    timers.cancel(case, *timers_on_refund(Fate.CANCELLED))
    close_internal_level(case)
    _mark_remedies(case, MONEY_REMEDIES, state=Remedy.State.DONE, done_at=case.at, reference=data["reference"] or "")
    case.move(Status.RESOLVED, "record_refund")
    timers.start(case, TimerKey.CONFIRM)
    shown = {"amount": str(data["amount"]), "reference": data["reference"] or "", "note": data["note"] or ""}
    case.record("record_refund", shown, from_status=before)
    notify(case, "record_refund", amount=str(data["amount"]))


@effect("extend", prepare=prepare_eta)
def extend(case: Case, data: Data) -> None:
    """Longer final deadlines, with a holding reply that says why and until when: our own, and that of an authority who waits."""
    longer = [each for each in timers.extensions(case) if data["timer"] in (None, each[0].key)]
    for timer, amount in longer:
        timers.extend(case, timer, amount)
    case.new_rows.append(
        Message(
            ticket=case.ticket,
            author=case.actor,
            visibility=Visibility.PUBLIC,
            body=data["body"],
            eta_at=data["eta_at"],
            by_staff=True,
            created_at=case.at,
        )
    )
    case.search_words.append(data["body"])
    timers.stop(case, TimerKey.FIRST_RESPONSE)
    for timer, amount in longer:
        told = {"timer": timer.key, "days": amount, "reason": data["reason"], "due_at": timer.due_at.isoformat()}
        case.record("extend", told, internal=not TIMERS[timer.key].shown)
    if dates := [timer.due_at for timer, _amount in longer if TIMERS[timer.key].shown]:
        notify(case, "extend", due_at=max(dates).isoformat())


@effect("record_identity_check")
def record_identity_check(case: Case, data: Data) -> None:
    """Only the verdict and its reference are kept, never a face. Passed: 24 hours to unfreeze; failed: the standard lane."""
    item = evidence_of(case.ticket).create(
        kind="face_result",
        state="clean",
        uploaded_by=case.actor,
        uploaded_at=case.at,
        fields={"passed": data["passed"], "reference": data["reference"]},
    )
    evidence_of(case.ticket).filter(pk=item.pk).log("arrived", by=case.actor, at=case.at)
    if data["passed"]:
        if freeze_in(case, Freeze.State.ACTIVE):
            timers.start_once(case, TimerKey.FAST_UNFREEZE)
    else:
        case.ticket.lane = "standard"
    case.record("identity_checked", {"passed": data["passed"]})
    notify(case, "identity_checked", passed=data["passed"])
