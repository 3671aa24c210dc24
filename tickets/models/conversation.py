"""What was said and what happened: messages and append-only events."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket
from tickets.querysets import HistoryQuerySet


class Visibility(models.TextChoices):
    PUBLIC = "public", _("public")
    INTERNAL = "internal", _("internal")


class Message(models.Model):
    """A sentence from one person to another, or a note among colleagues."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    body = models.TextField()
    eta_at = models.DateTimeField(null=True, blank=True)
    by_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = HistoryQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["ticket", "created_at"], name="message_of_ticket")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.visibility}"  # never what it says: the admin shows this


class Event(models.Model):
    """One line of history. Appended by operations, numbered per ticket, never edited: triggers refuse it.

    `at` is the instant it counts from, `recorded_at` the instant it was written (later when a sweep was late).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="event_numbered_once")]
        indexes = [
            models.Index(fields=["actor"], condition=Q(actor__isnull=False), name="event_of_actor"),
            models.Index(fields=["recorded_at", "id"], name="event_by_time"),  # the audit search, whatever the day
            # What reports count as received, closed and taken up again: tickets.reports.flow.MOVES.
            models.Index(fields=["at"], condition=Q(from_status__in=["draft", "closed"]) | Q(to_status="closed"), name="event_flow"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"
