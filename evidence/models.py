"""The vault's rows: items of evidence and the keys of their files. The bytes are in the storage named "evidence"."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evidence.querysets import EvidenceQuerySet
from evidence.vault.custody import CustodyChain, CustodyEntry, CustodyHead
from tickets.workflow.vocabulary import DESK_FILE

__all__ = [
    "CustodyChain",
    "CustodyEntry",
    "CustodyHead",
    "EvidenceItem",
    "HeldLetter",
    "HistorySeal",
    "PartialUpload",
    "SealedFile",
    "SubjectRequest",
    "UploadPart",
    "VaultRun",
]


class EvidenceItem(models.Model):
    """One piece of evidence as it arrived. Superseded or deleted, never overwritten: the row and its hash stay."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("received")
        SCANNING = "scanning", _("being checked")
        CLEAN = "clean", _("accepted")
        REJECTED = "rejected", _("refused")
        SUPERSEDED = "superseded", _("replaced")
        DELETED = "deleted", _("deleted")

    class Verdict(models.TextChoices):
        NONE = "", _("not looked at")
        ACCEPTED = "accepted", _("accepted by an agent")
        REJECTED = "rejected", _("refused by an agent")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="evidence", verbose_name=_("ticket"))
    kind = models.SlugField(_("kind"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    reason = models.CharField(_("reason of refusal"), max_length=40, blank=True, help_text=_("Why it was refused, as a code."))
    internal = models.BooleanField(
        _("for the desk only"), default=False, help_text=_("The operator's own, hidden from the customer until a decision stands on it.")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))

    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="attachments",
        help_text=_("With which it was sent."), verbose_name=_("message it came with")
    )  # fmt: skip

    fields = models.JSONField(_("typed fields"), default=dict, blank=True)
    text = models.TextField(_("text"), blank=True)

    media_type = models.CharField(_("media type"), max_length=80, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0, help_text=_("Of the original, in bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, help_text=_("Of the original, on arrival."))
    original_name = models.CharField(_("name of the file"), max_length=120, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    likeness = models.CharField(max_length=80, blank=True, help_text=_("What the picture looks like, as two hashes."))
    remarks = models.TextField(
        _("not shown"), default="", db_default="", blank=True, help_text=_("What the copy does not show, as codes with pages.")
    )

    original = models.CharField(max_length=80, blank=True, help_text=_("Name in the store."))
    safe = models.CharField(max_length=80, blank=True, help_text=_("Name of the copy people look at."))
    safe_type = models.CharField(max_length=80, blank=True)
    thumbnail = models.CharField(max_length=80, blank=True)
    secret = models.CharField(max_length=80, blank=True, help_text=_("Name of the sealed typed fields of a sensitive kind."))
    number_digest = models.CharField(max_length=64, blank=True, help_text=_("Of a document's number: equal numbers compare equal."))
    claimed_at = models.DateTimeField(_("inspection began at"), null=True, blank=True, help_text=_("When a worker began to inspect it."))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, help_text=_("Of the inspection."))

    consent_at = models.DateTimeField(_("consent given at"), null=True, blank=True)
    consent_version = models.CharField(_("consent version"), max_length=20, blank=True)

    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True, default=Verdict.NONE)
    verdict_reason = models.TextField(_("reason of the verdict"), blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("judged by")
    )
    verdict_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    superseded_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="supersedes")
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of evidence")
        verbose_name_plural = _("items of evidence")
        indexes = [
            models.Index(fields=["ticket", "kind"], name="evidence_of_ticket"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="evidence_by_hash"),
            models.Index(fields=["number_digest"], condition=~Q(number_digest=""), name="evidence_by_number"),
            models.Index(fields=["kind", "state", "id"], name="evidence_by_kind"),
            models.Index(fields=["claimed_at"], condition=Q(state__in=["uploaded", "scanning"]), name="evidence_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def has_file(self) -> bool:
        """True where bytes are or will be there to look at."""
        return bool(self.original or self.safe)

    @property
    def is_of_desk(self) -> bool:
        """Sent to the customer, or shown to colleagues, with a message: nothing to be judged or relied on."""
        return self.kind == DESK_FILE

    @property
    def is_unsent(self) -> bool:
        """Brought in for a message that is not sent yet: known to its author alone."""
        return self.is_of_desk and self.message_id is None

    @property
    def names(self) -> list[str]:
        """What of it lies in the store."""
        return [name for name in (self.original, self.safe, self.thumbnail, self.secret) if name]


class LikenessBand(models.Model):
    """A piece of an item's likeness, to find candidates for "nearly the same picture" by (see evidence.sandbox.perceptual_hash)."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="bands")
    band = models.PositiveIntegerField(db_index=True)

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.band}"


class SealedFile(models.Model):
    """The key of one file in the store, wrapped. Erasing it erases the file, wherever a copy of its bytes may lie."""

    name = models.CharField(max_length=80, unique=True, help_text=_("In the store."))
    item = models.ForeignKey(EvidenceItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="sealed")
    key_id = models.CharField(max_length=40, help_text=_("Of the key that wraps this file's own."))
    wrapped_key = models.BinaryField(max_length=60)
    size = models.PositiveIntegerField(help_text=_("Of the plain file, in bytes."))
    sha256 = models.CharField(max_length=64, help_text=_("Of the plain file."))
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True, help_text=_("When its key was destroyed."))
    gone_at = models.DateTimeField(null=True, blank=True, help_text=_("When its bytes were gone from the store."))

    class Meta:
        verbose_name = _("sealed file")
        verbose_name_plural = _("sealed files")
        indexes = [
            models.Index(fields=["made_at"], condition=Q(item=None, erased_at=None), name="sealed_of_nobody"),
            models.Index(fields=["erased_at"], condition=Q(erased_at__isnull=False, gone_at=None), name="sealed_to_remove"),
            models.Index(fields=["key_id", "id"], condition=Q(erased_at=None), name="sealed_by_key"),
        ]

    def __str__(self) -> str:
        return self.name


class PartialUpload(models.Model):
    """A file on its way in, and who sends it. Its parts are sealed as they come; with the last one it has its item."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.SlugField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    size = models.PositiveIntegerField(help_text=_("Of the whole file, in bytes."))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the whole file, as its sender says."))
    offset = models.PositiveIntegerField(default=0, help_text=_("How many bytes are here."))
    said = models.OneToOneField(
        SealedFile, null=True, on_delete=models.SET_NULL, related_name="said_of", help_text=_("What was typed beside it, sealed.")
    )
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField(help_text=_("When its last part came."))
    expires_at = models.DateTimeField(db_index=True)
    item = models.OneToOneField(EvidenceItem, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("file on its way in")
        verbose_name_plural = _("files on their way in")

    def __str__(self) -> str:
        return f"{self.kind} {self.offset}/{self.size}"


class UploadPart(models.Model):
    """Some of its bytes, from `offset` on."""

    upload = models.ForeignKey(PartialUpload, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveIntegerField()
    file = models.OneToOneField(SealedFile, on_delete=models.CASCADE, related_name="part")

    class Meta:
        ordering = ["offset"]
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_part_at_each_offset")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.offset}"


class UnknownFile(models.Model):
    """A file in the store that no row names, and since when it was seen. It may be newer than a database that was restored."""

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("file of nobody")
        verbose_name_plural = _("files of nobody")

    def __str__(self) -> str:
        return self.name


class HeldLetter(models.Model):
    """An e-mail to a complaint that no machine could settle: sealed as it came, until a person settles it or its time is over."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("e-mail", "waits for a person")
        RELEASED = "released", pgettext_lazy("e-mail", "to be put on the complaint")
        SETTLED = "settled", pgettext_lazy("e-mail", "settled")

    class Reason(models.TextChoices):
        SENDER = "sender", pgettext_lazy("e-mail", "sent from an address that is not the customer's")
        MACHINE = "machine", pgettext_lazy("e-mail", "looks as if a machine had sent it")
        UNREADABLE = "unreadable", pgettext_lazy("e-mail", "could not be read")
        FAILED = "failed", pgettext_lazy("e-mail", "could not be taken, several times")
        EMPTY = "empty", pgettext_lazy("e-mail", "nothing was found in it")
        TOO_LARGE = "too_large", pgettext_lazy("e-mail", "too large; only its beginning is here")
        STRANGER = "stranger", pgettext_lazy("e-mail", "answers no letter of ours")
        AUTOMATIC = "automatic", pgettext_lazy("e-mail", "sent by a machine")
        REFUSED = "refused", pgettext_lazy("e-mail", "not taken for what is in it, or not all of it")
        BEGUN = "begun", pgettext_lazy("e-mail", "begins a complaint; its sender was asked for the rest")
        TOO_MANY = "too_many", pgettext_lazy("e-mail", "one of many within an hour")

    ticket = models.ForeignKey("tickets.Ticket", null=True, blank=True, on_delete=models.CASCADE, related_name="held_letters")
    digest = models.CharField(max_length=64, unique=True, help_text=_("Of the letter, as the door for e-mail knows it."))
    reason = models.CharField(max_length=10, choices=Reason)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    file = models.OneToOneField(SealedFile, null=True, on_delete=models.SET_NULL, related_name="letter", help_text=_("As it came."))
    sender = models.CharField(max_length=64, blank=True, db_default="", help_text=_("Digest of the address that began with it."))
    at = models.DateTimeField()
    unkept = models.PositiveIntegerField(default=0, db_default=0, help_text=_("How many came after it for which there was no room."))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("e-mail set aside")
        verbose_name_plural = _("e-mails set aside")
        indexes = [models.Index(fields=["at"], condition=~Q(state="settled"), name="letters_to_settle")]

    def __str__(self) -> str:
        return f"{self.reason} {self.digest[:12]}"


class VaultRun(models.Model):
    """One piece of the privacy officer's long work: how far it is and what it found."""

    class Kind(models.TextChoices):
        PURGE = "purge", pgettext_lazy("run", "deletion of what is no longer needed")
        ROTATION = "rotation", pgettext_lazy("run", "change of keys")
        VERIFICATION = "verification", pgettext_lazy("run", "proof of the custody log")
        HISTORY = "history", pgettext_lazy("run", "proof of the history")

    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True, help_text=_("The worker's last sign of life."))
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(ended_at=None), name="one_run_of_a_kind_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"


class HistorySeal(models.Model):
    """How far the history of each complaint went at a moment, bound to the seal before by a key that is not in the database.

    `data` holds `heads` (by complaint: number and digest of its last event and of its last custody entry), `marks` (how far was looked),
    `before` (of an install that is older than its seals: how far what was there then has been sealed) and, of the first, `start`.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    data = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("seal of the history")
        verbose_name_plural = _("seals of the history")

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"


class SubjectRequest(models.Model):
    """A person's data handed out or erased: for whom, by whom, why, and how much it was. Nothing of the data."""

    class Kind(models.TextChoices):
        EXPORT = "export", pgettext_lazy("request about one's data", "handed out")
        ERASURE = "erasure", pgettext_lazy("request about one's data", "erased")

    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    counted = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class ErasureProposal(models.Model):
    """An officer's word that a person's data is to be erased. A second officer's carries it out."""

    subject = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("proposal to erase a person's data")
        verbose_name_plural = _("proposals to erase a person's data")

    def __str__(self) -> str:
        return f"{self.subject_id} {self.at:%Y-%m-%d}"


class DeletionRequest(models.Model):
    """A customer's wish to have all deleted. Gone when it is taken back, and with the account when it is carried out wholly."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("carried out from"), db_index=True)
    begun = models.BooleanField(_("a part is deleted"), default=False)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("request to delete one's data")
        verbose_name_plural = _("requests to delete one's data")

    def __str__(self) -> str:
        return f"{self.owner_id} {self.due_at:%Y-%m-%d}"
