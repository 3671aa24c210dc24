"""Money that came back, one row for each sum, and who raised a claim after it was handed in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Refund(models.Model):
    """A sum that went out or came back. Every page, letter and report that names money returned reads it here."""

    class Source(models.TextChoices):
        REMEDY = "remedy", _("a decision carried out")
        DESK = "desk", _("recorded by the desk")
        BILL = "bill", _("shown by a bill")
        ADAPTER = "adapter", _("reported by a program")
        OWNER = "owner", _("said by the customer")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="refunds", verbose_name=_("ticket"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    kind = models.CharField(_("remedy"), max_length=24, blank=True, help_text=_("Of the decision that was carried out."))
    issuer = models.CharField(_("issuer"), max_length=12, blank=True)
    number = models.CharField(_("order number"), max_length=64, blank=True, help_text=_("Empty: any of the complaint's."))
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)

    class Meta:
        ordering = ["id"]
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_above_nought")]
        indexes = [models.Index(fields=["at"], name="refund_at")]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class ClaimRaise(models.Model):
    """A supervisor raised the claim after the first submission. Whoever did neither decides nor signs on this complaint."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="claim_raises")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    after = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
