"""Escalations: where a complaint was taken beyond the desk that handled it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Escalation(models.Model):
    """One target at one time. `by` is null when the clock did it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations")
    number = models.PositiveSmallIntegerField(default=1)
    target = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    points = models.JSONField(default=list, help_text=_("What the customer says to each answer: demand and text."))
    reference = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "target"], condition=Q(state="open"), name="one_open_escalation_per_target")
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.state}"
