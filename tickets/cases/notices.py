"""Who is told what, and how quickly. Rows only; sending is delivery's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from accounts.roles import Role
from lib.bulk_sql import Row
from tickets.cases.case import Case, FiringCase
from tickets.delivery.sending import next_digest
from tickets.models import Notification
from tickets.workflow import TIMERS, event_row
from tickets.workflow.recipients import ASSIGNEE, HANDLER_NOW, ON_CALL, ON_CALL_PERSON, OWNER, OWNER_NOW, Notice


def notify(case: FiringCase, kind: str, **data: object) -> None:
    """Put down a notice of `kind` for everybody its row names."""
    row = event_row(kind)
    if row is None:
        return
    dates = _after_closing(case) if row.closes else []
    own = tuple(notice for notice in row.tells if notice.to == OWNER)
    _add_notices(case, kind, own, {**data, "dates": dates} if dates else data)
    _add_notices(case, kind, tuple(notice for notice in row.tells if notice not in own), data)


def _after_closing(case: FiringCase) -> list[tuple[str, str]]:
    """Until when it can come back."""
    if not isinstance(case, Case) or case.ticket.closed_at is None:
        return []
    objects = case.ticket.close_reason == "routed_after_sale"
    days = case.policy.objection_days if objects else case.policy.reopen_days
    return [("objection" if objects else "reopening", (case.ticket.closed_at + timedelta(days=days)).isoformat())]


def notify_people(case: FiringCase, kind: str, people: Iterable[int]) -> None:
    """For single colleagues to read in the desk, and where else they are told; no letter."""
    for person in people:
        row = {"ticket_id": case.ticket.pk, "recipient_id": person, "audience": "", "kind": kind, "data": {}, "urgent": False}
        row |= {"state": Notification.State.SHOWN, "to_channels": _is_for_channels(kind)}
        case.notices.append({**row, "created_at": case.now, "not_before": case.now})


def notify_warning(case: FiringCase, key: str, level: str, due_at: datetime, binds: str, *, step: int = 0) -> None:
    """A deadline comes near. A customer's own is told at once when less than a day is left. `step`: warnings before this one."""
    soon = due_at - case.now < timedelta(hours=case.policy.urgent_hours)
    row = TIMERS[key]
    to = (Notice(OWNER, urgent=soon),) if binds == "customer" else row.warns + (row.warns_again if step else ())
    _add_notices(case, "timer.warned", to, {"timer": key, "level": level, "due_at": due_at.isoformat()})


def notify_breach(case: FiringCase, key: str, due_at: datetime) -> None:
    """A deadline has passed."""
    _add_notices(case, "timer.passed", TIMERS[key].tells_when_over or (), {"timer": key, "due_at": due_at.isoformat()})


def _add_notices(case: FiringCase, kind: str, notices: tuple[Notice, ...], data: dict[str, object]) -> None:
    for notice in notices:
        if notice == ON_CALL_PERSON:
            case.notices.extend(_on_call(case, kind, notices, data))
        elif notice == HANDLER_NOW:
            case.notices.append(_handler(case, kind, data))
        else:
            case.notices.append(_row(case, kind, notice, data))


def _on_call(case: FiringCase, kind: str, notices: tuple[Notice, ...], data: dict[str, object]) -> Iterator[Row]:
    """One row for the person. Nobody fit on the roster, or one who has a part in it: the whole group, if it is not told anyway."""
    person = case.shared.on_call_at(case.now)
    if person is not None and not _has_part(case, person.pk):
        yield {**_row(case, kind, OWNER_NOW, {**data, "on_call": True}), "recipient_id": person.pk, "to_channels": True}
    elif ON_CALL not in notices:
        yield _row(case, kind, ON_CALL, data)


def _handler(case: FiringCase, kind: str, data: dict[str, object]) -> Row:
    """At once to whoever does the work now. Where nobody is there who has it, the agents see it in the desk and on their channel."""
    person = case.shared.here_for(case.ticket.assignee_id, case.now)
    if person is None or _has_part(case, person):
        return {**_row(case, kind, Notice(Role.AGENT), data), "to_channels": True}
    return {**_row(case, kind, OWNER_NOW, data), "recipient_id": person, "to_channels": True}


def _is_for_channels(kind: str) -> bool:
    row = event_row(kind)
    return row is not None and row.on_channels


def _has_part(case: FiringCase, person: int) -> bool:
    return person == case.ticket.owner_id or case.shared.is_about(case.ticket.pk, person)


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
        "to_channels": notice.to != OWNER and not in_desk and (notice.urgent or _is_for_channels(kind)),
        "created_at": case.now,
        "not_before": case.now if notice.urgent or in_desk else next_digest(case.now, case.policy.zone),
    }
