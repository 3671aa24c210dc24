"""Where a complaint went beyond the desk that handled it, and which authorities sent it to us or ask about it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Escalation(models.Model):
    """One target at one time. `by` is null when the clock did it. Nothing says that it is there before it is filed."""

    class State(models.TextChoices):
        TO_BE_FILED = "to_be_filed", _("to be filed by the customer")
        HANDING_OVER = "handing_over", _("to be handed on by the desk")
        FILED = "filed", _("filed")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed with the complaint")

    OPEN: ClassVar = (State.TO_BE_FILED, State.HANDING_OVER, State.FILED)

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations")
    number = models.PositiveSmallIntegerField(default=1)
    target = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=State.choices, default=State.FILED)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    points = models.JSONField(default=list, help_text=_("What the customer says to each answer: demand and text."))
    filed_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was filed there; empty: it is not, as far as we know."))
    filed_reference = models.CharField(max_length=100, blank=True, default="", db_default="", help_text=_("The number it got there."))
    reference = models.CharField(max_length=100, blank=True, help_text=_("The latest number of theirs: of the filing, then of the answer."))
    outcome = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "target"],
                condition=Q(state__in=["to_be_filed", "handing_over", "filed"]),
                name="one_open_escalation_per_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Transfer(models.Model):
    """An authority sent us this complaint, or asks about it, and waits for our answer. `timer_cycle`: of its authority_reply."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="transfers")
    authority = models.CharField(_("authority"), max_length=24)
    number = models.CharField(_("their number"), max_length=100)
    received_at = models.DateTimeField(_("received at"))
    reply_by = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    timer_cycle = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    reply_reference = models.CharField(_("reference of the answer"), max_length=100, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        verbose_name = _("letter of an authority")
        verbose_name_plural = _("letters of authorities")
        constraints = [models.UniqueConstraint(fields=["ticket", "authority", "number"], name="transfer_once")]
        indexes = [models.Index(fields=["received_at"], condition=Q(replied_at=None), name="transfer_open")]

    def __str__(self) -> str:
        return f"{self.authority} {self.number}"
