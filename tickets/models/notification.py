"""Notices: rows first, sent after commit, found again by the sweep, visible when they failed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Notification(models.Model):
    """One notice to one person, or to one group (then `audience` names it and it shows in the desk).

    `state` and what follows are those of its e-mail; every other channel has a row of its own, a Delivery.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SHOWN = "shown", _("shown in the desk")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("ticket"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,
        verbose_name=_("recipient"),
    )
    audience = models.CharField(_("audience"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    data = models.JSONField(_("details"), default=dict)
    urgent = models.BooleanField(_("urgent"), default=False, help_text=_("At once; otherwise in the day's digest."))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("created at"))
    not_before = models.DateTimeField(_("not before"))
    claimed_at = models.DateTimeField(_("taken by a worker at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    handed_on_at = models.DateTimeField(
        _("handed on at"), null=True, blank=True, help_text=_("When it came to its recipient from a colleague who has left.")
    )
    to_channels = models.BooleanField(
        _("for other channels"), default=False, db_default=False, help_text=_("Still to be put onto the channels of who it is for.")
    )

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state="pending"), name="notification_waiting"),
            models.Index(fields=["id"], condition=Q(to_channels=True), name="notification_to_channels"),
            models.Index(fields=["state", "claimed_at"], condition=Q(state__in=["sending", "failed"]), name="notification_stuck"),
            models.Index(fields=["recipient", "-sent_at"], condition=Q(recipient__isnull=False), name="notification_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
