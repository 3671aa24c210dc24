"""Pages of the admin about versions of the rules: compare two, try out a deadline, look at what re-basing would move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.roles import Role, roles_of
from lib.dates import deadline_text
from lib.types import Text
from sla.errors import InvalidPolicy, SlaError
from sla.models import Policy
from tickets.models import Category
from tickets.operations.rebasing import Move, survey
from tickets.policy.comparison import differences
from tickets.policy.deadline_preview import foresee
from tickets.words import TIMER

SAMPLE = 20
MOMENT = "%Y-%m-%dT%H:%M"


def _version(label: Text) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Policy.objects.all(), label=label, empty_label=None)


class CompareForm(forms.Form):
    old = _version(gettext_lazy("Older version"))
    new = _version(gettext_lazy("Newer version"))


class RebaseForm(forms.Form):
    version = _version(gettext_lazy("Version"))


class ForeseeForm(forms.Form):
    """A start in the reader's zone; the category counts for the two deadlines whose length it says."""

    version = _version(gettext_lazy("Version"))
    timer = forms.ChoiceField(label=gettext_lazy("Deadline"), choices=lambda: TIMER.items())
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), required=False, help_text=gettext_lazy("Only for “Usual answer” and “Latest answer”.")
    )
    start = forms.DateTimeField(
        label=gettext_lazy("Start"), input_formats=[MOMENT, f"{MOMENT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Category.objects.order_by("policy__published_at", "position")
        known = {row.key: row.title for row in rows}
        self.fields["category"].choices = [("", "—"), *known.items()]  # type: ignore[attr-defined]


class RulesPages(admin.ModelAdmin):
    """For the admin of policies. Whoever may look at them may look here; nothing is written."""

    change_list_template = "admin/tickets/policy_list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = {"compare": self.compare, "foresee": self.foresee, "rebase": self.rebase}
        mine = [path(f"{name}/", self.admin_site.admin_view(require_safe(page)), name=f"sla_policy_{name}") for name, page in pages.items()]
        return [*mine, *super().get_urls()]

    def compare(self, request: HttpRequest) -> HttpResponse:
        versions = list(Policy.objects.order_by(F("published_at").desc(nulls_first=True), "-version")[:2])  # a draft stands first
        usual = {"new": versions[0].pk, "old": versions[-1].pk} if versions else {}
        form = CompareForm(request.GET if "new" in request.GET else usual)
        sections = differences(form.cleaned_data["old"], form.cleaned_data["new"]) if form.is_valid() else None
        return self._page(request, "policy_compare", _("Compare versions"), form=form, sections=sections)

    def foresee(self, request: HttpRequest) -> HttpResponse:
        """What would this deadline be?"""
        usual = {"version": Policy.objects.current(timezone.now()), "start": timezone.localtime().replace(second=0, microsecond=0)}
        asked = "timer" in request.GET
        form = ForeseeForm(request.GET if asked else None, initial=usual)
        found = self._preview_deadline(form) if asked and form.is_valid() else None
        return self._page(request, "policy_foresee", _("What would this deadline be?"), form=form, found=found)

    def _preview_deadline(self, form: ForeseeForm) -> object:
        said = form.cleaned_data
        try:
            return foresee(said["version"], said["timer"], said["category"], said["start"])
        except InvalidPolicy as error:
            form.add_error(None, error.problems)
        except SlaError as error:
            form.add_error("start", str(error))
        return None

    def rebase(self, request: HttpRequest) -> HttpResponse:
        """Only to look: it is done on the desk, by a supervisor, who answers for it."""
        form = RebaseForm(request.GET if "version" in request.GET else {"version": Policy.objects.current(timezone.now())})
        seen = survey(form.cleaned_data["version"]) if form.is_valid() else None
        context = {
            "seen": seen,
            "rows": [(TIMER.get(key, key), *counts) for key, *counts in seen.by_timer()] if seen else [],
            "sample": [describe_move(move) for move in seen.moves[:SAMPLE]] if seen else [],
            "desk": f"{reverse('desk:rebase')}?version={seen.version}" if seen and self._may_confirm(request, seen.version) else "",
        }
        return self._page(request, "policy_rebase", _("Re-base running complaints"), form=form, **context)

    def _may_confirm(self, request: HttpRequest, version: str) -> bool:
        return Role.SUPERVISOR in roles_of(request.user) and not Policy.objects.get(pk=version).is_draft

    def _page(self, request: HttpRequest, template: str, title: str, **context: object) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/tickets/{template}.html", whole)


def describe_move(move: Move) -> dict[str, object]:
    """A deadline and where it would go, in the words customers read."""
    kept = "" if move.effective_due_at == move.promised else deadline_text(move.effective_due_at)
    told = {"promised": deadline_text(move.promised), "would_be": deadline_text(move.would_be), "kept": kept}
    return {"ref": move.ref, "timer": TIMER.get(move.timer, move.timer), **told}
