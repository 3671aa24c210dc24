"""Letters that came in: each once, whatever the mail server says, and how far its taking in has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Message, Ticket


class MailFolder(models.Model):
    """How far a folder of the mailbox has been looked through: by the numbers the server gives, whatever somebody has read elsewhere."""

    name = models.CharField(max_length=200, unique=True, help_text=_("Who, where, and which folder."))
    uid_validity = models.PositiveBigIntegerField(default=0, help_text=_("Where it changes, all numbers begin anew."))
    last_uid = models.PositiveBigIntegerField(default=0)
    unsettled = models.JSONField(default=dict, help_text=_("Numbers up to there that come again, each with how often it was tried."))

    class Meta:
        verbose_name = _("mail folder")
        verbose_name_plural = _("mail folders")

    def __str__(self) -> str:
        return self.name


class Letter(models.Model):
    """Nothing of what was written: only which letter it was (a digest of its Message-ID and content) and what became of it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("put on the complaint")
        REFUSED = "refused", _("answered with a reason")
        AUTOMATIC = "automatic", _("sent by a machine")
        STRANGER = "stranger", _("not from the person the address was made for")
        TOO_MANY = "too_many", _("too many within an hour")
        TOO_LARGE = "too_large", _("too large")
        EMPTY = "empty", _("nothing in it")
        HELD = "held", _("waits for a person of the desk")
        BEGUN = "begun", _("kept; its sender was asked for the rest")

    digest = models.CharField(max_length=64, unique=True)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    reason = models.CharField(max_length=10, blank=True, db_default="", help_text=_("Why it waits for a person."))
    step = models.PositiveSmallIntegerField(default=0, help_text=_("What is done of it: its text, then each attachment."))
    refusals = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["at"], name="letter_by_time")]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.outcome}"
