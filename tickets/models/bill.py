"""Bills of payment channels: what was read, what was found of our complaints, and layouts that people mapped. No line of a stranger's."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket

LONGEST_READING = timedelta(minutes=5)


class Bill(models.Model):
    """One file that was read. The file itself is not kept."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        DONE = "done", _("read")
        FAILED = "failed", _("not read")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    lines = models.PositiveIntegerField(default=0, help_text=_("Charges read so far."))
    headings = models.JSONField(default=list, help_text=_("What a person is to map, when the layout is not known."))
    unread = models.JSONField(default=dict, db_default={}, help_text=_("Lines that were not understood, counted by reason."))
    statuses = models.JSONField(default=dict, db_default={}, help_text=_("States of lines that nobody knows, counted."))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def is_stuck(self, now: datetime) -> bool:
        """Its reader died: no bill takes this long."""
        return self.state == self.State.READING and now - self.created_at > LONGEST_READING


class BillFinding(models.Model):
    """What a bill says about one complaint, and what a person made of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a person")
        CONFIRMED = "confirmed", _("confirmed")
        DISMISSED = "dismissed", _("set aside")

    class HeldBack(models.TextChoices):
        PROPOSED = "proposed", _("another finding proposes it")
        RETURNED = "returned", _("it has come back already")

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="findings", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="bill_findings")
    verdict = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    transactions = models.JSONField(default=list)
    party = models.CharField(max_length=16, blank=True)
    remedy = models.CharField(max_length=24, blank=True)
    channel_status = models.CharField(max_length=8, blank=True)
    held_back = models.CharField(
        max_length=8, choices=HeldBack.choices, blank=True, default="", db_default="", help_text=_("Why it proposes no money.")
    )
    instead = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["bill", "ticket"], name="bill_found_once")]
        indexes = [models.Index(fields=["bill", "id"], condition=Q(state="proposed"), name="bill_proposed")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.state}"

    @property
    def records_refund(self) -> bool:
        """Confirming it records money that came back."""
        return self.verdict == "refunded" and not self.held_back


class BillLayout(models.Model):
    """The columns of a bill that no program knew, as a person mapped them once: places from 0, by the headings' digest."""

    fingerprint = models.CharField(max_length=64, unique=True)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return ", ".join(self.headings)[:80]
