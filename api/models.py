"""The rows of this door's own trade: tokens of programs, and the answers already given to a key."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

READ, WRITE = "read", "write"
SCOPES = (READ, WRITE)


class Token(AbstractAuthToken):
    """A program's key to the API. Only its digest is kept; the token itself is shown once, when it is made."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list, help_text=_("read, write"))
    last4 = models.CharField(_("ends in"), max_length=4)

    objects = models.Manager["Token"]()

    class Meta:
        swappable = "KNOX_TOKEN_MODEL"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} …{self.last4}"


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
