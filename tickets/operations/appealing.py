"""The appeal: handed in complete, frozen as a numbered submission; evidence asked for and supplied."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.checklist import lines, only_scanning, usable
from tickets.cases.notices import notify
from tickets.models import EvidenceRequest, Submission
from tickets.operations.effects import effect
from tickets.operations.escalating import rise_when_late
from tickets.operations.intake_clocks import begin, intake_status, settle_refund_tier
from tickets.operations.reviewing import void_waiting_decision
from tickets.workflow import Block, Data, Invalid, Refusal, Status, TimerKey
from tickets.workflow.timers import REVIEW_TIMERS
from tickets.workflow.vocabulary import DESK_FILE


def prepare_file(case: Case, data: Data) -> None:
    """Raises Invalid at category or at a fact the category cannot do without."""
    if not case.ticket.category:
        raise Invalid({"category": [_("Choose what happened.")]})
    lacking = [name for name in case.playbook.required_facts if case.ticket.facts.get(name) is None]
    if lacking:
        raise Invalid({f"facts.{name}": [_("This is needed.")] for name in lacking} | {"facts": [", ".join(lacking)]})


@effect("file", prepare=prepare_file)
def file(case: Case, data: Data) -> None:
    """The complaint reaches the desk. Leads to collecting evidence, or to the wait while a reversal may still come."""
    before = case.ticket.status
    begin(case)
    case.move(intake_status(case), "file")
    case.record("filed", {"channel": case.ticket.channel}, from_status=before)
    notify(case, "filed")


def our_own_slowness(case: Case, blocked_by: list[Block]) -> bool:
    """True where a submit was refused only because we still scan its evidence, or because a wait of ours runs."""
    codes = {block.code for block in blocked_by}
    if not codes or not codes <= {"MISSING_EVIDENCE", "AUTO_REVERSAL_WAIT_RUNNING"}:
        return False
    return "MISSING_EVIDENCE" not in codes or only_scanning(case)


def remember_try(case: Case, refusal: Refusal) -> bool:
    """Our own slowness never costs a customer a window: the refund tier is fixed by the try (domain rules, principle 3)."""
    if case.ticket.ever_submitted or not our_own_slowness(case, refusal.blocked_by):
        return False
    settle_refund_tier(case)
    case.record("submission_held_up", {"refund_tier": case.ticket.refund_tier})
    return True


@effect("submit_appeal", prepare=prepare_file, remember=remember_try)
def submit_appeal(case: Case, data: Data) -> None:
    """Complete: checklist and hashes are frozen, the refund tier is fixed, the review clocks start (A0-06, A0-09)."""
    ticket, before = case.ticket, case.ticket.status
    begin(case)
    if not ticket.ever_submitted:
        settle_refund_tier(case)
        ticket.submitted_at = case.at
    _freeze_submission(case)
    case.move(Status.APPEAL_SUBMITTED, "submit_appeal")
    start_review_clocks(case)
    case.record("submit_appeal", {"refund_tier": ticket.refund_tier}, from_status=before)
    notify(case, "submit_appeal")


def start_review_clocks(case: Case) -> None:
    """It waits for nothing any more; the review has its time from `case.at`."""
    timers.cancel(case, TimerKey.ABANDONED, TimerKey.AUTO_REVERSAL_WAIT)
    timers.start_review_cycle(case)
    timers.start_once(case, TimerKey.NO_ACTION)


def _freeze_submission(case: Case) -> None:
    items = [{"id": i.pk, "kind": i.kind, "sha256": i.sha256} for i in case.evidence if usable(i) and i.kind != DESK_FILE]
    case.new_rows.append(
        Submission(
            ticket=case.ticket,
            number=1 + case.ticket.submissions.count(),
            at=case.at,
            by=case.actor,
            checklist=[line.as_dict() for line in lines(case)],
            items=items,
            statement=case.ticket.statement,
            demands=case.ticket.demands,
        )
    )


@effect("waive_wait")
def waive_wait(case: Case, data: Data) -> None:
    """The customer need not wait for a reversal."""
    before = case.ticket.status
    timers.cancel(case, TimerKey.AUTO_REVERSAL_WAIT)
    case.move(Status.EVIDENCE_COLLECTION, "waive_wait")
    case.record("waive_wait", {"reason": data["reason"]}, from_status=before)
    notify(case, "waive_wait")


@effect("request_evidence")
def request_evidence(case: Case, data: Data) -> None:
    """Named kinds and a reason; the review clocks pause, the customer has three working days."""
    before = case.ticket.status
    void_waiting_decision(case)
    request = EvidenceRequest(
        ticket=case.ticket,
        cycle=case.ticket.cycle,
        kinds=data["kinds"],
        reason=data["reason"],
        at=case.at,
        by=case.actor,
        after_item=max((item.pk for item in case.evidence), default=0),
    )
    case.new_rows.append(request)
    case.requests.append(request)
    timers.pause(case, *REVIEW_TIMERS)
    timers.start(case, TimerKey.SUPPLEMENT)
    case.move(Status.NEEDS_EVIDENCE, "request_evidence")
    case.record("request_evidence", {"kinds": data["kinds"], "reason": data["reason"]}, from_status=before)
    notify(case, "request_evidence", kinds=data["kinds"])


@effect("supply_evidence")
def supply_evidence(case: Case, data: Data) -> None:
    """The customer has answered: the review goes on where it stood; the refund tier does not change."""
    request, before = case.open_request, case.ticket.status
    if request is None:
        raise LookupError(f"{case.ticket.ref} has no open request")
    request.answered_at, request.unavailable = case.at, data["unavailable"] or []
    case.new_rows.append(request)
    timers.stop(case, TimerKey.SUPPLEMENT)
    timers.resume(case, *REVIEW_TIMERS)
    case.move(Status.UNDER_REVIEW, "supply_evidence")
    case.record("supply_evidence", {"unavailable": request.unavailable}, from_status=before)
    notify(case, "supply_evidence")
    rise_when_late(case)
