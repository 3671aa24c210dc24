"""Policies by version. A published one is for reading; the next one starts as its copy. (The calendar: sla.admin_calendar.)"""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.admin_calendar import CalendarDayAdmin
from sla.errors import InvalidPolicy
from sla.models import Policy, TimerRule
from sla.publishing import new_draft, publish
from sla.timer_keys import timer_keys

__all__ = ["CalendarDayAdmin", "PolicyAdmin", "TimerRuleInline"]


class TimerRuleInline(admin.TabularInline):
    model = TimerRule
    extra = 0

    def get_max_num(self, request: HttpRequest, obj: Policy | None = None, **kwargs: object) -> int:
        return len(timer_keys())

    def has_add_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return obj is not None and obj.is_draft and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_delete_permission(request, obj)


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    list_display = ["version", "state", "published_at", "zone", "note"]
    readonly_fields = ["published_at"]
    inlines = [TimerRuleInline]
    actions = ["draft_from", "publish_draft"]

    @admin.display(description=gettext_lazy("state"))
    def state(self, policy: Policy) -> str:
        return _("draft") if policy.is_draft else _("published")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a version from nothing would lack timers; it starts as a copy

    def has_change_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> list[str]:
        return ["version", "published_at"]  # the version is the key: changing it would make a second policy

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., str], str, str] | None]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # it would ask for the whole selection, published ones among them
        return actions

    # A room above, whose rules belong to the version as well, makes and publishes the whole of it.
    def make_draft(self, policy: Policy) -> Policy:
        return new_draft(policy)

    def publish(self, policy: Policy, now: datetime) -> Policy:
        return publish(policy, now)

    @admin.action(description=gettext_lazy("New draft from this version"), permissions=["change"])
    def draft_from(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        for policy in queryset:
            draft = self.make_draft(policy)
            self.log_addition(request, draft, [{"added": {"name": "draft", "object": f"from {policy.version}"}}])
            messages.success(request, _("Draft %(draft)s made from %(version)s.") % {"draft": draft, "version": policy})

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish_draft(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        now = timezone.now()
        for policy in queryset:
            try:
                self.publish(policy, now)
            except InvalidPolicy as error:
                for problem in error.problems:
                    messages.error(request, f"{policy}: {problem}")
                continue
            self.log_change(request, policy, [{"changed": {"fields": ["published_at"]}}])
            messages.success(request, _("%s is published: new tickets are filed under it.") % policy)
