"""Messages: replies with the time of the next news, questions, notes among colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from tickets import timers
from tickets.case import Case
from tickets.errors import Block, Forbidden, Invalid, Refusal
from tickets.inputs import ONE_TIME_CODE, Input, clean_fields
from tickets.models import Message, Visibility
from tickets.notifications import notify
from tickets.operations.beginning import customer_acted
from tickets.operations.performing import opened
from tickets.redaction import holds_one_time_code, without_one_time_codes
from tickets.workflow import Status

MESSAGE = (
    Input("body", "as_said", required=True),
    Input("visibility", "code", choices=(Visibility.PUBLIC.value, Visibility.INTERNAL.value)),
    Input("eta_at", "instant"),
)


def post_message(actor: User, ref: str, raw: Mapping[str, Any]) -> Message:
    """Say something on a filed ticket. A person of the desk who promises a time ends the wait for a first reply.

    Raises NotFound, Forbidden (notes and promises are the desk's), WrongStatus for a draft, Invalid.
    """
    with opened(actor, ref) as case:
        by_staff = not case.roles.isdisjoint(STAFF_ROLES)
        if not by_staff and Role.OWNER not in case.roles:
            raise Forbidden
        if not by_staff and isinstance(raw, Mapping) and (raw.get("visibility") == Visibility.INTERNAL or raw.get("eta_at")):
            raise Forbidden
        if case.status == Status.DRAFT:
            raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
        data = clean_fields(MESSAGE, raw)
        message = _message(case, data, by_staff)
        message.save()
        _tell(case, message)
    return message


def letter_refused(owner: User, ref: str, reasons: Sequence[str]) -> None:
    """Tell the owner, in the words of the active language, what of an e-mail was not taken and why. Raises NotFound."""
    with opened(owner, ref) as case:
        case.record("letter_refused", {"count": len(reasons)})
        notify(case, "letter_refused", lines=list(reasons))


def _message(case: Case, data: Mapping[str, Any], by_staff: bool) -> Message:
    visibility = data["visibility"] or Visibility.PUBLIC
    _check_eta(data["eta_at"], case.now)
    if not by_staff and holds_one_time_code(data["body"]):
        raise Invalid({"body": [ONE_TIME_CODE]})
    return Message(
        ticket=case.ticket,
        author=case.actor,
        visibility=visibility,
        body=without_one_time_codes(data["body"]),
        eta_at=data["eta_at"],
        by_staff=by_staff and case.ticket.owner_id != (case.actor.pk if case.actor else None),
        created_at=case.at,
    )


def _check_eta(eta_at: datetime | None, now: datetime) -> None:
    if eta_at is not None and eta_at <= now:
        raise Invalid({"eta_at": [_("Promise a time that is still to come.")]})


def _tell(case: Case, message: Message) -> None:
    if message.visibility == Visibility.INTERNAL:
        case.record("note", {"message": message.pk}, internal=True)
        return
    case.search_words.append(message.body)
    if not message.by_staff:
        case.record("message", {"message": message.pk})
        notify(case, "customer_message")
        customer_acted(case)
        return
    if message.eta_at is not None:
        timers.stop(case, "first_response")
    case.record("reply", {"message": message.pk, "eta_at": message.eta_at.isoformat() if message.eta_at else None})
    notify(case, "reply")
