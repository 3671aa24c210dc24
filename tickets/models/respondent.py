"""Whom a complaint is about: the register of apps, channels, merchants and banks, kept in the admin."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.languages import localised_value


def compiles(pattern: str) -> None:
    """Raises ValidationError for what is no regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValidationError(_("This is no regular expression: %(why)s") % {"why": error}) from error


class RespondentManager(models.Manager["Respondent"]):
    def key_of(self, said: str) -> str:
        """The key of the one that is named so (by key or by either name), else the name as it was typed: nobody is refused."""
        plain = " ".join(said.split())
        named = models.Q(key=plain.casefold()) | models.Q(name_zh__iexact=plain) | models.Q(name_en__iexact=plain)
        return self.filter(named).values_list("key", flat=True).first() or plain

    def name_of(self, key: str) -> str:
        """As people read it; what somebody typed stays as it is."""
        found = self.filter(key=key).first() if key else None
        return found.name if found else key


class Respondent(models.Model):
    """An app, channel, merchant or bank. What nobody has checked about freezing there is never shown to a victim."""

    class Kind(models.TextChoices):
        APP = "app", _("app or product")
        CHANNEL = "channel", _("payment channel")
        MERCHANT = "merchant", _("merchant")
        BANK = "bank", _("bank")

    key = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Stands before an account: code:account."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name_zh = models.CharField(_("name, in Chinese"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    company = models.CharField(_("registered company"), max_length=120, blank=True, help_text=_("As authorities ask for it."))
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_payment_institution = models.BooleanField(
        _("bank, payment or clearing institution"), default=False, help_text=_("Complaints about it may go to 12363.")
    )
    is_ours = models.BooleanField(_("our own"), default=False, help_text=_("We freeze there ourselves."))
    account_label_zh = models.CharField(_("an account there, in Chinese"), max_length=80, blank=True, help_text=_("What it is called."))
    account_label_en = models.CharField(_("an account there, in English"), max_length=80, blank=True, help_text=_("What it is called."))
    account_pattern = models.CharField(
        _("pattern of an account"), max_length=200, blank=True, validators=[compiles], help_text=_("Asks again; never refuses.")
    )
    self_freeze_zh = models.TextField(_("how one freezes there oneself, in Chinese"), blank=True)
    self_freeze_en = models.TextField(_("how one freezes there oneself, in English"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this was read."))
    verified_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("checked by")
    )

    objects = RespondentManager()

    class Meta:
        verbose_name = _("respondent")
        verbose_name_plural = _("respondents")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised_value(self, "name")

    @property
    def account_label(self) -> str:
        return localised_value(self, "account_label")

    @property
    def shown_self_freeze(self) -> str:
        """Empty until somebody has checked it: a wrong path costs a victim their minutes."""
        return localised_value(self, "self_freeze") if self.verified_at else ""

    def fits(self, account: str) -> bool:
        """Whether it looks like an account there. What does not is asked about, never refused."""
        return not self.account_pattern or re.fullmatch(self.account_pattern, account.strip()) is not None
