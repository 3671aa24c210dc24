"""Where colleagues are told besides their letters: addresses on other channels, and one row for each message and channel."""

from __future__ import annotations

import logging

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.encryption import fernet_for
from tickets.models.notification import Notification

log = logging.getLogger(__name__)

PURPOSE = "channel address"


class ChannelAddress(models.Model):
    """Of one person of the desk, or of a group: what the group hears is told there once. An address is a key, so it lies encrypted."""

    class Audience(models.TextChoices):
        """The groups of colleagues, by the names of their roles, and whoever is on call, by the roster."""

        AGENTS = "agents", pgettext_lazy("audience", "Agents")
        FREEZE_OPERATORS = "freeze_operators", pgettext_lazy("audience", "Freeze operators")
        REVIEWERS = "reviewers", pgettext_lazy("audience", "Reviewers")
        SUPERVISORS = "supervisors", pgettext_lazy("audience", "Supervisors")
        PRIVACY_OFFICERS = "privacy_officers", pgettext_lazy("audience", "Privacy officers")
        ON_CALL = "on_call", pgettext_lazy("audience", "Whoever is on call (the roster)")

    channel = models.CharField(_("notification channel"), max_length=20)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="channel_addresses",
        verbose_name=_("person"),
    )
    audience = models.CharField(_("group or roster"), max_length=20, blank=True, choices=Audience)
    sealed = models.TextField(blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, help_text=_("Of a group's messages."))
    enabled = models.BooleanField(_("in use"), default=True)
    verified_at = models.DateTimeField(_("last taken at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = models.Manager["ChannelAddress"]()

    class Meta:
        verbose_name = _("notification address")
        verbose_name_plural = _("notification addresses")
        ordering = ["channel", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(audience="")) | (Q(user__isnull=True) & ~Q(audience="")),
                name="channel_address_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.user if self.user_id else self.get_audience_display()}"

    @property
    def address(self) -> str:
        """What was typed, readable. "" where a channel takes the person's own, and where its key is gone: it has to be typed again."""
        try:
            return fernet_for(PURPOSE).decrypt(self.sealed.encode()).decode() if self.sealed else ""
        except InvalidToken:
            log.error("Notification address %s cannot be read: the SECRET_KEY that sealed it is gone", self.pk)
            return ""

    def seal(self, address: str) -> None:
        """Not saved yet."""
        self.sealed = fernet_for(PURPOSE).encrypt(address.encode()).decode() if address else ""


class Delivery(models.Model):
    """One message on one channel. Without a notice: of the roster, or a test. A notice's own row holds its e-mail."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "waiting")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")

    notification = models.ForeignKey(
        Notification, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("notification")
    )
    address = models.ForeignKey(ChannelAddress, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("notification address"))
    channel = models.CharField(_("notification channel"), max_length=20)
    kind = models.CharField(_("kind"), max_length=40)
    urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = models.Manager["Delivery"]()

    class Meta:
        verbose_name = _("message on a channel")
        verbose_name_plural = _("messages on channels")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["notification", "address"], name="delivery_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.state}"
