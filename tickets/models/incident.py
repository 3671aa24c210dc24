"""Incidents: one fault that many report. What is the same for all stands here; each ticket keeps its own clocks, files and outcome."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.conversation import Message
from tickets.models.querysets import IncidentQuerySet
from tickets.models.ticket import Ticket


class Incident(models.Model):
    """Suggested by the clock or a person, opened by a supervisor. At most one is live for a category and way to pay."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("resolved")
        DISMISSED = "dismissed", _("dismissed")

    LIVE: ClassVar = (State.SUGGESTED, State.OPEN)

    day = models.DateField(help_text=_("Of the suggestion, in the policy's zone; part of the reference."))
    policy = models.ForeignKey("sla.Policy", on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.SlugField(max_length=40, db_index=False)
    pay_method = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUGGESTED)
    title_zh = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    banner = models.BooleanField(default=False)
    began_at = models.DateTimeField(help_text=_("Reports from here on belong to it."))
    suggested_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True, help_text=_("Of the latest notice."))

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "pay_method"], condition=Q(state__in=["suggested", "open"]), name="incident_live_once"
            )
        ]
        indexes = [models.Index(fields=["ended_at"], name="incident_ended")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"P-{self.day:%Y%m%d}-{self.pk:03d}"


class IncidentEvent(models.Model):
    """One line of an incident's history. Appended, never edited."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.kind


class IncidentLink(models.Model):
    """A ticket that belongs to an incident; to one at most."""

    class How(models.TextChoices):
        OPENING = "opening", _("with the opening")
        BY_HAND = "by_hand", _("by hand")
        BY_POLICY = "by_policy", _("by itself")
        ME_TOO = "me_too", _("by the customer")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links", db_index=False)
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="incident_link")
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["incident", "id"], name="link_of_incident")]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.ticket_id}"


class IncidentNotice(models.Model):
    """What every linked customer is told, with the time of the next news. The latest one counts."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="notices", db_index=False)
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    body_zh = models.TextField()
    body_en = models.TextField()
    eta_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["incident", "number"], name="incident_notice_numbered_once")]

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.number}"


class IncidentDelivery(models.Model):
    """A notice that stands on a ticket. Its key is what makes sending twice impossible."""

    notice = models.ForeignKey(IncidentNotice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "ticket"], name="incident_notice_once_per_ticket")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.ticket_id}"


class IncidentRun(models.Model):
    """One action taken on every linked ticket, each by itself."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=30)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="incident_run_goes_on")]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.action}"


class IncidentOutcome(models.Model):
    """What came of it on one ticket: empty while it waits, done, or the code of the refusal."""

    DONE = "done"

    run = models.ForeignKey(IncidentRun, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "ticket"], name="incident_outcome_once")]
        indexes = [models.Index(fields=["run", "code"], name="outcome_of_run")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.code or '…'}"
