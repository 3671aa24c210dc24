"""Places one can turn to, in the admin: their contacts are hidden until somebody has checked them, and checked again in time."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, propose_here
from tickets.admin.guarded_rules import CONTACT
from tickets.models import EscalationTarget
from tickets.policy.contacts import recheck_at, stale_targets, unverified_targets


class CheckedFilter(admin.SimpleListFilter):
    title = gettext_lazy("check of the contact")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("never", _("not checked: hidden")), ("stale", _("checked long ago"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[EscalationTarget]) -> QuerySet[EscalationTarget]:
        wanted = {"never": unverified_targets, "stale": lambda: stale_targets(timezone.now())}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(pk__in=wanted().values("pk"))


@admin.register(EscalationTarget)
class EscalationTargetAdmin(GuardedForm):
    """A contact is shown to customers only once somebody has checked it; a changed one has to be checked again."""

    guarded_kind = CONTACT

    change_list_template = "admin/tickets/contacts_list.html"

    list_display = ["key", "title_zh", "contact", "website", "hours", "verified_at", "verified_by", "recheck"]
    list_filter = [CheckedFilter]
    list_select_related = ["verified_by"]
    readonly_fields = ["key", "verified_at", "verified_by"]
    ordering = ["position"]
    actions = ["mark_verified"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the workflow knows them by key

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("check again by"))
    def recheck(self, target: EscalationTarget) -> datetime | None:
        return recheck_at(target)

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: EscalationTarget, form: forms.ModelForm, change: bool
    ) -> None:
        if not is_guarded() and {"contact", "website", "hours"} & set(form.changed_data) and obj.verified_at is not None:
            obj.verified_at = obj.verified_by = None
            messages.warning(request, _("The contact has changed: it is hidden until somebody marks it as verified."))
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Mark the contact as verified"), permissions=["change"])
    def mark_verified(self, request: HttpRequest, queryset: QuerySet[EscalationTarget]) -> None:
        now = timezone.now()
        for target in queryset:
            if not (target.contact or target.website):
                messages.error(request, _("%s has no contact to verify.") % target)
                continue
            if is_guarded():
                propose_here(request, CONTACT, target, {"verified_at": now})
                continue
            EscalationTarget.objects.filter(pk=target.pk).update(verified_at=now, verified_by=request.user)
            self.log_change(request, target, [{"changed": {"fields": ["verified_at", "verified_by"]}}])
            messages.success(request, _("%s is verified and shown to customers.") % target)
