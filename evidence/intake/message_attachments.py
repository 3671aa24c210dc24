"""Files that go with a message. Each is an item of evidence like any other; it is brought in first, then sent with the words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from evidence.kinds import UNSORTED
from evidence.models import EvidenceItem
from evidence.operations.removing import erase
from evidence.vault import custody
from evidence.vault.custody import CustodyAction
from lib.duties.setting_aside import each_row, name_of
from tickets.cases.case import Case
from tickets.cases.checklist import COMING
from tickets.models import Message, Ticket, Visibility
from tickets.operations import post_message
from tickets.workflow import Invalid, Status
from tickets.workflow.vocabulary import DESK_FILE

State = EvidenceItem.State
AT_ONCE = 500


def say(actor: User, ref: str, raw: Mapping[str, object], attached: Collection[int] = (), *, said_at: datetime | None = None) -> Message:
    """Post a message with files its author has brought in: of kind desk_file at the desk, uncategorized_file for the owner.

    With a note among colleagues they stay among colleagues. All of it or nothing. Raises as post_message does, Invalid at attachments.
    """
    ids = sorted(set(attached))
    with transaction.atomic():
        message = post_message(actor, ref, raw, said_at=said_at, files=len(ids))
        if ids:
            attach_files(message, ids)
    return message


def attach_files(message: Message, ids: Collection[int]) -> None:
    """Under the lock of the message's ticket. Raises Invalid at attachments."""
    internal = message.visibility == Visibility.INTERNAL
    items = sendable(message, ids)
    EvidenceItem.objects.filter(pk__in=ids).update(message=message, internal=internal)
    custody.record(CustodyAction.SENT, items, by=message.author, at=timezone.now(), detail={"message": message.pk, "internal": internal})


def sendable(message: Message, ids: Collection[int]) -> list[EvidenceItem]:
    """The files of a message that is still to be written. Raises Invalid at attachments."""
    kind = DESK_FILE if message.by_staff or message.visibility == Visibility.INTERNAL else UNSORTED
    files = EvidenceItem.objects.filter(ticket=message.ticket_id, uploaded_by=message.author_id, kind=kind, message=None)
    items = list(files.filter(pk__in=ids).order_by("pk"))
    if len(items) != len(ids):
        raise Invalid({"attachments": [_("One of these files is not yours to send, or was sent already.")]})
    if any(item.state not in COMING for item in items):
        raise Invalid({"attachments": [_("One of these files was refused. Remove it, then send again.")]})
    return items


def attachments_by_message(viewer: User, case: Case) -> Mapping[int, list[EvidenceItem]]:
    """By the key of a message, the files that came with it and that the viewer may know of. No query where the evidence is at hand."""
    outside = viewer.pk == case.ticket.owner_id
    found: dict[int, list[EvidenceItem]] = defaultdict(list)
    for item in case.evidence:
        if item.message_id is not None and not (outside and item.internal):
            found[item.message_id].append(item)
    return found


def unsent_of(viewer: User, case: Case) -> list[EvidenceItem]:
    """What the viewer has brought in for a message on this ticket and not sent, oldest first."""
    return [item for item in case.evidence if item.is_unsent and item.uploaded_by_id == viewer.pk and item.state != State.DELETED]


def forget_unsent(before: datetime, now: datetime) -> int:
    """Delete what was brought in for a message before then, or on a ticket that is closed by now, and never sent. How many."""
    unsent = EvidenceItem.objects.filter(kind=DESK_FILE, message=None).exclude(state=State.DELETED)
    forgotten = unsent.filter(Q(uploaded_at__lt=before) | Q(ticket__status=Status.CLOSED))
    return each_row(name_of(forget_unsent), forgotten.order_by("pk"), _forget, now, AT_ONCE)


def _forget(pk: int) -> int:
    """Under its ticket's lock, looked at again: it may have been sent meanwhile."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(evidence=pk).first()
        items = list(EvidenceItem.objects.filter(pk=pk, message=None).exclude(state=State.DELETED)) if ticket else []
        erase(items, timezone.now(), CustodyAction.DELETED)
    return len(items)
