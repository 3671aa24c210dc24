"""Messages: replies with the time of the next news, questions, notes among colleagues."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from lib.redaction import holds_one_time_code, without_one_time_codes, without_secrets
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.guards import no_part_in_it, not_own_case
from tickets.cases.notices import notify, notify_people
from tickets.models import Message, Ticket, Visibility
from tickets.operations.engine import look, open_case
from tickets.operations.intake_clocks import restart_silence_timer
from tickets.operations.turns import customer_wrote, desk_replied, end_call
from tickets.workflow import Block, Data, Forbidden, Input, Invalid, NotFound, Refusal, Status, TimerKey, clean_fields
from tickets.workflow.inputs import ONE_TIME_CODE

MENTION = re.compile("[@＠][^\\s@＠]")
MESSAGE = (
    Input("body", "as_said", required=True),
    Input("visibility", "code", choices=(Visibility.PUBLIC.value, Visibility.INTERNAL.value)),
    Input("eta_at", "instant"),
)
ATTACHMENTS = Input("attachments", "ids")


def post_message(
    actor: User, ref: str, raw: Mapping[str, object], *, said_at: datetime | None = None, files: int = 0, folded: str = ""
) -> Message:
    """Say something on a filed ticket. A person of the desk who promises a time ends the wait for a first reply.

    `said_at`: when it was said, where it could be taken back for a moment after that; clocks count from then. `files`: how many
    the vault is about to put to it. `folded`: what an e-mail quoted, secrets masked here.
    Raises NotFound, Forbidden (notes and promises are the desk's; those complained about say nothing), WrongStatus for a draft, Invalid.
    """
    with open_case(actor, ref) as case:
        case.at = said_at or case.at
        message = _validate_message(case, raw)
        message.folded = without_one_time_codes(without_secrets(folded))
        message.save()
        _tell(case, message, {"files": files} if files else {})
    return message


def check_message(actor: User, ref: str, raw: Mapping[str, object]) -> tuple[Case, Message]:
    """The case and the message as it would be, secrets masked; nothing is written. Raises as `post_message` does."""
    ticket = Ticket.objects.visible_to(actor).select_related("owner").filter(ref=ref).first()
    if ticket is None:
        raise NotFound
    case = look(ticket.living, actor)
    return case, _validate_message(case, raw)


def _validate_message(case: Case, raw: Mapping[str, object]) -> Message:
    by_staff = not case.roles.isdisjoint(STAFF_ROLES)
    if not by_staff and Role.OWNER not in case.roles:
        raise Forbidden
    if not by_staff and isinstance(raw, Mapping) and (raw.get("visibility") == Visibility.INTERNAL or raw.get("eta_at")):
        raise Forbidden
    if conflict := no_part_in_it(case, None):
        raise Forbidden(conflict.code)
    if case.status == Status.DRAFT:
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
    return _message(case, clean_fields(MESSAGE, raw), by_staff)


CALL_PARTIES = ("customer", "channel", "merchant", "bank", "third_party")
CALL = (
    Input("who", "code", required=True, choices=CALL_PARTIES),
    Input("body", required=True),
    Input("follow_up_on", "date"),
)


def record_call(actor: User, ref: str, raw: Mapping[str, object]) -> Message:
    """A conversation by telephone, as a note among colleagues; and the day on which somebody asks again, or none any more.

    One with the customer that leaves nothing to ask again is the call they asked for.

    Raises NotFound, Forbidden (the desk's alone), WrongStatus for a draft, Invalid.
    """
    with open_case(actor, ref) as case:
        if case.roles.isdisjoint(STAFF_ROLES):
            raise Forbidden
        if conflict := not_own_case(case, None):
            raise Forbidden(conflict.code)
        data = clean_fields(CALL, raw)
        _check_day(case, data["follow_up_on"])
        message = _validate_message(case, {"body": data["body"], "visibility": Visibility.INTERNAL.value})
        message.save()
        case.ticket.follow_up_on = data["follow_up_on"]
        again = data["follow_up_on"].isoformat() if data["follow_up_on"] else None
        if data["who"] == "customer" and data["follow_up_on"] is None:
            end_call(case)
        case.record("call", {"message": message.pk, "who": data["who"], "follow_up_on": again}, internal=True)
    return message


def _check_day(case: Case, day: date | None) -> None:
    if day is not None and day < case.calendar.date_of(case.now):
        raise Invalid({"follow_up_on": [_("Choose today or a day to come.")]})


def report_refused_email(owner: User, ref: str, reasons: Sequence[str]) -> None:
    """Tell the owner, in the words of the active language, what of an e-mail was not taken and why. Raises NotFound."""
    with open_case(owner, ref) as case:
        case.record("letter_refused", {"count": len(reasons)})
        notify(case, "letter_refused", lines=list(reasons))


def report_held_letter(owner: User, ref: str, reason: str) -> None:
    """An e-mail to the complaint waits for a person of the desk: a word of its owner's all the same, until somebody has looked."""
    with open_case(owner, ref) as case:
        if case.status == Status.DRAFT:
            return
        case.record("letter_held", {"letter": reason}, internal=True)
        notify(case, "letter_held")
        customer_wrote(case)


def report_bounced_letter(owner: User, ref: str, status: str) -> bool:
    """The owner's mailbox refused a letter of ours: the address is marked, and who has the complaint hears of it, once. Raises NotFound."""
    with open_case(owner, ref) as case:
        if owner.bounced_address == owner.email:
            return False
        User.objects.filter(pk=owner.pk).update(bounced_address=owner.email)
        case.record("letter_bounced", {"reference": status} if status else {}, internal=True)
        notify(case, "letter_bounced")
    return True


def _message(case: Case, data: Data, by_staff: bool) -> Message:
    visibility = data["visibility"] or Visibility.PUBLIC
    _check_eta(data["eta_at"], case.at)
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


def mentioned_in(body: str, case: Case) -> list[int]:
    """Keys of the colleagues a note names with an @, by name or e-mail address; never the owner, who may not read it, nor its author."""
    if not MENTION.search(body):
        return []
    staff = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).exclude(pk__in=[case.ticket.owner_id, case.person.pk])
    return [each.pk for each in staff.distinct().order_by("pk") if _is_named(each, body)]


def _is_named(person: User, body: str) -> bool:
    names = filter(None, (person.name, person.email, person.email.partition("@")[0]))
    return any(re.search(rf"(?<![0-9A-Za-z])[@＠]{re.escape(name)}(?![0-9A-Za-z_-])", body, re.IGNORECASE) for name in names)


def _check_eta(eta_at: datetime | None, now: datetime) -> None:
    if eta_at is not None and eta_at <= now:
        raise Invalid({"eta_at": [_("Promise a time that is still to come.")]})


def _tell(case: Case, message: Message, more: Mapping[str, int]) -> None:
    if message.visibility == Visibility.INTERNAL:
        case.record("note", {"message": message.pk, **more}, internal=True)
        notify_people(case, "mentioned", mentioned_in(message.body, case))
        return
    case.search_words.append(message.body)
    if not message.by_staff:
        case.record("message", {"message": message.pk, **more})
        notify(case, "customer_message", **more)
        restart_silence_timer(case)
        customer_wrote(case)
        return
    if message.eta_at is not None:
        timers.stop(case, TimerKey.FIRST_RESPONSE)
    desk_replied(case, message.eta_at)
    case.record("reply", {"message": message.pk, "eta_at": message.eta_at.isoformat() if message.eta_at else None, **more})
    notify(case, "reply", **more)
