"""The ticket: one complaint, its status and the facts that stand beside the status."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.querysets import IN_QUEUE, TicketQuerySet
from tickets.models.respondent import Respondent
from tickets.workflow import OF_PAYMENTS, STAGE_OF, Stage, Status

if TYPE_CHECKING:
    from tickets.models.freeze import Freeze


class Ticket(models.Model):
    """One complaint. Only operations write it; `version` grows with every one of them (the ETag).

    Every index is written anew whenever due_at moves, so none stands here that another one begins with (db_index=False).
    """

    ref = models.CharField(_("reference"), max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets", db_index=False, verbose_name=_("customer")
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("filed by")
    )
    channel = models.CharField(_("came by"), max_length=12, default="web")
    policy = models.ForeignKey("sla.Policy", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("policy"))
    category = models.SlugField(_("category"), max_length=40, blank=True, db_index=False)
    status = models.CharField(_("status"), max_length=20, default=Status.DRAFT)
    stage = models.CharField(_("stage"), max_length=12, default=Stage.INTAKE)
    waiting_on = models.CharField(_("waiting on"), max_length=10, null=True, blank=True, default="customer")
    lane = models.CharField(_("lane"), max_length=14, default="standard")
    cycle = models.PositiveSmallIntegerField(_("round of review"), default=1, help_text=_("Of the review."))
    version = models.PositiveIntegerField(_("version"), default=0)
    last_seq = models.PositiveIntegerField(_("last event"), default=0, help_text=_("Of the ticket's events."))

    refund_tier = models.CharField(_("refund tier"), max_length=14, null=True, blank=True)
    late_claim = models.BooleanField(_("late claim"), default=False)
    police_cooperation = models.BooleanField(_("works with the police"), default=False)
    liability_uncertain = models.BooleanField(_("liability uncertain"), default=False)
    outcome_disputed = models.BooleanField(_("outcome disputed"), default=False)
    not_me = models.BooleanField(_("not by the customer"), default=False)
    responsible_parties = models.JSONField(_("responsible parties"), default=list)
    routing = models.CharField(_("routed to"), max_length=40, null=True, blank=True)
    complained_about = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("complaint is about"))

    amount = models.DecimalField(_("amount claimed"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    incident_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    discovered_at = models.DateTimeField(_("discovered at"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("appeal submitted at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("reason of closing"), max_length=20, null=True, blank=True)
    reopen_requested_at = models.DateTimeField(_("reopening asked for at"), null=True, blank=True)
    legal_hold_until = models.DateTimeField(_("legal hold until"), null=True, blank=True)
    police_referred_at = models.DateTimeField(_("referred to the police at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False, verbose_name=_("joined into")
    )

    respondent = models.CharField(
        _("respondent"), max_length=200, blank=True, default="", db_default="", help_text=_("A key of the register, or a name as typed.")
    )
    account_masked = models.CharField(_("account, masked"), max_length=80, blank=True)
    account_hmac = models.CharField(_("account's digest"), max_length=64, blank=True)
    account_sealed = models.TextField(_("account, sealed"), blank=True, default="", db_default="")
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    statement = models.JSONField(_("statement"), default=dict, blank=True)
    demands = models.JSONField(_("demands"), default=list, blank=True)

    external_id = models.CharField(_("platform's own number"), max_length=100, blank=True, default="", db_default="")
    metadata = models.JSONField(_("platform's own notes"), default=dict, blank=True, db_default={})
    represented_by = models.JSONField(
        _("represented by"), null=True, blank=True, help_text=_("Who acts for the customer: name, as what, on which document.")
    )
    contact = models.CharField(
        _("contact not proven yet"), max_length=120, blank=True, default="", db_default="",
        help_text=_("A number, or external:<id> of the platform. Nobody has an account by it before they have proven it."),
    )  # fmt: skip

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned",
        db_index=False,
        verbose_name=_("assignee"),
    )
    unanswered_since = models.DateTimeField(
        _("unanswered since"), null=True, blank=True, help_text=_("The customer's first message that no person has answered.")
    )
    due_at = models.DateTimeField(
        _("next deadline"), null=True, blank=True, help_text=_("The earliest operator deadline not yet stopped, missed ones included.")
    )
    due_key = models.CharField(_("timer of the next deadline"), max_length=24, blank=True)
    evidence_need = models.PositiveSmallIntegerField(_("evidence needed"), default=0, help_text=_("Mandatory slots of its checklist."))
    evidence_have = models.PositiveSmallIntegerField(_("evidence there"), default=0, help_text=_("Those that are filled."))
    follow_up_on = models.DateField(
        _("follow-up on"), null=True, blank=True, help_text=_("The day on which somebody outside is asked again.")
    )
    call_asked_at = models.DateTimeField(
        _("call asked for at"), null=True, blank=True, help_text=_("The customer wants to be called; empty once somebody has.")
    )
    call_number = models.CharField(_("number to call"), max_length=40, blank=True, default="", db_default="")
    call_when = models.CharField(_("when to call"), max_length=12, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = TicketQuerySet.as_manager()
    _register: tuple[str, Respondent | None] | None = None

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(fields=["ref"], name="ticket_ref_once"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="ticket_status_known"),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="ticket_of_owner"),
            models.Index(fields=["-created_at", "-id"], name="ticket_newest"),
            models.Index(fields=["due_at", "id"], name="ticket_by_due"),  # closed ones too: a common word, ordering=due_at
            models.Index(fields=["status", "due_at", "id"], name="ticket_by_status"),
            models.Index(fields=["assignee", "due_at", "id"], name="ticket_of_assignee"),
            models.Index(fields=["category", "created_at"], name="ticket_by_category"),
            models.Index(fields=["account_hmac"], condition=~Q(account_hmac=""), name="ticket_account"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="ticket_external"),
            models.Index(fields=["contact"], condition=~Q(contact=""), name="ticket_contact"),
            models.Index(fields=["updated_at", "id"], name="ticket_changed"),
            models.Index(fields=["legal_hold_until"], condition=Q(legal_hold_until__isnull=False), name="ticket_held"),
            models.Index(fields=["follow_up_on"], condition=Q(follow_up_on__isnull=False), name="ticket_followed_up"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged"),
            models.Index(
                fields=["due_at", "id"],
                include=[
                    "ref", "category", "status", "stage", "waiting_on", "lane", "amount", "currency", "due_key",
                    "assignee", "late_claim", "refund_tier", "created_at", "evidence_need", "evidence_have", "unanswered_since",
                ],
                condition=IN_QUEUE,
                name="ticket_of_queue",
            ),
            models.Index(fields=["unanswered_since", "id"], condition=Q(unanswered_since__isnull=False), name="ticket_unanswered"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.ref

    @property
    def is_open(self) -> bool:
        return STAGE_OF[Status(self.status)] != Stage.DONE

    @property
    def living(self) -> Ticket:
        """Itself, or what it was joined into, however often: what reaches a merged complaint is for that one."""
        ticket = self
        while ticket.merged_into is not None:
            ticket = ticket.merged_into
        return ticket

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now

    @property
    def registered_respondent(self) -> Respondent | None:
        """As the register has it, looked up once; None where nobody was named, or somebody who is not in it."""
        if self._register is None or self._register[0] != self.respondent:
            self._register = self.respondent, Respondent.objects.filter(key=self.respondent).first() if self.respondent else None
        return self._register[1]

    @property
    def known_facts(self) -> dict[str, object]:
        """What was told, and what is known of the respondent: that is not asked."""
        respondent = self.registered_respondent
        return {**self.facts, OF_PAYMENTS: True} if respondent is not None and respondent.is_payment_institution else self.facts

    @property
    def live_freezes(self) -> list[Freeze]:
        """Asked for or in force, the oldest first."""
        return sorted((freeze for freeze in self.freezes.all() if freeze.is_live), key=lambda freeze: freeze.pk)

    @property
    def ever_submitted(self) -> bool:
        return self.submitted_at is not None


class ReferenceCounter(models.Model):
    """Where the numbers of a day begin, in the policy's zone.

    PostgreSQL counts by a sequence, which nobody waits for: a day's numbers begin at `first_value` of it. SQLite has one writer
    at a time, and counts in `last`.
    """

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
    first_value = models.BigIntegerField(null=True)
    offset = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"


class OrderReference(models.Model):
    """An order or transaction number somebody named. One order may have several channel numbers (A2-09)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="order_references", verbose_name=_("ticket"))
    issuer = models.CharField(_("issuer"), max_length=12)
    number = models.CharField(_("order number"), max_length=64)
    evidence_id = models.BigIntegerField(null=True, blank=True, help_text=_("The item that carries it, if one does."))
    warning = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="order_number")]
        verbose_name = _("order reference")
        verbose_name_plural = _("order references")

    def __str__(self) -> str:
        return f"{self.issuer}:{self.number}"


class Submission(models.Model):
    """What was handed in with an appeal, frozen: the checklist and the hash of every item."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checklist = models.JSONField(default=list)
    items = models.JSONField(default=list)
    statement = models.JSONField(default=dict)
    demands = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["ticket", "number"], name="submission_numbered_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.number}"


class SecurityTask(models.Model):
    """A step the owner took to make the account safe again. Gates the lifting of a protective freeze (A1-10)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="security_tasks")
    task = models.CharField(max_length=20)
    proof = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("“owner”, or an identity check's reference. Without one it counts for nothing."),
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "task"], name="security_task_once")]

    def __str__(self) -> str:
        return self.task
