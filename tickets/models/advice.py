"""Short advice beside a complaint: what helps before it happens, and what not to do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.languages import localised_value


class AdviceManager(models.Manager["Advice"]):
    def checked_for(self, category: str, cause: str = "") -> models.QuerySet[Advice]:
        """What somebody has checked, for this category or for all, and for this cause or for any."""
        about = Q(category__in=("", category)) & Q(cause__in=("", cause))
        return self.filter(about, checked_on__isnull=False)


class Advice(models.Model):
    """One piece. Without a source and the day it was checked it is shown to nobody."""

    category = models.SlugField(_("category"), max_length=40, blank=True, help_text=_("Empty: for all."))
    cause = models.SlugField(_("cause"), max_length=40, blank=True, help_text=_("Only where the customer names this cause."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title_zh = models.CharField(_("title, in Chinese"), max_length=80)
    title_en = models.CharField(_("title, in English"), max_length=120)
    text_zh = models.TextField(_("text, in Chinese"))
    text_en = models.TextField(_("text, in English"))
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this was read."))
    checked_on = models.DateField(_("checked on"), null=True, blank=True, help_text=_("Empty: shown to nobody."))

    objects = AdviceManager()

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return localised_value(self, "title")

    @property
    def text(self) -> str:
        return localised_value(self, "text")
