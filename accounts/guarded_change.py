"""A change of rules, contacts, roles or other people's addresses and factors, from proposal to end. Old and new values stay."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GuardedChange(models.Model):
    """`kind` names a row of accounts.guarded.KINDS; `target` is the key of what changes, `person` whose account it is, if it is one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for another admin")
        AGREED = "agreed", pgettext_lazy("guarded change", "agreed, waits for its date")
        DONE = "done", pgettext_lazy("guarded change", "carried out")
        WITHDRAWN = "withdrawn", pgettext_lazy("guarded change", "taken back")
        REFUSED = "refused", pgettext_lazy("guarded change", "refused")

    kind = models.SlugField(_("kind"), max_length=40)
    target = models.CharField(max_length=64)
    target_text = models.CharField(_("what changes"), max_length=200, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    old = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    new = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    touches = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    at = models.DateTimeField(_("proposed at"))
    alone = models.BooleanField(default=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("agreed by")
    )
    agreed_at = models.DateTimeField(_("agreed at"), null=True)
    effective_at = models.DateTimeField(_("takes effect at"), null=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    problem = models.TextField(_("why it was refused"), blank=True)

    class Meta:
        verbose_name = _("guarded change")
        verbose_name_plural = _("guarded changes")
        ordering = ("-id",)
        indexes = [models.Index(fields=["effective_at"], condition=models.Q(state="agreed"), name="guarded_changes_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.AGREED)
