"""What was said and what happened: messages and append-only events."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.querysets import HistoryQuerySet
from tickets.models.ticket import Ticket


class Visibility(models.TextChoices):
    PUBLIC = "public", _("public")
    INTERNAL = "internal", _("internal")


class Message(models.Model):
    """A sentence from one person to another, or a note among colleagues."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False, verbose_name=_("ticket"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    visibility = models.CharField(_("visible to"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    body = models.TextField(_("text"))
    folded = models.TextField(
        _("folded"),
        blank=True,
        db_default="",
        default="",
        help_text=_("What an e-mail quoted, and its signature: shown when it is unfolded."),
    )
    eta_at = models.DateTimeField(_("next news promised for"), null=True, blank=True)
    by_staff = models.BooleanField(_("from the desk"), default=False)
    created_at = models.DateTimeField(_("written at"))

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["ticket", "created_at"], name="message_of_ticket")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.visibility}"  # never what it says: the admin shows this


class Event(models.Model):
    """One line of history. Appended by operations, numbered per ticket, never edited: triggers refuse it.

    `at` is the instant it counts from, `recorded_at` the instant it was written (later when a sweep was late).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", db_index=False, verbose_name=_("ticket"))
    seq = models.PositiveIntegerField(_("number in the history"))
    kind = models.CharField(_("kind"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("done by"),
    )
    at = models.DateTimeField(_("took effect at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    from_status = models.CharField(_("status before"), max_length=20, blank=True)
    to_status = models.CharField(_("status after"), max_length=20, blank=True)
    data = models.JSONField(_("details"), default=dict)
    visibility = models.CharField(_("visible to"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    # What proves it (tickets.cases.proofs). `erased`: digests of the words that were taken out, by where they stood.
    digest = models.CharField(_("digest"), max_length=64, null=True, editable=False)
    covers = models.JSONField(_("rows it proves"), null=True, editable=False)
    erased = models.JSONField(_("words taken out"), null=True, editable=False)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
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
