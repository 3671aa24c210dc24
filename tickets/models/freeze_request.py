"""A freeze that somebody asked for at the door, before a code has proven the contact: no user, no case, nothing that can be read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FreezeRequest(models.Model):
    """One browser's. `digest` is of contact and account together: who asks for the same from elsewhere asked first when they did."""

    digest = models.CharField(max_length=64)
    sealed = models.TextField(help_text=_("The contact and what was typed, the account among it."))
    first_at = models.DateTimeField(_("first asked for at"))
    last_at = models.DateTimeField(_("last asked for at"))

    class Meta:
        verbose_name = _("freeze asked for, not proven yet")
        verbose_name_plural = _("freezes asked for, not proven yet")
        indexes = [models.Index(fields=["digest"], name="freeze_request_same"), models.Index(fields=["last_at"], name="freeze_request_age")]

    def __str__(self) -> str:
        return f"{self.pk} {self.first_at:%Y-%m-%d %H:%M}"
