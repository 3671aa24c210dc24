"""What the owner of a complaint has typed and not sent: of one form at a time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class UnsentForm(models.Model):
    """`typed`: the form, and its texts by their names. Another form that is begun takes its place."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="unsent_forms")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    typed = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("form not sent")
        verbose_name_plural = _("forms not sent")
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="unsent_once")]
        indexes = [models.Index(fields=["at"], name="unsent_by_age")]

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%Y-%m-%d}"  # never what it says
