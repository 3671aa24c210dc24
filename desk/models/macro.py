"""Macros: a text in both languages, a date to promise, what is done after it, or a whole finding to start from."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Macro(models.Model):
    """For a reply: text, date, acts. For a decision: finding, answer to each demand, explanation (the text)."""

    class Purpose(models.TextChoices):
        REPLY = "reply", _("Reply")
        APPROVE = "approve", _("Approval")
        REJECT = "reject", _("Rejection")

    class Unit(models.TextChoices):
        HOURS = "hours", _("hours")
        WORKING_DAYS = "wd", _("working days")

    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices, default=Purpose.REPLY)
    title_zh = models.CharField(_("name in Chinese"), max_length=60)
    title_en = models.CharField(_("name in English"), max_length=60)
    body_zh = models.TextField(_("text in Chinese"), blank=True, max_length=4000)
    body_en = models.TextField(_("text in English"), blank=True, max_length=4000)
    eta_amount = models.PositiveSmallIntegerField(
        _("more is heard within"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    eta_unit = models.CharField(_("unit"), max_length=5, choices=Unit.choices, default=Unit.WORKING_DAYS)

    assign_me = models.BooleanField(_("assign to me"), default=False)
    waive_wait = models.BooleanField(_("end the automatic wait"), default=False)
    start_review = models.BooleanField(_("start the review"), default=False)
    ask_for = models.JSONField(_("ask for evidence"), default=list, blank=True)

    root_cause = models.CharField(_("root cause"), max_length=20, blank=True)
    liability = models.CharField(_("who answers for it"), max_length=14, blank=True)
    reason_code = models.CharField(_("reason for the rejection"), max_length=30, blank=True)
    remedy = models.CharField(_("remedy"), max_length=24, blank=True)
    answer_zh = models.TextField(_("answer to each demand in Chinese"), blank=True, max_length=2000)
    answer_en = models.TextField(_("answer to each demand in English"), blank=True, max_length=2000)

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title_en
