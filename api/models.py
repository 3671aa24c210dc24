"""The rows of this door's own trade: tokens of programs, the answers already given to a key, webhooks and their deliveries."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from tickets.models import Event


class Token(AbstractAuthToken):
    """A program's key to the API. Only its digest is kept; the token itself is shown once, when it is made."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list, help_text=_("What it is good for."))
    last4 = models.CharField(_("ends in"), max_length=4)
    proof_digest = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text=_("Of the code that was sent, while it works.")
    )
    proof_asked_at = models.DateTimeField(null=True, blank=True)
    proven_until = models.DateTimeField(null=True, blank=True, help_text=_("Its owner has freshly shown to be its owner."))

    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    needs_approval = models.BooleanField(
        _("needs an admin's approval"), default=False, db_default=False, help_text=_("Until then it opens nothing: a colleague made it.")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("approved by")
    )
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("handed out by"),
        help_text=_("The platform's machine that asked for it in the name of a customer."),
    )  # fmt: skip

    objects = models.Manager["Token"]()

    class Meta:
        swappable = "KNOX_TOKEN_MODEL"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} …{self.last4}"

    @property
    def is_waiting(self) -> bool:
        """For an admin to say yes."""
        return self.needs_approval and self.approved_at is None

    def is_freshly_proven(self) -> bool:
        """Whoever holds it has shown just now that they are its owner (`POST auth/proof/`)."""
        return self.proven_until is not None and self.proven_until > timezone.now()


class IdempotencyKey(models.Model):
    """The first answer to one key of one user. `status_code` is null while (or as long as) there is none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=255, help_text=_("Method and path."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the body."))
    status_code = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"{self.request} {self.status_code or ''}"


class Webhook(models.Model):
    """Where another program wants to be told, and of what. Its secret is computed: `api.webhooks.signing`."""

    public_id = models.UUIDField(_("number"), default=uuid.uuid4, unique=True, editable=False)
    url = models.CharField(_("address"), max_length=500)
    types = models.JSONField(_("told of"), default=list)
    active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created"))
    last_success_at = models.DateTimeField(_("last taken"), null=True, blank=True)
    secret_number = models.PositiveIntegerField(default=0, db_default=0, help_text=_("How often its secret was changed."))
    old_secret_number = models.PositiveIntegerField(null=True, blank=True, help_text=_("Which secret signed before."))
    old_secret_until = models.DateTimeField(null=True, blank=True, help_text=_("Until then the secret before signs calls as well."))
    warned_at = models.DateTimeField(null=True, blank=True, help_text=_("Admins were told that it will be switched off."))
    off_at = models.DateTimeField(null=True, blank=True, help_text=_("It was switched off by itself, and admins are to be told."))

    objects = models.Manager["Webhook"]()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One call. Without an event it is a ping."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(_("call number"), default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False, verbose_name=_("webhook"))
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(_("type"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), null=True)
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = models.Manager["WebhookDelivery"]()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["webhook", "event", "type"], name="webhook_told_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="webhook_waiting"),
            models.Index(fields=["webhook", "-id"], name="webhook_deliveries"),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"


class WebhookMark(models.Model):
    """How far the history was read at a moment: the highest number given out by then."""

    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    objects = models.Manager["WebhookMark"]()

    def __str__(self) -> str:
        return f"{self.event_id} {self.at}"
