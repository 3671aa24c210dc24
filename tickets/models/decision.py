"""Decisions, their remedies, and requests for evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Decision(models.Model):
    """What a reviewer found. Takes effect at once, or when a supervisor who is not its author signs it."""

    class State(models.TextChoices):
        AWAITING = "awaiting_countersignature", _("waits for a second signature")
        EFFECTIVE = "effective", _("in effect")
        REFUSED = "refused", _("second signature refused")
        VOID = "void", _("void")

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        PARTLY_APPROVED = "partly_approved", _("approved in part")
        REJECTED = "rejected", _("rejected")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="decisions")
    cycle = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    state = models.CharField(max_length=26, choices=State.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(null=True, blank=True)
    why_countersigned = models.JSONField(default=list, help_text=_("Codes of why a second signature is needed."))
    refused_reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=30, blank=True)
    root_cause = models.CharField(max_length=20, blank=True)
    liability = models.CharField(max_length=14, blank=True)
    explanation = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    granted = models.JSONField(default=list, db_default=[], help_text=_("Demands that it meets."))
    evidence_ids = models.JSONField(default=list)
    on_record = models.BooleanField(default=False, help_text=_("A request for evidence ran out before it."))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(state="awaiting_countersignature"), name="one_decision_waits")
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state="awaiting_countersignature"), name="decision_inbox")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.state}"

    @property
    def favours_customer(self) -> bool:
        return self.verdict != self.Verdict.REJECTED


class Remedy(models.Model):
    """What is to be done for the customer. Once money is done, `amount` is what went out and `decided_amount` what was decided."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be done")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REPLACED = "replaced", _("part of a later decision")

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=24)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    decided_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reference = models.CharField(max_length=100, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = _("remedies")

    def __str__(self) -> str:
        return f"{self.kind} {self.amount or ''}"


class EvidenceRequest(models.Model):
    """Kinds of evidence a reviewer asked for; a pause of the review clocks."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="evidence_requests")
    cycle = models.PositiveSmallIntegerField()
    kinds = models.JSONField(default=list)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    unavailable = models.JSONField(default=list)
    after_item = models.BigIntegerField(default=0, help_text=_("The newest item at the time of asking: answers are newer."))
    expired = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return ", ".join(self.kinds)
