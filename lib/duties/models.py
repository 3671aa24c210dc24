"""What the clock remembers of itself: when a duty last ran, who runs it now, and which rows it could not do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DutyRun(models.Model):
    """One row for each duty, and for each queue of the workers: the last sign of life.

    `held_until`: somebody runs it now, or died of it; after that instant another may. `asked_again`: it was called meanwhile.
    """

    name = models.CharField(_("duty"), max_length=60, primary_key=True)
    token = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    asked_again = models.BooleanField(_("called again"), default=False)
    ended_at = models.DateTimeField(_("last done"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return self.name


class Failure(models.Model):
    """A row that a duty could not do, set aside until its next try; without a key, the duty itself. Gone once it is done."""

    duty = models.CharField(_("duty"), max_length=60)
    key = models.CharField(_("key"), max_length=40, blank=True)
    reference = models.CharField(_("reference"), max_length=60)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300)
    first_at = models.DateTimeField(_("first time"))
    next_at = models.DateTimeField(_("next try"))
    told_at = models.DateTimeField(_("admins told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("row set aside")
        verbose_name_plural = _("rows set aside")
        constraints = [models.UniqueConstraint(fields=["duty", "key"], name="failure_once")]
        indexes = [models.Index(fields=["first_at"], condition=Q(told_at=None), name="failure_untold")]

    def __str__(self) -> str:
        return f"{self.duty} {self.reference}"
