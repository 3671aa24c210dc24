"""What the freeze adapter was told and what it told us: calls that wait, and reports that were taken."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.freeze import Freeze


class FreezeCall(models.Model):
    """Something the freeze adapter is told about one freeze. `message_id` stays the same over all tries."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="calls")
    type = models.CharField(max_length=30)
    message_id = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("call of the freeze adapter")
        verbose_name_plural = _("calls of the freeze adapter")
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="freeze_call_waiting")]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"


class AdapterMessage(models.Model):
    """A report of the freeze adapter that was taken. The same id again gets the same answer, and nothing is done."""

    message_id = models.CharField(max_length=100, unique=True)
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="+", db_index=False)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("report of the freeze adapter")
        verbose_name_plural = _("reports of the freeze adapter")

    def __str__(self) -> str:
        return self.message_id
