"""How it went, in the customer's own eyes: one row for each closing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket

LOWEST, HIGHEST = 1, 5


class Rating(models.Model):
    """`closed_at` is the ticket's at that closing: a complaint that came back and closed again is asked about again."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ratings")
    closed_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(help_text=_("1 (badly) to 5 (well)."))
    in_time = models.BooleanField(null=True, blank=True, help_text=_("Was it in time? Empty: not answered."))
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["closed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "closed_at"], name="rated_once_per_closing"),
            models.CheckConstraint(condition=Q(score__gte=LOWEST, score__lte=HIGHEST), name="rating_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.score}"  # never what it says: the admin shows this
