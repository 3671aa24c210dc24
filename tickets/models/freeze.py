"""Freezes: objects of their own, beside the ticket's status."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Freeze(models.Model):
    """One freeze of one account. requested → active → lifted, or failed. The account is kept as mask, HMAC and sealed."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ACTIVE = "active", _("active")
        LIFTED = "lifted", _("lifted")
        FAILED = "failed", _("failed")

    class Origin(models.TextChoices):
        USER_PROTECTIVE = "user_protective", _("asked for by the customer")
        PLATFORM_RISK = "platform_risk", _("made by the platform's risk control")
        LAW_ENFORCEMENT = "law_enforcement", _("ordered by law enforcement")

    LIVE: ClassVar = (State.REQUESTED, State.ACTIVE)

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="freezes")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=16, choices=Origin.choices, default=Origin.USER_PROTECTIVE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    account_hmac = models.CharField(max_length=64, blank=True)
    account_masked = models.CharField(max_length=80, blank=True)
    account_sealed = models.TextField(blank=True, default="", db_default="")
    requested_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    lift_requested_at = models.DateTimeField(null=True, blank=True)
    lift_proof = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("How the owner proved to be the owner; an identity check's reference."),
    )
    lift_waits_since = models.DateTimeField(null=True, blank=True, help_text=_("An operator lifts it; a supervisor has to sign."))
    lift_waits_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    authority = models.CharField(max_length=100, blank=True, default="", db_default="", help_text=_("Of a freeze by law enforcement."))
    document_no = models.CharField(max_length=100, blank=True, default="", db_default="")
    until = models.DateTimeField(null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_flood = models.BooleanField(default=False, db_default=False, help_text=_("One of very many from one place, by people who are new."))
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text=_("Somebody said that they are on it."))
    reference = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    within_1h_of_discovery = models.BooleanField(null=True)
    # Where the version before kept what FreezeCall tells now. Nothing reads them any more: they go with the next version.
    adapter_state = models.CharField(max_length=10, blank=True)
    adapter_attempts = models.PositiveSmallIntegerField(default=0)
    adapter_error = models.CharField(max_length=300, blank=True)
    adapter_next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "account_hmac"],
                condition=Q(state__in=["requested", "active"], origin="user_protective") & ~Q(account_hmac=""),
                name="one_live_freeze_per_account",
            )
        ]
        indexes = [models.Index(fields=["state", "requested_at"], name="freeze_by_state")]

    def __str__(self) -> str:
        return f"{self.account_masked} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in (self.State.REQUESTED, self.State.ACTIVE)
