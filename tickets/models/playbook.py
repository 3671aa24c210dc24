"""Playbooks: what each category of complaint asks for and where it may go. Data of one policy version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.languages import localised_value


class Category(models.Model):
    """One kind of complaint under one policy version. Editable while that version is a draft."""

    policy = models.ForeignKey("sla.Policy", on_delete=models.CASCADE, related_name="categories", verbose_name=_("policy"))
    key = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title_zh = models.CharField(_("title, in Chinese"), max_length=80)
    title_en = models.CharField(_("title, in English"), max_length=80)
    words_zh = models.CharField(_("customers' words, in Chinese"), max_length=120, blank=True, help_text=_("In the customer's own words."))
    words_en = models.CharField(_("customers' words, in English"), max_length=120, blank=True, help_text=_("In the customer's own words."))
    is_emergency = models.BooleanField(_("emergency"), default=False)
    emergency_facts = models.JSONField(
        _("facts of an emergency"), default=list, blank=True, help_text=_("Facts that together make it one.")
    )
    facts = models.JSONField(_("facts asked for"), default=list, blank=True)
    required_facts = models.JSONField(_("facts required"), default=list, blank=True)
    responsible_parties = models.JSONField(_("responsible parties"), default=list, blank=True)
    routing = models.CharField(_("routed to"), max_length=40, blank=True)
    parties_by_payee = models.BooleanField(_("parties by payee"), default=False)
    review_target_wd = models.PositiveSmallIntegerField(_("review target, working days"), null=True, blank=True)
    review_limit_wd = models.PositiveSmallIntegerField(_("review limit, working days"), null=True, blank=True)
    review_covers_payout = models.BooleanField(_("review covers the payout"), default=False)
    full_refund_window = models.BooleanField(_("full refund window"), default=False)
    burden_on_institution = models.BooleanField(_("burden of proof on the institution"), default=False)
    never_consumer = models.BooleanField(
        _("never a private purchase"), default=False, help_text=_("12315 and the consumers' association are then never open to it.")
    )
    remedies = models.JSONField(_("remedies"), default=list, blank=True)
    targets = models.JSONField(
        _("where it can be taken"), default=list, blank=True, help_text=_("In the order shown; a fact may be asked for.")
    )
    lane = models.CharField(_("lane"), max_length=20, default="standard")
    platform_freeze = models.BooleanField(
        _("frozen by the platform"), default=False, help_text=_("Filing records a freeze made by the platform.")
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(fields=["policy", "key"], name="category_once_per_policy")]

    def __str__(self) -> str:
        return f"{self.key} ({self.policy_id})"

    @property
    def title(self) -> str:
        return localised_value(self, "title")


class EvidenceSlot(models.Model):
    """One line of a category's checklist."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="slots", verbose_name=_("category"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.SlugField(_("kind of evidence"), max_length=40)
    required = models.BooleanField(_("required"), default=True)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=1)
    lane = models.CharField(_("lane"), max_length=20, blank=True, help_text=_("Only in this lane; empty: in every lane."))

    class Meta:
        ordering = ["position"]
        verbose_name = _("evidence slot")
        verbose_name_plural = _("evidence slots")
        constraints = [models.UniqueConstraint(fields=["category", "kind", "lane"], name="slot_once_per_category")]

    def __str__(self) -> str:
        return self.kind


class PayeeRule(models.Model):
    """Who answers for a charge, read off the payee's name on the bill. First rule that fits wins (A1-11)."""

    policy = models.ForeignKey("sla.Policy", on_delete=models.CASCADE, related_name="payee_rules", verbose_name=_("policy"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    contains = models.CharField(_("name contains"), max_length=40, help_text=_("A part of the payee's name."))
    responsible_parties = models.JSONField(_("responsible parties"), default=list)

    class Meta:
        ordering = ["position"]
        verbose_name = _("payee rule")
        verbose_name_plural = _("payee rules")

    def __str__(self) -> str:
        return self.contains


class EscalationTarget(models.Model):
    """Where a customer may turn. A contact nobody has verified is never shown to a victim (A0-32)."""

    key = models.SlugField(_("code"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title_zh = models.CharField(_("title, in Chinese"), max_length=80)
    title_en = models.CharField(_("title, in English"), max_length=80)
    does_zh = models.TextField(_("what it can do, in Chinese"), blank=True)
    does_en = models.TextField(_("what it can do, in English"), blank=True)
    cannot_zh = models.TextField(_("what it cannot do, in Chinese"), blank=True, default="", db_default="")
    cannot_en = models.TextField(_("what it cannot do, in English"), blank=True, default="", db_default="")
    asks_zh = models.TextField(_("what it asks for, in Chinese"), blank=True, default="", db_default="")
    asks_en = models.TextField(_("what it asks for, in English"), blank=True, default="", db_default="")
    contact = models.CharField(_("telephone"), max_length=200, blank=True)
    website = models.URLField(_("website"), blank=True, default="", db_default="")
    source = models.URLField(_("source"), max_length=300, blank=True, default="", db_default="", help_text=_("Where its contact was read."))
    hours = models.CharField(_("opening hours"), max_length=100, blank=True)
    verified_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("checked by")
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("escalation target")
        verbose_name_plural = _("escalation targets")

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return localised_value(self, "title")

    @property
    def does(self) -> str:
        return localised_value(self, "does")

    @property
    def cannot(self) -> str:
        return localised_value(self, "cannot")

    @property
    def asks(self) -> str:
        return localised_value(self, "asks")

    @property
    def shown_contact(self) -> str:
        return self.contact if self.verified_at else ""

    @property
    def shown_website(self) -> str:
        return self.website if self.verified_at else ""
