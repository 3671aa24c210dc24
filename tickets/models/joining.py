"""Two complaints of one customer about one order, made one: what went over, to be given back where it was an error."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class TicketJoin(models.Model):
    """`record` holds keys of rows, dates and codes, no words of anybody's: see tickets.operations.joining."""

    survivor = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="joins_in", verbose_name=_("the one that goes on"))
    gone = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="joins_out", verbose_name=_("the one that closes"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    record = models.JSONField(default=dict, help_text=_("What went over, and what changed with it."))
    undone_at = models.DateTimeField(_("taken apart at"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("joining of complaints")
        verbose_name_plural = _("joinings of complaints")
        constraints = [models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="joined_once_at_a_time")]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.survivor_id}"
