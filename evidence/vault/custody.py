"""The custody log: who did what with which item, when and why. Appended, never edited, each entry bound to the one before.

Every entry carries an HMAC over its content and its predecessor's digest, under a key that is not in the database; the head
says how far the log goes, under the same key. So a changed, removed, inserted or cut-off entry is found (`verify_custody`).
The head is locked last in a transaction and held until its end: ticket, then its children, then the head.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib import keyring as keys

GENESIS = "0" * 64
PURPOSE_LIMIT = 200


class CustodySubject(Protocol):
    """What an entry is about. The log outlives the rows it tells of, so it copies what names them."""

    @property
    def pk(self) -> int: ...
    @property
    def ticket_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str: ...


class CustodyAction(models.TextChoices):
    ARRIVED = "arrived", pgettext_lazy("custody", "arrived")
    CLEARED = "cleared", pgettext_lazy("custody", "checked and found sound")
    REFUSED = "refused", pgettext_lazy("custody", "refused by the check")
    SUPERSEDED = "superseded", pgettext_lazy("custody", "replaced by a newer one")
    RESTORED = "restored", pgettext_lazy("custody", "counts again")
    CONSENTED = "consented", pgettext_lazy("custody", "consent given")
    WITHDRAWN = "withdrawn", pgettext_lazy("custody", "consent withdrawn")
    VIEWED = "viewed", pgettext_lazy("custody", "looked at")
    UNMASKED = "unmasked", pgettext_lazy("custody", "shown unmasked")
    THUMBNAIL = "thumbnail", pgettext_lazy("custody", "seen as a small picture")
    NUMBER = "number", pgettext_lazy("custody", "number of the document read")
    ACCOUNT = "account", pgettext_lazy("custody", "account read in full")
    EXPORTED = "exported", pgettext_lazy("custody", "taken out in a dossier")
    ACCEPTED = "accepted", pgettext_lazy("custody", "accepted by an agent")
    REJECTED = "rejected", pgettext_lazy("custody", "refused by an agent")
    SENT = "sent", pgettext_lazy("custody", "sent with a message")
    RECLASSIFIED = "reclassified", pgettext_lazy("custody", "filed under another kind")
    MOVED = "moved", pgettext_lazy("custody", "moved to another complaint")
    HELD = "held", pgettext_lazy("custody", "legal hold set")
    RELEASED = "released", pgettext_lazy("custody", "legal hold ended")
    DELETED = "deleted", pgettext_lazy("custody", "taken back and deleted")
    ERASED = "erased", pgettext_lazy("custody", "deleted because its owner asked for it")
    PURGED = "purged", pgettext_lazy("custody", "deleted when its time was over")


class CustodyEntry(models.Model):
    """One thing that happened to one item."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=20, choices=CustodyAction)
    item_id = models.BigIntegerField()
    ticket_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=PURPOSE_LIMIT, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-seq"]
        verbose_name = _("custody entry")
        verbose_name_plural = _("custody log")
        indexes = [
            models.Index(fields=["item_id", "seq"], name="custody_of_item"),
            models.Index(fields=["ticket_id", "seq"], name="custody_of_ticket"),
            models.Index(fields=["by", "seq"], name="custody_by_person"),
            models.Index(fields=["at", "seq"], name="custody_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.action} {self.kind} #{self.item_id}"


class CustodyHead(models.Model):
    """How far the log goes. One row."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("end of the custody log")

    def __str__(self) -> str:
        return str(self.seq)


def record(
    action: str,
    items: Iterable[CustodySubject],
    *,
    by: models.Model | None,
    at: datetime,
    purpose: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Append one entry per item, as the last thing of the caller's transaction. `detail`: JSON values, nothing from inside a document."""
    chosen = list(items)
    if not chosen:
        return
    with transaction.atomic():
        head = _lock_head()
        entries = []
        for item in chosen:
            entry = CustodyEntry(
                seq=head.seq + 1, at=at, action=action, item_id=item.pk, ticket_id=item.ticket_id, kind=item.kind,
                sha256=item.sha256, by_id=by.pk if by else None, purpose=purpose, detail=dict(detail or {}), previous=head.digest,
            )  # fmt: skip
            entry.digest = digest_of(entry)
            head.seq, head.digest = entry.seq, entry.digest
            entries.append(entry)
        CustodyEntry.objects.bulk_create(entries)
        head.seal = seal_of(head)
        head.save()


def _lock_head() -> CustodyHead:
    """The head, made at the first entry. Two processes that make it at once: the primary key lets one through, both then lock it."""
    head = CustodyHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        CustodyHead.objects.bulk_create([CustodyHead(pk=1)], ignore_conflicts=True)
        head = CustodyHead.objects.select_for_update().get(pk=1)
    return head


def digest_of(entry: CustodyEntry) -> str:
    """What the entry's digest must be, from its own content and its predecessor's."""
    said = [
        entry.seq, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.action, entry.item_id, entry.ticket_id,
        entry.kind, entry.sha256, entry.by_id, entry.purpose, entry.detail, entry.previous,
    ]  # fmt: skip
    return keys.digest("custody", json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def seal_of(head: CustodyHead) -> str:
    return keys.digest("custody head", f"{head.seq} {head.digest}")
