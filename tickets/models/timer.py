"""Timers: deadlines as rows. Their state is computed from now when read, never trusted to a sweep."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class TimerState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Timer(models.Model):
    """One deadline. The duration is a snapshot of the policy it was started under; `basis` explains the date.

    `next_at` is the next instant at which something is due (a warning or the deadline); null when nothing is.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="timers", db_index=False, verbose_name=_("ticket"))
    key = models.CharField(_("timer"), max_length=24)
    cycle = models.PositiveSmallIntegerField(_("round"), default=1)
    binds = models.CharField(_("binds"), max_length=12)
    clock = models.CharField(_("clock"), max_length=4)
    amount = models.PositiveSmallIntegerField(_("amount"), default=0)
    roll = models.BooleanField(_("moves off rest days"), default=False)
    warn_offsets = models.JSONField(_("warnings before"), default=list)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    remaining = models.PositiveSmallIntegerField(_("working days left"), null=True, blank=True, help_text=_("Working days, while paused."))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    held_since = models.DateTimeField(
        _("held since"), null=True, blank=True, help_text=_("The customer wrote to us: its end waits for our answer.")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True, help_text=_("Set once we have answered."))
    cancelled = models.BooleanField(_("cancelled"), default=False)
    overrun_at = models.DateTimeField(_("overrun at"), null=True, blank=True, help_text=_("Set once the deadline passed; never unset."))
    warn_at = models.JSONField(_("warnings due"), default=list, help_text=_("Pairs of level and instant (UTC, ISO 8601)."))
    warned = models.JSONField(_("warnings sent"), default=list, help_text=_("Levels already sent."))
    next_at = models.DateTimeField(_("next due at"), null=True, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    basis = models.JSONField(_("basis of the date"), default=dict)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["started_at", "id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "key", "cycle"], name="timer_once_per_cycle")]
        indexes = [
            models.Index(fields=["next_at", "ticket"], condition=Q(next_at__isnull=False), name="timer_next"),
            models.Index(fields=["provisional"], condition=Q(provisional=True, stopped_at=None), name="timer_provisional"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.due_at:%Y-%m-%d %H:%M}Z"

    @property
    def is_live(self) -> bool:
        """Neither stopped nor cancelled (it may be paused or past its due instant)."""
        return self.stopped_at is None and not self.cancelled

    @property
    def is_owed(self) -> bool:
        """A deadline of ours that is still to be kept, or to be made good: neither stopped nor paused, missed or not."""
        return self.binds == "operator" and self.is_live and self.paused_at is None

    @property
    def ends_at(self) -> datetime | None:
        """When its end takes effect: when it is due, or later where a word of the customer's holds it. None: not before we answer."""
        if self.held_since is None:
            return self.due_at
        return None if self.held_until is None else max(self.due_at, self.held_until)

    @property
    def is_held(self) -> bool:
        """What follows its end does not come on its date: the customer wrote, and we have not answered, or only lately."""
        return self.ends_at != self.due_at

    @property
    def is_met(self) -> bool:
        """Stopped in time."""
        return self.overrun_at is None and self.stopped_at is not None and not self._lies_past_end(self.stopped_at)

    def _lies_past_end(self, at: datetime) -> bool:
        end = self.ends_at
        return end is not None and at > end

    def state(self, now: datetime) -> TimerState:
        """Met ⇔ stopped at or before due; breached ⇔ later than due; a customer's window and our own purge expire instead."""
        overrun = TimerState.EXPIRED if self.binds in ("customer", "internal") else TimerState.BREACHED
        if self.overrun_at is not None:
            return overrun
        if self.cancelled:
            return TimerState.CANCELLED
        if self.stopped_at is not None:
            return overrun if self._lies_past_end(self.stopped_at) else TimerState.MET
        if self.paused_at is not None:
            return TimerState.PAUSED
        return overrun if self._lies_past_end(now) else TimerState.RUNNING

    def is_over(self, now: datetime) -> bool:
        """Rights and the clock's own transitions open at now ≥ due_at."""
        if self.overrun_at is not None:
            return True
        at, end = self.stopped_at or now, self.ends_at
        return not self.cancelled and self.paused_at is None and end is not None and at >= end

    def is_over_late(self, now: datetime) -> bool:
        """Past its deadline in the sense of a breach: recorded, or now > due_at while it ran."""
        return self.overrun_at is not None or (self.paused_at is None and self._lies_past_end(now))
