"""Guards of everything beyond the desk: where a complaint may go and when, and what an answer from there allows."""

from __future__ import annotations

from datetime import datetime

from accounts.roles import Role
from tickets.cases.blocking import wrong_status
from tickets.cases.case import Case
from tickets.cases.checklist import of_kind, usable
from tickets.models import Escalation
from tickets.workflow import TIMERS, Block, Data, Status
from tickets.workflow.vocabulary import EXTERNAL_OUTCOMES, FILED_BY_CUSTOMER, FINAL_OUTCOMES, OUTSIDE_DECISION

RIGHTS = (Status.REJECTED, Status.ESCALATED)
CHANNEL_ISSUERS = frozenset({"wechat_txn", "alipay_txn", "bank"})


# ---- Where it may go, in the order of the domain rules
def target_open_to_case(case: Case, data: Data | None) -> Block | None:
    code = case.playbook.refuses_target(data["target"], case.ticket.known_facts) if data else ""
    return Block(code) if code else None


def target_not_open_yet(case: Case, data: Data | None) -> Block | None:
    """Where it lies already, or was taken up. What was only prepared may be filed at last."""
    last = case.last_escalation(data["target"]) if data else None
    if data is None or last is None or (last.state == Escalation.State.TO_BE_FILED and data.get("filed_at")):
        return None
    return Block("ALREADY_ESCALATED") if last.is_open or last.outcome == "accepted" else None


def escalation_right(case: Case, data: Data | None) -> Block | None:
    """Our own next level and the payment channel open when an answer is there or late. One may go elsewhere at any time."""
    if data and data["target"] in FILED_BY_CUSTOMER:
        return None
    partly = case.effective_decision is not None and case.effective_decision.verdict == "partly_approved"
    if case.status in (Status.RESOLVED, Status.CLOSED) and not (partly and case.status == Status.RESOLVED):
        return wrong_status(case)
    if case.status in RIGHTS or case.ticket.outcome_disputed or (partly and case.status in (Status.REMEDY_PENDING, Status.RESOLVED)):
        return None
    clocks = [timer for timer in case.timers if TIMERS[timer.key].opens_escalation]
    if any(timer.is_over(case.now) and not timer.is_met for timer in clocks):
        return None
    opens = [timer.due_at for timer in clocks if timer.is_live and timer.paused_at is None]
    return Block("ESCALATION_NOT_YET_AVAILABLE", available_from=min(opens, default=None))


def channel_reference(case: Case, data: Data | None) -> Block | None:
    if not data or data["target"] != "payment_channel":
        return None
    if any(order.issuer in CHANNEL_ISSUERS for order in case.order_references):
        return None
    carriers = of_kind(case, "payment_voucher") + of_kind(case, "bank_statement_screenshot")
    named = any(item.fields.get("order_no") for item in carriers)
    return None if named else Block("CHANNEL_REFERENCE_REQUIRED")


# ---- What the desk does for it
def hand_over_waits(case: Case, data: Data | None) -> Block | None:
    waits = any(each.state == Escalation.State.HANDING_OVER for each in case.escalations)
    return None if waits else wrong_status(case)


def answer_expected(case: Case, data: Data | None) -> Block | None:
    """From a place outside that it was taken to and that has not had its last word. The second level answers by deciding."""
    targets = {data["target"]} if data else {each.target for each in case.escalations}
    last = [case.last_escalation(target) for target in targets - {"l1_internal"}]
    return None if any(each is not None and each.outcome not in FINAL_OUTCOMES for each in last) else wrong_status(case)


def letter_unanswered(case: Case, data: Data | None) -> Block | None:
    return None if any(each.replied_at is None for each in case.transfers) else wrong_status(case)


# ---- What an answer from outside allows
def answered_outside(case: Case, data: Data | None) -> Block | None:
    return _unless_recorded(case, EXTERNAL_OUTCOMES)


def upheld_outside(case: Case, data: Data | None) -> Block | None:
    return _unless_recorded(case, ("upheld",))


def rejected_outside(case: Case, data: Data | None) -> Block | None:
    return _unless_recorded(case, ("rejected",))


def _unless_recorded(case: Case, outcomes: tuple[str, ...]) -> Block | None:
    """A supervisor decides; an agent only carries out what somebody outside said about the decision that stands."""
    since = case.effective_decision.at if case.effective_decision else None
    found = any(each.outcome in outcomes for each in outside_answers(case, since))
    return None if found or Role.SUPERVISOR in case.roles else Block("OUTCOME_NOT_RECORDED")


def outside_answers(case: Case, since: datetime | None) -> list[Escalation]:
    """From outside, recorded since that moment."""
    answered = [each for each in case.escalations if each.target != "l1_internal" and each.outcome]
    return [each for each in answered if each.answered_at is not None and (since is None or each.answered_at >= since)]


def outside_decision_attached(case: Case, data: Data | None) -> Block | None:
    """Of an agent: the paper lies in the case and, where papers are named, is among them."""
    named = (data or {}).get("evidence")
    papers = [item for item in case.evidence if item.kind == OUTSIDE_DECISION and usable(item) and (not named or item.pk in named)]
    return None if papers or Role.SUPERVISOR in case.roles else Block("MISSING_EVIDENCE", extra={"missing": [OUTSIDE_DECISION]})


def not_own_judgement(case: Case, data: Data | None) -> Block | None:
    """Whoever made the decision that is contested, or one that waits, does not settle the dispute about it alone."""
    standing = [decision for decision in (case.effective_decision, case.waiting_decision) if decision is not None]
    own = [decision for decision in standing if case.actor is not None and decision.author_id == case.actor.pk]
    return Block("SAME_SIGNATORY") if own and not outside_answers(case, max(decision.at for decision in own)) else None
