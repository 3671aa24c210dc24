"""What the desk tells customers of others, in the admin: respondents, and advice. Shown once somebody has checked it."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guarded_admin import GuardedForm, propose_here
from tickets.admin.guarded_rules import RESPONDENT
from tickets.models import Advice, Respondent

TOLD = {"self_freeze_zh", "self_freeze_en"}


@admin.register(Respondent)
class RespondentAdmin(GuardedForm):
    """How one freezes there is shown to customers only once somebody has checked it; a changed text has to be checked again."""

    guarded_kind = RESPONDENT

    list_display = ["key", "name_zh", "name_en", "kind", "is_payment_institution", "is_ours", "verified_at", "position"]
    list_filter = ["kind", "is_payment_institution", "is_ours"]
    search_fields = ["key", "name_zh", "name_en", "company"]
    readonly_fields = ["verified_at", "verified_by"]
    actions = ["mark_verified"]

    def get_readonly_fields(self, request: HttpRequest, obj: Respondent | None = None) -> list[str]:
        return [*self.readonly_fields, *(["key"] if obj else [])]  # complaints name it by its key

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: Respondent, form: forms.ModelForm, change: bool
    ) -> None:
        if not self.by_two and TOLD & set(form.changed_data) and obj.verified_at is not None:
            obj.verified_at = obj.verified_by = None
            messages.warning(request, _("How one freezes there has changed: it is hidden until somebody marks it as verified."))
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Mark how one freezes there as verified"), permissions=["change"])
    def mark_verified(self, request: HttpRequest, queryset: QuerySet[Respondent]) -> None:
        for respondent in queryset:
            if not (respondent.self_freeze_zh and respondent.self_freeze_en and respondent.source):
                messages.error(request, _("%s: say in both languages how one freezes there, and where you read it.") % respondent)
                continue
            if self.by_two:
                propose_here(request, RESPONDENT, respondent, {"verified_at": timezone.now()})
                continue
            Respondent.objects.filter(pk=respondent.pk).update(verified_at=timezone.now(), verified_by=request.user)
            self.log_change(request, respondent, [{"changed": {"fields": ["verified_at", "verified_by"]}}])
            messages.success(request, _("%s is verified and shown to customers.") % respondent)


class AdviceForm(forms.ModelForm):
    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("checked_on") and not data.get("source"):
            self.add_error("source", _("Say where this was read: without it, it is shown to nobody."))
        return data


@admin.register(Advice)
class AdviceAdmin(admin.ModelAdmin):
    form = AdviceForm
    list_display = ["title_zh", "category", "cause", "source", "checked_on", "position"]
    list_filter = ["category"]
    search_fields = ["title_zh", "title_en", "text_zh", "text_en"]
