"""The custody log: who did what with which item, when and why. Appended, never edited, each entry bound to the one before.

Each complaint has a chain of its own: every entry carries an HMAC over its content and its predecessor's digest, under a key that is not in
the database, and the end of the chain says under the same key how far it goes. So a changed, removed, inserted or cut-off entry is found
(`verify_custody`), and nobody waits for anybody else's complaint. The ends are locked last in a transaction, in the order of their
complaints: tickets, then their children, then the ends. Entries of before (without a number) are one chain of all complaints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib import keyring as keys
from lib.proofs import fingerprint, instant, veil

GENESIS = "0" * 64
PURPOSE_LIMIT = 200
SEQUENCE = "evidence_custody_number"


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
    number = models.PositiveIntegerField(null=True, editable=False, help_text=_("In the chain of its complaint."))
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
    """How far the log of before went, which was one chain of all complaints. One row, or none."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("end of the custody log")

    def __str__(self) -> str:
        return str(self.seq)


class CustodyChain(models.Model):
    """How far the chain of one complaint goes. It outlives its complaint."""

    ticket_id = models.BigIntegerField(primary_key=True)
    number = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("end of a complaint's custody log")
        verbose_name_plural = _("ends of the custody log")

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.number}"


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
        ends = _lock_ends({item.ticket_id for item in chosen})
        entries = []
        for seq, item in zip(_next_numbers(len(chosen)), chosen, strict=True):
            end = ends[item.ticket_id]
            entry = CustodyEntry(
                seq=seq, at=at, action=action, item_id=item.pk, ticket_id=item.ticket_id, kind=item.kind, sha256=item.sha256,
                by_id=by.pk if by else None, purpose=purpose, detail=dict(detail or {}), number=end.number + 1, previous=end.digest,
            )  # fmt: skip
            entry.digest = digest_of(entry)
            end.number, end.digest = end.number + 1, entry.digest
            entries.append(entry)
        CustodyEntry.objects.bulk_create(entries)
        for end in ends.values():
            end.seal = seal_of_chain(end)
            end.save(force_update=True)


def _lock_ends(tickets: set[int]) -> dict[int, CustodyChain]:
    """Made at the first entry. Two processes that make one at once: the primary key lets one through, both then lock it."""
    locked = CustodyChain.objects.select_for_update().order_by("pk")
    found = {row.pk: row for row in locked.filter(pk__in=tickets)}
    if fresh := sorted(tickets - set(found)):
        CustodyChain.objects.bulk_create([CustodyChain(pk=pk) for pk in fresh], ignore_conflicts=True)
        found = {row.pk: row for row in locked.filter(pk__in=tickets)}
    return found


def _next_numbers(count: int) -> list[int]:
    """Out of a sequence: nobody waits, and a transaction that is taken back leaves a hole. SQLite has one writer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [SEQUENCE, count])
            return sorted(row[0] for row in cursor.fetchall())
    newest = CustodyEntry.objects.aggregate(newest=models.Max("seq"))["newest"] or 0
    return list(range(newest + 1, newest + 1 + count))


def digest_of(entry: CustodyEntry) -> str:
    """What the entry's digest must be, from its own content and its predecessor's."""
    if entry.number is None:
        return _digest_of_before(entry)
    bound = [
        entry.seq, entry.number, instant(entry.at), str(entry.action), entry.item_id, entry.ticket_id, entry.kind, entry.sha256,
        entry.by_id, veil(entry.purpose), veil(entry.detail), entry.previous,
    ]  # fmt: skip
    return fingerprint("custody line", bound)


def _digest_of_before(entry: CustodyEntry) -> str:
    bound = [
        entry.seq, instant(entry.at), entry.action, entry.item_id, entry.ticket_id, entry.kind, entry.sha256, entry.by_id,
        entry.purpose, entry.detail, entry.previous,
    ]  # fmt: skip
    return fingerprint("custody", bound)


def seal_of(head: CustodyHead) -> str:
    return keys.digest("custody head", f"{head.seq} {head.digest}")


def seal_of_chain(end: CustodyChain) -> str:
    return keys.digest("custody chain", f"{end.ticket_id} {end.number} {end.digest}")
