"""Whose turn it is: what the customer wrote and nobody has answered, and what a person of the desk promised.

The one home of `unanswered_since`. A word of the customer's starts `next_reply` and holds what would end by itself; a person's public
reply, or an act of the desk that moves the complaint, answers it.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.roles import STAFF_ROLES, Role
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.models import Message, Visibility
from tickets.operations.effects import effect
from tickets.workflow import Data, Invalid, Status, TimerKey
from tickets.workflow.timers import TALK_TIMERS

FEWEST_DIGITS, MOST_DIGITS = 5, 20  # of a number that can be dialled


def customer_wrote(case: Case) -> None:
    """The owner said something, by whatever door. The first word that nobody has answered is the one that counts."""
    if case.ticket.unanswered_since is None:
        case.ticket.unanswered_since = case.at
        timers.start(case, TimerKey.NEXT_REPLY)
    timers.await_answer(case)


def desk_replied(case: Case, eta_at: datetime | None = None) -> None:
    """A person's public reply, which may promise a time. It answers what was there when it was written, and nothing later."""
    _answer(case)
    timers.stop(case, TimerKey.PROMISE)
    if eta_at is not None:
        timers.start(case, TimerKey.PROMISE, until=eta_at)
    if case.at < case.now and (later := _first_word_after(case)) is not None:
        at, case.at = case.at, later
        customer_wrote(case)
        case.at = at


def notice_promised(case: Case, eta_at: datetime) -> None:
    """A notice to many with a time: it takes the place of an earlier promise and answers nobody's question."""
    timers.cancel(case, TimerKey.PROMISE)
    timers.start(case, TimerKey.PROMISE, until=eta_at)


def complaint_moved(case: Case) -> None:
    """An act changed the status. One of the desk's answers what was asked, and keeps what was promised before it.

    Who ends their own complaint waits for nothing any more. What a program or the clock does answers nobody.
    """
    if Role.OWNER in case.roles:
        if case.status == Status.CLOSED:
            case.ticket.unanswered_since = None
            timers.cancel(case, *TALK_TIMERS)
    elif not case.roles.isdisjoint(STAFF_ROLES):
        _answer(case)
        promise = timers.live(case, TimerKey.PROMISE)
        if promise is not None and promise.pk is not None:  # not the one that came with this very act
            timers.stop(case, TimerKey.PROMISE)


def take_over_turn(case: Case, other: Case) -> None:
    """Joined: what nobody has answered here, nobody has answered there; of two clocks of a kind the earlier one holds."""
    since, theirs = case.ticket.unanswered_since, other.ticket.unanswered_since
    if since is not None:
        other.ticket.unanswered_since = min(since, theirs or since)
        timers.await_answer(other)
    for key in TALK_TIMERS:
        mine, their = timers.live(case, key), timers.live(other, key)
        if mine is None:
            continue
        if their is None:
            timers.adopt(other, mine)
        elif mine.due_at < their.due_at:
            timers.bring_forward(other, their, mine)
    case.ticket.unanswered_since = None
    timers.cancel(case, *TALK_TIMERS)


def _answer(case: Case) -> None:
    since = case.ticket.unanswered_since
    if since is not None and since > case.at:
        return
    case.ticket.unanswered_since = None
    timers.stop(case, TimerKey.NEXT_REPLY)
    timers.count_from_answer(case)


def _first_word_after(case: Case) -> datetime | None:
    """Of the owner, where a reply was written before it and comes after it."""
    words = Message.objects.filter(ticket=case.ticket, visibility=Visibility.PUBLIC, by_staff=False, created_at__gt=case.at)
    return words.order_by("created_at").values_list("created_at", flat=True).first()


# ---- A call that the customer asks for: it waits until somebody of the desk notes that they have spoken
def check_number(case: Case, data: Data) -> None:
    """Raises Invalid at number. A land line has no country before it, so nothing but its shape is asked."""
    digits = re.sub(r"[\s()+-]", "", data["number"])
    if not (digits.isdecimal() and FEWEST_DIGITS <= len(digits) <= MOST_DIGITS):
        raise Invalid({"number": [_("Enter the number as you would dial it.")]})


@effect("request_call", prepare=check_number)
def request_call(case: Case, data: Data) -> None:
    """A word of the customer's like any other: the complaint is unanswered until somebody has called, or written."""
    ticket = case.ticket
    ticket.call_number, ticket.call_when, ticket.call_asked_at = data["number"], data["when"] or "", case.at
    case.record("request_call", {"when": data["when"] or ""})
    notify(case, "request_call")
    customer_wrote(case)


def end_call(case: Case) -> None:
    """Somebody has spoken with them. Who and when stands in the history, beside the note of the call."""
    if case.ticket.call_asked_at is not None:
        case.ticket.call_number, case.ticket.call_when, case.ticket.call_asked_at = "", "", None
        desk_replied(case)
