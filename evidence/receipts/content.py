"""What a receipt says: computed from what was written then and can no longer change. No row is kept for it.

Number 0 is the filing, 1 and on the submissions. The digest covers only what stays: a freeze confirmed later or a clock that
was paused is shown as it stands today and leaves the digest alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django.conf import settings

from accounts.models import User
from accounts.roles import STAFF_ROLES, roles_of
from evidence.models import EvidenceItem
from evidence.receipts.codes import code_of, read_code
from lib.types import Record
from tickets.models import Event, Freeze, Ticket, Timer, Visibility
from tickets.models.querysets import TicketQuerySet
from tickets.policy.playbooks import title_of
from tickets.workflow import TIMERS, Forbidden, NotFound, WrongStatus

PLAIN = "text/plain"


@dataclass(frozen=True)
class ReceiptEntry:
    """One item as it was handed in. What was typed is short enough to be guessed from its hash, so only the owner sees that."""

    kind: str
    arrived_at: datetime
    sha256: str
    typed: bool

    @property
    def shown_sha256(self) -> str:
        return "" if self.typed else self.sha256


@dataclass(frozen=True)
class Receipt:
    ticket: Ticket
    number: int
    at: datetime
    filed_at: datetime
    entries: tuple[ReceiptEntry, ...]
    freeze: Freeze | None
    clocks: tuple[Timer, ...]

    @property
    def submitted_at(self) -> datetime | None:
        return self.at if self.number else None

    @property
    def category(self) -> str:
        return title_of(self.ticket.policy_id, self.ticket.category)

    @cached_property
    def code(self) -> str:
        return code_of(self.ticket.pk, self.number)

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}/receipts/{self.code}/"

    @cached_property
    def content(self) -> str:
        """Canonical JSON of what stays: keys sorted, no spaces, UTF-8, instants in UTC."""
        evidence = [{"arrived_at": _utc(e.arrived_at), "kind": e.kind, "sha256": e.shown_sha256} for e in self.entries]
        told = {
            "evidence": evidence,
            "filed_at": _utc(self.filed_at),
            "number": self.number,
            "reference": self.ticket.ref,
            "submitted_at": _utc(self.at) if self.number else None,
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()


def receipts(viewer: User, ref: str) -> list[Receipt]:
    """Every receipt of the ticket, the filing first. Raises as `filed_ticket` does."""
    return receipts_of(filed_ticket(viewer, ref, Ticket.objects.all()))


def filed_ticket(viewer: User, ref: str, tickets: TicketQuerySet) -> Ticket:
    """A ticket whose papers go to its owner and to people of the desk, not to programs.

    Raises NotFound, Forbidden, WrongStatus before it is filed.
    """
    ticket = tickets.visible_to(viewer).filter(ref=ref).first()
    if ticket is None:
        raise NotFound
    if ticket.owner_id != viewer.pk and roles_of(viewer).isdisjoint(STAFF_ROLES):
        raise Forbidden
    if ticket.reported_at is None:
        raise WrongStatus(ticket.status)
    return ticket


def verify_code(typed: str) -> Receipt:
    """The receipt of a code, for anybody. Raises NotFound, without a query, for a code that is not ours."""
    read = read_code(typed)
    ticket = Ticket.objects.filter(pk=read[0], reported_at__isnull=False).first() if read else None
    found = receipts_of(ticket) if ticket else []
    receipt = next((each for each in found if read and each.number == read[1]), None)
    if receipt is None:
        raise NotFound
    return receipt


def receipts_of(ticket: Ticket) -> list[Receipt]:
    """Of a ticket that was filed. Five queries, however much was handed in."""
    filed_at = ticket.reported_at
    if filed_at is None:
        return []
    arrived = {event.data.get("item"): event for event in _arrivals(ticket)}
    submissions = list(ticket.submissions.all())
    told = [{"id": pk, **event.data} for pk, event in arrived.items() if event.at <= filed_at]
    ids = {each["id"] for each in [*told, *(each for submission in submissions for each in submission.items)]}
    items = EvidenceItem.objects.defer("text", "fields").in_bulk(ids)
    at_filing = [each for each in told if each["id"] in items and not _was_deleted_by(items[each["id"]], filed_at)]
    handed_in = [(0, filed_at, at_filing), *((s.number, s.at, s.items) for s in submissions)]
    freeze = min(ticket.freezes.all(), key=lambda each: each.pk, default=None)
    timers = list(ticket.timers.all())
    return [Receipt(ticket, number, at, filed_at, _entries(listed, items), freeze, _clocks(timers, at)) for number, at, listed in handed_in]


def _arrivals(ticket: Ticket) -> Iterable[Event]:
    """From the history, which is never edited: a merge moves the items themselves to another ticket, and a kind may be corrected."""
    return Event.objects.filter(ticket=ticket, kind="evidence.added", visibility=Visibility.PUBLIC)


def _was_deleted_by(item: EvidenceItem, moment: datetime) -> bool:
    return item.deleted_at is not None and item.deleted_at <= moment


def _entries(listed: Iterable[Record], items: Mapping[int, EvidenceItem]) -> tuple[ReceiptEntry, ...]:
    known = [(each, items[each["id"]]) for each in listed if each["id"] in items]
    return tuple(
        ReceiptEntry(each["kind"], item.uploaded_at, each["sha256"], item.media_type.startswith(PLAIN))
        for each, item in known
        if not item.internal
    )


def _clocks(timers: Iterable[Timer], at: datetime) -> tuple[Timer, ...]:
    """What began with the act and was not over with it: a claim is preserved by the filing itself."""
    begun = (timer for timer in timers if timer.started_at == at and TIMERS[timer.key].owed)
    return tuple(timer for timer in begun if timer.stopped_at is None or timer.stopped_at > at)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
