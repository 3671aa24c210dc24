"""What was decided is carried out: remedies done or bounced, refunds seen, identities checked, deadlines extended."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.freeze_guards import freeze_in
from tickets.cases.money import NOUGHT, outstanding, owed_remedies, pending_money
from tickets.cases.notices import notify
from tickets.models import ClaimRaise, Decision, Freeze, Message, Refund, Remedy, Visibility
from tickets.operations.effects import effect
from tickets.operations.reviewing import drop_request, leave_internal_level, own_items, prepare_eta, void_waiting_decision
from tickets.operations.turns import desk_replied
from tickets.workflow import TIMERS, Data, Invalid, Status, TimerKey
from tickets.workflow.inputs import NOT_A_CHOICE
from tickets.workflow.timers import REMEDY_TIMERS, REVIEW_TIMERS, Fate, timers_on_refund

# A review of its own runs there: what is paid besides does not end it.
IN_REVIEW = (Status.APPEAL_SUBMITTED, Status.UNDER_REVIEW, Status.NEEDS_EVIDENCE)


def prepare_confirm_remedy(case: Case, data: Data) -> None:
    """Raises Invalid at amounts for what is no sum of this decision, and at evidence for what is not this complaint's."""
    own_items(case, data["evidence"] or [])
    known = [row.kind for row in pending_money(case)]
    if not set(data["amounts"] or ()) <= set(known):
        raise Invalid({"amounts": [NOT_A_CHOICE % {"choices": ", ".join(known)}]})


@effect("confirm_remedy", prepare=prepare_confirm_remedy)
def confirm_remedy(case: Case, data: Data) -> None:
    """Everything promised is done, with a reference and the sums that went out. The customer may object for a while.

    Where the complaint has gone on since, it stays where it is: what is still contested goes on, what was refused or closed stays so.
    """
    before = case.ticket.status
    said = data["amounts"] or {}
    for row in owed_remedies(case):
        row.state, row.done_at, row.reference = Remedy.State.DONE, case.at, data["reference"]
        if row.amount is not None:
            row.decided_amount, row.amount = row.amount, said.get(row.kind, row.amount)
            _put_refund(case, row.amount, data["reference"], Refund.Source.REMEDY, kind=row.kind)
        case.new_rows.append(row)
    timers.stop(case, *REMEDY_TIMERS, *(() if before in IN_REVIEW else REVIEW_TIMERS))
    sums = {row.kind: str(row.amount) for row in case.refunds if row.pk is None}
    told = {"reference": data["reference"], "amounts": sums, **({"evidence": data["evidence"]} if data["evidence"] else {})}
    if before == Status.REMEDY_PENDING:
        case.move(Status.RESOLVED, "confirm_remedy")
        _start_confirm(case)
        case.record("confirm_remedy", told, from_status=before)
    else:
        case.record("confirm_remedy", told)
    notify(case, "confirm_remedy", sums=_sums(case))


def _sums(case: Case) -> list[dict[str, str]]:
    """What has just gone out or come back, for letters."""
    fresh = [row for row in case.refunds if row.pk is None]
    return [{"amount": str(row.amount), "currency": row.currency, "at": row.at.isoformat(), "reference": row.reference} for row in fresh]


def _put_refund(case: Case, amount: Decimal, reference: str, source: str, *, kind: str = "", number: str = "") -> None:
    """The row that every page, letter and report tells. It names the order where there is one, or where somebody said which."""
    fitting = [order for order in case.order_references if number in ("", order.number)]
    order = fitting[0] if len({each.number for each in fitting}) == 1 else None
    row = Refund(
        ticket=case.ticket, amount=amount, currency=case.ticket.currency, at=case.at, by=case.actor, reference=reference, kind=kind,
        issuer=order.issuer if order else "", number=order.number if order else "", source=source,
    )  # fmt: skip
    case.refunds.append(row)
    case.new_rows.append(row)


def _start_confirm(case: Case) -> None:
    """Longer where a part was refused: there is more to think over."""
    decision = case.effective_decision
    in_part = decision is not None and decision.verdict == Decision.Verdict.PARTLY_APPROVED
    timers.start(case, TimerKey.CONFIRM, amount=case.policy.partly_confirm_days if in_part else None)


