"""What happens at other places, as far as we know: filed there, handed on, answered; and what authorities ask of us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.models import Escalation, Transfer
from tickets.operations.effects import effect
from tickets.operations.escalating import check_past, file_outside, hold_evidence, put_escalation
from tickets.workflow import WAITING_ON, Data, Invalid, Status, TimerKey
from tickets.workflow.timers import timers_of_target
from tickets.workflow.vocabulary import INVESTIGATING, REGULATORS


def prepare_outside_filing(case: Case, data: Data) -> None:
    """Raises Invalid at filed_at when it lies before us."""
    check_past(case, data, "filed_at")


@effect("record_outside_filing", prepare=prepare_outside_filing)
def record_outside_filing(case: Case, data: Data) -> None:
    """A fact, whatever the status: the customer has filed it there. Told again, it mends the day or adds the number."""
    escalation = case.open_escalation(data["target"]) or put_escalation(case, data["target"], data, Escalation.State.TO_BE_FILED)
    file_outside(case, escalation, data)


@effect("record_hand_over")
def record_hand_over(case: Case, data: Data) -> None:
    """The desk has handed it on: now it lies there, and only they can go on with it."""
    escalation = case.open_escalation(data["target"])
    if escalation is None:
        raise LookupError(f"{case.ticket.ref} is not on its way to {data['target']}")
    escalation.state, escalation.filed_at = Escalation.State.FILED, case.at
    escalation.reference = escalation.filed_reference = data["reference"]
    case.new_rows.append(escalation)
    timers.stop(case, TimerKey.HAND_OVER)
    _say_whose_turn(case)
    case.record("record_hand_over", {"target": data["target"], "reference": data["reference"]})
    notify(case, "record_hand_over", target=data["target"])


@effect("record_external_answer")
def record_external_answer(case: Case, data: Data) -> None:
    """What the other place answered; its clocks stop, the customer is told."""
    escalation = case.last_escalation(data["target"])
    if escalation is None:
        raise LookupError(f"{case.ticket.ref} was never taken to {data['target']}")
    escalation.state, escalation.answered_at = Escalation.State.ANSWERED, case.at
    escalation.outcome, escalation.reference = data["outcome"], data["reference"]
    case.new_rows.append(escalation)
    of_several = data["target"] in REGULATORS  # each has a clock of its own, from the day it was filed there
    timers.stop(case, *timers_of_target(data["target"]), since=(escalation.filed_at or escalation.at) if of_several else None)
    _say_whose_turn(case)
    case.record("record_external_answer", {name: data[name] for name in ("target", "outcome", "reference")})
    notify(case, "record_external_answer", target=data["target"])


def _say_whose_turn(case: Case) -> None:
    """Handed on, with nothing before the desk: only the payment channel can go on with it."""
    if case.status == Status.ESCALATED:
        there = case.open_escalation("payment_channel")
        alone = there is not None and there.state == Escalation.State.FILED and case.open_escalation("l1_internal") is None
        case.ticket.waiting_on = "channel" if alone else WAITING_ON[Status.ESCALATED]


def prepare_transfer(case: Case, data: Data) -> None:
    """Raises Invalid at received_at when it lies before us; at reply_by when it lies before that; at number when it is here.

    A letter that names no day, from an authority whose term the policy does not hold, is recorded without a clock.
    """
    check_past(case, data, "received_at")
    if data["reply_by"] is not None and data["reply_by"] <= data["received_at"]:
        raise Invalid({"reply_by": [_("This lies before the day on which it came.")]})
    if any((each.authority, each.number) == (data["authority"], data["number"]) for each in case.transfers):
        raise Invalid({"number": [_("This letter is recorded already.")]})


@effect("record_transfer", prepare=prepare_transfer)
def record_transfer(case: Case, data: Data) -> None:
    """An authority sent it to us or asks about it. Our time to answer runs from the day it came."""
    length = timers.authority_length(case, data["authority"])
    timer = None
    if length or data["reply_by"]:
        timer = timers.start(
            case,
            TimerKey.AUTHORITY_REPLY,
            since=data["received_at"],
            by=length[0] if length else None,
            until=None if length else data["reply_by"],
        )
    named = {name: data[name] for name in ("authority", "number", "received_at", "reply_by")}
    transfer = Transfer(ticket=case.ticket, at=case.at, by=case.person, timer_cycle=timer.cycle if timer else None, **named)
    case.transfers.append(transfer)
    case.new_rows.append(transfer)
    hold_evidence(case)
    _record_letter(case, "record_transfer", data["authority"], {"number": data["number"], "received_at": data["received_at"].isoformat()})
    notify(case, "record_transfer", authority=data["authority"])


def _record_letter(case: Case, kind: str, authority: str, told: Mapping[str, Any]) -> None:
    """What the police or a court ask about is among colleagues."""
    case.record(kind, {"authority": authority, **told}, internal=authority in INVESTIGATING)


def prepare_transfer_reply(case: Case, data: Data) -> None:
    """Raises Invalid at number where letters wait, but none with this one."""
    waiting = [each.number for each in case.transfers if each.replied_at is None]
    if waiting and data["number"] not in waiting:
        raise Invalid(
            {"number": [_("No letter with this number waits for an answer. Waiting: %(numbers)s.") % {"numbers": ", ".join(waiting)}]}
        )


@effect("record_transfer_reply", prepare=prepare_transfer_reply)
def record_transfer_reply(case: Case, data: Data) -> None:
    """Answered, with the number of our answer."""
    for transfer in [each for each in case.transfers if each.replied_at is None and each.number == data["number"]]:
        transfer.replied_at, transfer.reply_reference = case.at, data["reference"]
        case.new_rows.append(transfer)
        timers.stop(case, TimerKey.AUTHORITY_REPLY, cycle=transfer.timer_cycle or -1)
        _record_letter(case, "record_transfer_reply", transfer.authority, {"number": data["number"], "reference": data["reference"]})
