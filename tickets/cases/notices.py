"""Who is told what, and how quickly. Rows only; sending is delivery's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.roles import Role
from lib.bulk_sql import Row
from tickets.cases.case import FiringCase, FiringTicket
from tickets.delivery.sending import next_digest
from tickets.models import Notification, Ticket, on_call_at


@dataclass(frozen=True)
class Notice:
    """`to` is owner, assignee, whoever is on call, or a group. Urgent: at once; otherwise a person's daily digest, a group's desk."""

    to: str
    urgent: bool = False


OWNER, ASSIGNEE, WHO_IS_ON_CALL = "owner", "assignee", "on_call"
ON_CALL = Notice(Role.FREEZE_OPERATOR, urgent=True)  # all of them
ON_CALL_PERSON = Notice(WHO_IS_ON_CALL, urgent=True)  # the one of the roster; all of them where the roster is empty
OWNER_NOW, OWNER_LATER = Notice(OWNER, urgent=True), Notice(OWNER)
ASSIGNEE_NOW, ASSIGNEE_LATER = Notice(ASSIGNEE, urgent=True), Notice(ASSIGNEE)
SUPERVISORS, SUPERVISORS_NOW = Notice(Role.SUPERVISOR), Notice(Role.SUPERVISOR, urgent=True)

# What happened → who hears of it. A kind that does not stand here is told to nobody.
NOTICES: Mapping[str, tuple[Notice, ...]] = {
    "filed": (OWNER_NOW,),
    "request_freeze": (OWNER_NOW, ON_CALL, ON_CALL_PERSON),
    "confirm_freeze": (OWNER_NOW,),
    "fail_freeze": (OWNER_NOW, SUPERVISORS_NOW),
    "request_lift": (ON_CALL,),
    "lift_freeze": (OWNER_NOW,),
    "freeze_on_closed_ticket": (ON_CALL,),
    "waive_wait": (OWNER_LATER,),
    "auto_reversal_over": (OWNER_LATER,),
    "submit_appeal": (OWNER_NOW, Notice(Role.REVIEWER)),
    "start_review": (OWNER_LATER,),
    "request_evidence": (OWNER_NOW,),
    "supply_evidence": (ASSIGNEE_LATER,),
    "supplement_expired": (OWNER_NOW, ASSIGNEE_LATER),
    "awaiting_countersignature": (SUPERVISORS,),
    "refuse_countersign": (ASSIGNEE_NOW,),
    "approved": (OWNER_NOW,),
    "rejected": (OWNER_NOW,),
    "confirm_remedy": (OWNER_NOW,),
    "fail_remedy": (OWNER_NOW, ASSIGNEE_NOW),
    "record_refund": (OWNER_NOW,),
    "escalate": (OWNER_LATER, SUPERVISORS),
    "auto_escalated": (OWNER_NOW, SUPERVISORS),
    "record_external_answer": (OWNER_NOW,),
    "return_to_review": (OWNER_NOW, ASSIGNEE_LATER),
    "extend": (OWNER_NOW,),
    "confirm_resolution": (OWNER_LATER,),
    "dispute_resolution": (ASSIGNEE_LATER,),
    "reopen_requested": (SUPERVISORS,),
    "reopen": (OWNER_NOW, ASSIGNEE_LATER),
    "withdraw": (ASSIGNEE_LATER,),
    "merge": (OWNER_LATER,),
    "route_after_sale": (OWNER_LATER,),
    "closed_by_clock": (OWNER_LATER,),
    "refer_to_police": (ASSIGNEE_LATER,),
    "assigned": (ASSIGNEE_LATER,),
    "reply": (OWNER_NOW,),
    "incident_notice": (OWNER_NOW,),
    "incident_suggested": (Notice(Role.AGENT), SUPERVISORS),  # put down by suggesting.py, which has no case
    "letter_refused": (OWNER_NOW,),
    "customer_message": (ASSIGNEE_LATER,),
    "identity_checked": (OWNER_LATER,),
    "date_moved": (OWNER_NOW,),
    "policy_rebased": (OWNER_NOW,),
    "evidence_rejected": (OWNER_LATER,),
    "consent_withdrawn": (ASSIGNEE_LATER,),
    "mentioned": (),  # whom a note names: notify_people
}

# Timers: who is warned before, and who is told when it passed. A customer's own window warns the customer.
FIRST_WARNING: Mapping[str, tuple[Notice, ...]] = {
    "freeze_exec": (ON_CALL_PERSON,),
    "first_response": (ASSIGNEE_LATER,),
    "review_target": (ASSIGNEE_LATER,),
    "review_limit": (ASSIGNEE_LATER, SUPERVISORS),
    "no_action": (Notice(Role.REVIEWER),),
    "fast_unfreeze": (ON_CALL,),
    "lift_exec": (ON_CALL,),
    "refund_payout": (ASSIGNEE_LATER,),
    "statement": (ASSIGNEE_LATER,),
    "remedy_exec": (ASSIGNEE_LATER,),
    "channel_dispute": (ASSIGNEE_LATER,),
    "regulator_accept": (ASSIGNEE_LATER,),
    "regulatory_final": (ASSIGNEE_LATER, SUPERVISORS),
    "l1_review": (SUPERVISORS,),
}
# Told beside them from the second warning on: a freeze that nobody confirms climbs from the operator to the supervisors.
SECOND_WARNING: Mapping[str, tuple[Notice, ...]] = {"freeze_exec": (SUPERVISORS_NOW,)}
ON_BREACH: Mapping[str, tuple[Notice, ...]] = {
    "freeze_exec": (OWNER_NOW, ON_CALL, ON_CALL_PERSON, SUPERVISORS_NOW),
    "first_response": (OWNER_NOW, SUPERVISORS),
    "review_target": (ASSIGNEE_LATER,),
    "review_limit": (SUPERVISORS,),
    "no_action": (OWNER_NOW, SUPERVISORS),
    "channel_dispute": (OWNER_NOW, ASSIGNEE_LATER),
    "regulator_accept": (OWNER_NOW,),
    "full_refund_window": (OWNER_NOW,),
    "claim_limit": (OWNER_LATER,),
    "auto_reversal_wait": (),
    "supplement": (),
    "confirm": (),
    "rejection_final": (),
    "abandoned": (),
    "withdrawal_arrival": (OWNER_LATER,),
    "evidence_purge": (),
}
ON_OPERATOR_BREACH = (OWNER_NOW, SUPERVISORS)


def notify(case: FiringCase, kind: str, **data: object) -> None:
    """Put down a notice of `kind` for everybody the table names."""
    _add_notices(case, kind, NOTICES.get(kind, ()), data)


def notify_people(case: FiringCase, kind: str, people: Iterable[int]) -> None:
    """For single colleagues to read in the desk; no letter."""
    for person in people:
        row = {"ticket_id": case.ticket.pk, "recipient_id": person, "audience": "", "kind": kind, "data": {}, "urgent": False}
        case.notices.append({**row, "state": Notification.State.SHOWN, "created_at": case.now, "not_before": case.now})


def notify_warning(case: FiringCase, key: str, level: str, due_at: datetime, binds: str, *, step: int = 0) -> None:
    """A deadline comes near. A customer's own is told at once when less than a day is left. `step`: warnings before this one."""
    soon = due_at - case.now < timedelta(hours=case.policy.urgent_hours)
    to = (
        (Notice(OWNER, urgent=soon),) if binds == "customer" else FIRST_WARNING.get(key, ()) + (SECOND_WARNING.get(key, ()) if step else ())
    )
    _add_notices(case, "timer.warned", to, {"timer": key, "level": level, "due_at": due_at.isoformat()})