@effect("fail_remedy")
def fail_remedy(case: Case, data: Data) -> None:
    """It bounced: back to review with half the limit; an old breach stays.

    Where the complaint has gone on since, nobody would decide on it again: it stays owed, and its clock runs on.
    """
    before, owed = case.ticket.status, owed_remedies(case)
    for row in owed:
        row.failure = data["reason"]
        case.new_rows.append(row)
    if before != Status.REMEDY_PENDING:
        case.record("fail_remedy", {"reason": data["reason"]})
        notify(case, "remedy_bounced")
        return
    for row in owed:
        row.state = Remedy.State.FAILED
    timers.cancel(case, *REMEDY_TIMERS, *REVIEW_TIMERS)
    case.ticket.cycle += 1
    case.move(Status.UNDER_REVIEW, "fail_remedy")
    timers.start_review_cycle(case, halved=True)
    case.record("fail_remedy", {"reason": data["reason"]}, from_status=before)
    notify(case, "fail_remedy")


def prepare_record_refund(case: Case, data: Data) -> None:
    """Raises Invalid at note when the sum does not cover what is outstanding and nothing is said of it, at currency for another than the
    claim's, and at order_number for one that this complaint does not name."""
    errors: dict[str, list[object]] = {}
    if data["amount"] < outstanding(case) and not data["note"]:
        errors["note"] = [_("The refund is smaller than the disputed amount. Say why the complaint is settled by it.")]
    if data["currency"] not in (None, case.ticket.currency):
        errors["currency"] = [_("The claim is in %(currency)s. Record what came back of it in that currency.") % vars(case.ticket)]
    numbers = [order.number for order in case.order_references]
    if data["order_number"] and data["order_number"] not in numbers:
        errors["order_number"] = [NOT_A_CHOICE % {"choices": ", ".join(numbers)}]
    if errors:
        raise Invalid(errors)


def _settle_remedies(case: Case, amount: Decimal, reference: str, note: str) -> None:
    """What was promised is done as far as the sum reaches; the rest will not be paid, and says so."""
    for row in pending_money(case):
        share = min(row.amount or NOUGHT, amount)
        if share:
            row.state, row.done_at, row.reference = Remedy.State.DONE, case.at, reference
            row.decided_amount, row.amount = row.amount, share
        else:
            row.state, row.failure = Remedy.State.FAILED, note
        amount -= share
        case.new_rows.append(row)


SOURCES = {Role.OWNER: Refund.Source.OWNER, Role.SERVICE: Refund.Source.ADAPTER}


@effect("record_refund", prepare=prepare_record_refund)
def record_refund(case: Case, data: Data) -> None:
    """The money is back, by whatever way: resolved from any open status (A2-04)."""
    before = case.ticket.status
    void_waiting_decision(case)
    drop_request(case)
    timers.resume(case, *REVIEW_TIMERS)  # a review that stood still is not late
    timers.stop(case, *timers_on_refund(Fate.STOPPED))
    timers.cancel(case, *timers_on_refund(Fate.CANCELLED))
    leave_internal_level(case)
    reference, note = data["reference"] or "", data["note"] or ""
    _settle_remedies(case, data["amount"], reference, note)
    source = next((source for role, source in SOURCES.items() if role in case.roles), Refund.Source.DESK)
    _put_refund(case, data["amount"], reference, source, number=data["order_number"] or "")
    case.move(Status.RESOLVED, "record_refund")
    _start_confirm(case)
    shown = {"amount": str(data["amount"]), "currency": case.ticket.currency, "reference": reference, "note": note}
    case.record("record_refund", shown, from_status=before)
    notify(case, "record_refund", amount=str(data["amount"]), sums=_sums(case))


def prepare_raise_claim(case: Case, data: Data) -> None:
    """Raises Invalid at amount: it is raised, not lowered; a claim that is too high is granted in part."""
    if data["amount"] <= (case.ticket.amount or NOUGHT):
        raise Invalid({"amount": [_("Enter more than the claim as it stands.")]})


@effect("raise_claim", prepare=prepare_raise_claim)
def raise_claim(case: Case, data: Data) -> None:
    """The claim was fixed when it was handed in; a supervisor raises it, and takes no other part in this complaint's decisions."""
    ticket, before = case.ticket, case.ticket.amount
    row = ClaimRaise(ticket=ticket, by=case.person, at=case.at, before=before, after=data["amount"], reason=data["reason"])
    case.claim_raises.append(row)
    case.new_rows.append(row)
    ticket.amount = data["amount"]
    if "amount" in ticket.statement:
        ticket.statement = {**ticket.statement, "amount": str(data["amount"])}
    told = {"before": None if before is None else str(before), "amount": str(data["amount"]), "reason": data["reason"]}
    case.record("raise_claim", told)
    notify(case, "raise_claim")


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
    desk_replied(case, data["eta_at"])
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
