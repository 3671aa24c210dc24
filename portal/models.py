"""Forms that were sent: a second tap, a reload or a replay finds the first one's answer and does nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SentForm(models.Model):
    """One form of one person, by the token in it. `location` is where its answer led."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    location = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "token"], name="form_sent_once")]

    def __str__(self) -> str:
        return self.location
