"""What somebody is writing on a ticket and has not sent, and the reply that can still be taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.models import Ticket


class Draft(models.Model):
    """One form of one person on one ticket, as the browser would post it; card numbers masked.

    With `send_at` it is a reply on its way: sent then, unless its author takes it back before. `pressed_at` is when it was said.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    form = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    pressed_at = models.DateTimeField(null=True, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    refused = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "person", "form"], condition=Q(send_at=None), name="draft_once"),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(send_at__isnull=False), name="draft_to_send"),
            models.Index(fields=["person"], name="draft_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.at:%Y-%m-%d}"  # never what it says