def notify_breach(case: FiringCase, key: str, due_at: datetime) -> None:
    """A deadline has passed."""
    _add_notices(case, "timer.passed", ON_BREACH.get(key, ON_OPERATOR_BREACH), {"timer": key, "due_at": due_at.isoformat()})


def _add_notices(case: FiringCase, kind: str, notices: tuple[Notice, ...], data: dict[str, object]) -> None:
    for notice in notices:
        if notice == ON_CALL_PERSON:
            case.notices.extend(_on_call(case, kind, notices, data))
        else:
            case.notices.append(_row(case, kind, notice, data))


def _on_call(case: FiringCase, kind: str, notices: tuple[Notice, ...], data: dict[str, object]) -> Iterator[Row]:
    """One row for the person. Nobody fit on the roster, or one who has a part in it: the whole group, if it is not told anyway."""
    person = on_call_at(case.now)
    if person is not None and not _has_part(person.pk, case.ticket):
        yield {**_row(case, kind, OWNER_NOW, {**data, "on_call": True}), "recipient_id": person.pk}
    elif ON_CALL not in notices:
        yield _row(case, kind, ON_CALL, data)


def _has_part(person: int, ticket: FiringTicket) -> bool:
    """Asked of the database by key: a sweep's ticket is only what a warning needs of it."""
    about = Ticket.complained_about.through.objects.filter(ticket=ticket.pk, user=person)
    return person == ticket.owner_id or about.exists()


def _row(case: FiringCase, kind: str, notice: Notice, data: dict[str, object]) -> Row:
    ticket = case.ticket
    recipient_id = {OWNER: ticket.owner_id, ASSIGNEE: ticket.assignee_id}.get(notice.to)
    audience = "" if recipient_id else (Role.AGENT if notice.to == ASSIGNEE else notice.to)
    in_desk = bool(audience) and not (notice.urgent and notice.to != ASSIGNEE)
    return {
        "ticket_id": ticket.pk,
        "recipient_id": recipient_id,
        "audience": audience,
        "kind": kind,
        "data": data,
        "urgent": notice.urgent and not in_desk,
        "state": Notification.State.SHOWN if in_desk else Notification.State.PENDING,
        "created_at": case.now,
        "not_before": case.now if notice.urgent or in_desk else next_digest(case.now, case.policy.zone),
    }
