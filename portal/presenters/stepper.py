"""Where a complaint stands: freeze, appeal, review, outcome, further; and what helps this minute while the account is not frozen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lib.types import Context, Text
from portal.words import STEP
from tickets.cases.case import Case
from tickets.models import Escalation, EscalationTarget, Freeze, Respondent, TimerState
from tickets.workflow import TIMERS, Status
from tickets.workflow.timers import Family

S = Status
# The place has the complaint, or has answered it.
WITH_THEM = frozenset({"filed", "answered"})
STEP_REACHED = {
    S.FREEZE_PENDING: "freeze",
    S.AUTO_REVERSAL_WAIT: "appeal",
    S.EVIDENCE_COLLECTION: "appeal",
    S.FROZEN: "appeal",
    S.APPEAL_SUBMITTED: "review",
    S.UNDER_REVIEW: "review",
    S.NEEDS_EVIDENCE: "review",
    S.REMEDY_PENDING: "outcome",
    S.REJECTED: "outcome",
    S.ESCALATED: "escalation",
    S.RESOLVED: "outcome",
    S.CLOSED: "",
}
POLICE = "police"


@dataclass(frozen=True)
class ProgressStep:
    name: Text
    done: bool
    current: bool
    failed: bool = False


def steps(case: Case) -> list[ProgressStep]:
    """Freezing and taking it further only where they happened; a complaint that never came so far has none."""
    if case.status == S.CLOSED and not case.ticket.ever_submitted:
        return []
    happened, reached = _what_happened(case), STEP_REACHED.get(case.status, "appeal")
    found = [ProgressStep(STEP[key], happened[key] and key != reached, key == reached) for key in STEP if _belongs(case, key)]
    return [_freeze_step(case, found[0]), *found[1:]] if _belongs(case, "freeze") else found


def _what_happened(case: Case) -> dict[str, bool]:
    """Each from its own row: a freeze that was active, an appeal handed in, a decision in effect, money back, a place that has it."""
    decided = case.effective_decision is not None
    return {
        "freeze": any(freeze.origin == Freeze.Origin.USER_PROTECTIVE and freeze.active_at for freeze in case.freezes),
        "appeal": case.ticket.ever_submitted,
        "review": decided,
        "outcome": decided or bool(case.refunds),
        "escalation": any(escalation.state in WITH_THEM for escalation in case.escalations),
    }


def _freeze_step(case: Case, step: ProgressStep) -> ProgressStep:
    """Done when the account was frozen; while it is only asked for it is not, and one that failed says so."""
    state = [freeze.state for freeze in case.freezes if freeze.origin == Freeze.Origin.USER_PROTECTIVE][-1]
    if state == Freeze.State.FAILED:
        return ProgressStep(_("Freeze did not work"), done=False, current=step.current, failed=True)
    if state == Freeze.State.REQUESTED:
        return ProgressStep(_("Freeze asked for"), done=False, current=step.current)
    return ProgressStep(step.name, done=True, current=False)


def _belongs(case: Case, key: str) -> bool:
    if key == "freeze":
        return any(freeze.origin == Freeze.Origin.USER_PROTECTIVE for freeze in case.freezes)
    went = any(each.state != Escalation.State.TO_BE_FILED for each in case.escalations)
    return key != "escalation" or went or case.status in (S.REJECTED, S.ESCALATED)


def freeze_help(case: Case) -> Context | None:
    """None while the account is frozen, nobody asked for it, or the promised time runs still."""
    own = next((freeze for freeze in reversed(case.freezes) if freeze.origin == Freeze.Origin.USER_PROTECTIVE), None)
    if own is None or own.state in (Freeze.State.ACTIVE, Freeze.State.LIFTED):
        return None
    failed = own.state == Freeze.State.FAILED
    clocks = [
        timer
        for timer in case.timers
        if timer.is_live and timer.started_at == own.requested_at and TIMERS[timer.key].family == Family.FREEZE
    ]
    late = any(timer.state(case.now) == TimerState.BREACHED for timer in clocks)
    return {"failed": failed, **self_help(case)} if failed or late else None


def self_help(case: Case) -> Context:
    """The respondent's own way, and the number of the police; each empty until somebody has checked it."""
    found = Respondent.objects.filter(key=case.ticket.respondent).first() if case.ticket.respondent else None
    return {"name": found.name if found else "", "steps": found.shown_self_freeze if found else "", "police": police_number()}


def police_number() -> str:
    return EscalationTarget.objects.filter(key=POLICE, verified_at__isnull=False).values_list("contact", flat=True).first() or ""


def police_first(case: Case) -> Context | None:
    """Where the police stand first among the places, and nobody has said yet that they were told: their number, if it was checked."""
    told = case.ticket.police_referred_at is not None or not case.ticket.is_open
    targets = () if told else case.playbook.targets
    return {"number": police_number()} if targets and targets[0].key == POLICE else None
