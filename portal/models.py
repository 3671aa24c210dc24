"""What customers ask of their own data: a deletion that waits, so that it can be taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeletionRequest(models.Model):
    """One of each person at most. Gone when it is taken back, and with the account when it is carried out wholly."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("carried out from"), db_index=True)
    begun = models.BooleanField(_("a part is deleted"), default=False)

    class Meta:
        verbose_name = _("request to delete one's data")
        verbose_name_plural = _("requests to delete one's data")

    def __str__(self) -> str:
        return f"{self.owner_id} {self.due_at:%Y-%m-%d}"
