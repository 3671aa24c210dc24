"""A reply on its way: for a moment its author can take it back, then it is posted as of the moment it was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from desk.models import Draft
from desk.ticket.drafts import MESSAGE, query_dict_of
from evidence.intake import say, sendable
from lib.duties.setting_aside import each_row, name_of
from lib.types import Context
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.models import Ticket
from tickets.operations import check_message
from tickets.workflow import Refusal, TimerKey

UNDO_SECONDS = 15
# Where the clock of the first reply ends this soon, nothing is held back: a dead worker must not turn a promise kept into one missed.
TOO_CLOSE = timedelta(minutes=10)


def send(person: User, ref: str, raw: Mapping[str, object], typed: Mapping[str, list[str]], files: Collection[int]) -> Draft | None:
    """Put a reply on its way; None when it was posted at once. `typed` is what comes back when it is taken back; the files lie ready.

    Everything that can be wrong with it is said now. Raises as evidence.operations.say does.
    """
    case, message = check_message(person, ref, raw)
    if _is_close(case):
        say(person, ref, raw, files)
        return None
    sendable(message, files)
    data = {**typed, "body": [message.body]}
    at = timezone.now()
    with transaction.atomic():
        Draft.objects.filter(person=person, ticket=case.ticket, form=MESSAGE, send_at=None).delete()
        until = at + timedelta(seconds=UNDO_SECONDS)
        going = {"typed": data, "raw": _plain(raw, message.body), "files": list(files)}
        return Draft.objects.create(person=person, ticket=case.ticket, form=MESSAGE, data=going, at=at, pressed_at=at, send_at=until)


def _plain(raw: Mapping[str, object], body: str) -> Context:
    return {"body": body, "visibility": "public", "eta_at": raw.get("eta_at")}


def _is_close(case: Case) -> bool:
    timer = timers.live(case, TimerKey.FIRST_RESPONSE)
    return timer is not None and timer.due_at - case.now < TOO_CLOSE


def take_back(person: User, ticket: Ticket) -> bool:
    """Into the box again, before what was typed there meanwhile. False when it has gone out already."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(person=person, ticket=ticket, send_at__isnull=False).order_by("-id").first()
        if row is None:
            return False
        _return_to_draft(row)
    return True


def _return_to_draft(row: Draft, refused: str = "") -> None:
    """Inside the caller's transaction."""
    data = dict(row.data["typed"])
    newer = Draft.objects.filter(person_id=row.person_id, ticket_id=row.ticket_id, form=row.form, send_at=None).first()
    if newer is not None:
        said = [*data.get("body", []), *newer.data.get("body", [])]
        data = {**data, **newer.data, "body": ["\n\n".join(filter(None, said))]}
        newer.delete()
    row.data, row.send_at, row.pressed_at, row.refused = data, None, None, refused
    row.save()


def release(ticket: Ticket, person: User | None = None) -> int:
    """Send what is on its way on this ticket without waiting longer: something else is about to be done. How many."""
    rows = Draft.objects.filter(ticket=ticket, send_at__isnull=False)
    rows = rows if person is None else rows.filter(person=person)
    return sum(_post(pk) for pk in rows.values_list("pk", flat=True))


def release_due(now: datetime) -> int:
    """Send every reply whose moment is over. How many."""
    return each_row(name_of(release_due), Draft.objects.filter(send_at__lte=now).order_by("send_at"), _post, now)


def _post(pk: int) -> int:
    """Claimed, posted and gone in one transaction: twice at once, it is sent once. What is refused goes back to its author's box."""
    with transaction.atomic():
        row = Draft.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, send_at__isnull=False).first()
        if row is None:
            return 0
        if not row.person.is_active:
            _return_to_draft(row, "forbidden")  # who has left says nothing more
            return 0
        ref = row.ticket.living.ref
        try:
            with transaction.atomic():
                say(row.person, ref, row.data["raw"], row.data.get("files", ()), said_at=row.pressed_at)
        except Refusal as refusal:
            _return_to_draft(row, refusal.code)
            return 0
        row.delete()
    return 1


def waiting_words(row: Draft, now: datetime) -> Context:
    """For the page: whose it is, what it says, how long still."""
    left = max(0, round((row.send_at - now).total_seconds())) if row.send_at else 0
    said = query_dict_of(row.data["typed"]).get("body", "")
    return {"body": said, "files": len(row.data.get("files", ())), "left": left, "who": str(row.person), "at": row.send_at}
