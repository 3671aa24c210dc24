"""The core in the admin: rules as versions, places to turn to, and tickets as metadata to read. Nothing here bypasses an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, propose_here
from accounts.roles import Role, roles_of
from lib.types import Text
from sla.admin import PolicyAdmin, TimerRuleInline
from sla.models import Policy, RetentionRule, TimerRule
from tickets.admin.contacts import EscalationTargetAdmin
from tickets.admin.guarded_calendar import ASSIGNMENT, MovingCalendarAdmin
from tickets.admin.guarded_rules import POLICY
from tickets.admin.read_only import TIMER_TOLD, ByCategory, ReadOnly, ToldInWords, code_in_words, labelled_column, titles_in_force
from tickets.admin.rule_pages import RulesPages
from tickets.models import (
    AssignmentRule,
    Category,
    EscalationTarget,
    Event,
    EvidenceSlot,
    Message,
    Notification,
    PayeeRule,
    Tag,
    Ticket,
    Timer,
)
from tickets.operations import send_again
from tickets.operations.assigning import mode_of, modes
from tickets.policy.comparison import by_authority_text, extensions_text, value_text, warnings_text
from tickets.policy.playbooks import title_of
from tickets.policy.publishing import category_problems, new_version, publish_version
from tickets.policy.retention import KEPT_KINDS, floor_of
from tickets.words import (
    CHANNEL,
    CLOSE_REASON,
    EVENT,
    EVIDENCE_KIND,
    FACT,
    LANE,
    NOTICE,
    NOTICE_STAFF,
    PARTY,
    REFUND_TIER,
    REMEDY,
    ROUTING,
    STAGE,
    STATUS,
    TIMER,
    WAITING_ON,
)
from tickets.workflow.vocabulary import FACTS, LANES, PARTIES, REMEDIES

__all__ = ["EscalationTargetAdmin", "MovingCalendarAdmin"]


# ---- Rules, editable while their version is a draft
def is_draft(obj: Model | None) -> bool:
    """Of a policy, or of a row that belongs to one; no row yet: as a draft."""
    if obj is None or isinstance(obj, Policy):
        return obj is None or obj.is_draft
    return Policy.objects.filter(pk=getattr(obj, "policy_id", None), published_at=None).exists()


class DraftOnly(ToldInWords):
    """For admins and inlines of what belongs to a policy: a published one is only read."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)


class DraftInline(DraftOnly, admin.TabularInline):  # type: ignore[misc]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)


class PayeeRuleInline(DraftInline):
    model = PayeeRule
    told: ClassVar = {"responsible_parties": lambda row: value_text("responsible_parties", row.responsible_parties)}


class RetentionForm(forms.ModelForm):
    kind = forms.ChoiceField(choices=[(kind, EVIDENCE_KIND[kind]) for kind in KEPT_KINDS])

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if "kind" in data and (data.get("days") or 0) < floor_of(data["kind"]):
            self.add_error("days", _("the law asks for at least %(days)s days.") % {"days": floor_of(data["kind"])})
        return data


class RetentionInline(DraftInline):
    """A row for each kind of evidence."""

    model = RetentionRule
    form = RetentionForm
    told: ClassVar = {"kind": lambda row: EVIDENCE_KIND.get(row.kind, row.kind)}


class TimerInline(ToldInWords, TimerRuleInline):  # type: ignore[misc]
    """sla's, which does not know what a timer is called."""

    told: ClassVar = {
        "key": lambda rule: TIMER.get(rule.key, rule.key),
        "warn": warnings_text,
        "extensions": extensions_text,
        "by_authority": by_authority_text,
    }


admin.site.unregister(Policy)


@admin.register(Policy)
class WholePolicyAdmin(RulesPages, PolicyAdmin):
    """sla's, with one click for a whole draft and one for the whole of it to be published."""

    inlines = [TimerInline, RetentionInline, PayeeRuleInline]

    def make_draft(self, policy: Policy) -> Policy:
        return new_version(policy)

    def publish(self, policy: Policy, now: datetime) -> Policy:
        return publish_version(policy, now)

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish_draft(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        """By two admins, once there are cases."""
        if not is_guarded():
            super().publish_draft(request, queryset)
            return
        for policy in queryset:
            propose_here(request, POLICY, policy, {})


SEVERAL = ("facts", "required_facts", "emergency_facts", "responsible_parties", "remedies")


def _several(words: Mapping[str, Text], codes: Iterable[str]) -> forms.MultipleChoiceField:
    choices = [(code, words.get(code, code)) for code in codes]
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _in_order(before: list[str], ticked: list[str]) -> list[str]:
    """Questions are asked in the order written: boxes know none, so what stays keeps its place and what is new comes last."""
    return [*(code for code in before if code in ticked), *(code for code in ticked if code not in before)]


class CategoryAdminForm(forms.ModelForm):
    """Lists of codes as boxes to tick; the rest of the sense is checked as publishing will."""

    facts = _several(FACT, FACTS)
    required_facts = _several(FACT, FACTS)
    emergency_facts = _several(FACT, FACTS)
    responsible_parties = _several(PARTY, PARTIES)
    remedies = _several(REMEDY, sorted(REMEDIES))
    lane = forms.ChoiceField(choices=[(lane, LANE.get(lane, lane)) for lane in LANES])

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        for name in SEVERAL:
            data[name] = _in_order(getattr(self.instance, name) or [], data.get(name) or [])
        policy = data.get("policy") or getattr(self.instance, "policy", None)
        if not self.errors and policy is not None:
            for name, text in category_problems(Category(**{**data, "policy": policy}), [], policy.max_wd):
                self.add_error(name if name in self.fields else None, text)
        return data


class SlotForm(forms.ModelForm):
    kind = forms.ChoiceField(choices=[(kind, name) for kind, name in EVIDENCE_KIND.items()])
    lane = forms.ChoiceField(choices=[("", gettext_lazy("every lane")), *((lane, LANE[lane]) for lane in LANES)], required=False)


class SlotInline(DraftInline):
    model = EvidenceSlot
    form = SlotForm
    told: ClassVar = {
        "kind": lambda slot: EVIDENCE_KIND.get(slot.kind, slot.kind),
        "lane": lambda slot: LANE.get(slot.lane, gettext_lazy("every lane")),
    }


def _category_value(name: str, row: Category) -> str:
    return value_text(name, getattr(row, name))


def _places(row: Category) -> str:
    titles = {place.key: place.title for place in EscalationTarget.objects.all()}
    keys = [each if isinstance(each, str) else each["key"] for each in row.targets]
    facts = [None if isinstance(each, str) else each.get("needs_fact") for each in row.targets]
    return value_text("targets", [{"key": titles.get(key, key), "needs_fact": fact} for key, fact in zip(keys, facts, strict=True)])


@admin.register(Category)
class CategoryAdmin(DraftOnly, admin.ModelAdmin):
    form = CategoryAdminForm
    inlines = [SlotInline]
    told: ClassVar = {**{name: partial(_category_value, name) for name in (*SEVERAL, "lane")}, "targets": _places}
    list_display = ["key", "policy", "title_zh", "title_en", "is_emergency", "review_target_wd", "review_limit_wd", "position"]
    list_filter = ["policy", "is_emergency"]
    list_select_related = ["policy"]
    search_fields = ["key", "title_zh", "title_en"]
    ordering = ["-policy__published_at", "policy", "position"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Policy.objects.filter(published_at=None).exists() and super().has_add_permission(request)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> forms.ModelChoiceField | None:
        if db_field.name == "policy":
            kwargs["queryset"] = Policy.objects.filter(published_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["policy"] if obj else [])]

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., str], str, str] | None]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # it would ask for the whole selection, published ones among them
        return actions


def _rule_choices() -> dict[str, str]:
    """What a rule may be about, as the policy in force calls it."""
    return {"": _("All without a rule of their own"), **titles_in_force()}


class RuleForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = AssignmentRule._meta.get_field("category").verbose_name
        self.fields["category"] = forms.ChoiceField(choices=list(_rule_choices().items()), required=False, label=label)


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(GuardedForm):
    """How complaints are given out. A rule reaches new complaints at once, and within a minute those that nobody has.

    Once there are cases, by two admins: a new rule begins as what holds for its category already.
    """

    guarded_kind = ASSIGNMENT

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: AssignmentRule, form: forms.ModelForm, change: bool
    ) -> None:
        wanted = obj.mode
        if not change and is_guarded():
            obj.mode = mode_of(obj.category, modes())
        super().save_model(request, obj, form, change)
        if wanted != obj.mode and not change:
            propose_here(request, ASSIGNMENT, obj, {"mode": wanted})

    form = RuleForm
    list_filter = ["mode"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return [labelled_column(AssignmentRule, "category", partial(code_in_words, _rule_choices())), "mode"]


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """The words themselves: an operation puts them on complaints. Supervisors keep them, whatever else they may do here."""

    list_display = ["name", "tone", "archived"]
    list_editable = ["tone", "archived"]
    list_filter = ["archived", "tone"]
    search_fields = ["name"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _keeps_tags(request) or super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _keeps_tags(request) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _keeps_tags(request) or super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _keeps_tags(request) or super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # history names it: it is archived


def _keeps_tags(request: HttpRequest) -> bool:
    return Role.SUPERVISOR in roles_of(request.user)


# ---- What operations write: metadata, to read
@admin.register(Ticket)
class TicketAdmin(ReadOnly):
    words: ClassVar = {
        "status": STATUS, "stage": STAGE, "waiting_on": WAITING_ON, "lane": LANE, "channel": CHANNEL, "refund_tier": REFUND_TIER,
        "routing": ROUTING, "close_reason": CLOSE_REASON, "due_key": TIMER, "responsible_parties": PARTY,
    }  # fmt: skip
    list_display = ["ref", "category_title", "status", "waiting_on", "assignee", "due_at", "due_key", "created_at"]
    list_filter = ["status", "stage", ("category", ByCategory), "lane", "policy"]
    list_select_related = ["assignee"]
    search_fields = ["ref"]
    ordering = ["-created_at", "-id"]
    fields = (
        "ref", "owner", "filed_by", "channel", "policy", "category_title", "status", "stage", "waiting_on", "lane", "cycle",
        "version", "refund_tier", "late_claim", "amount", "currency", "assignee", "responsible_parties", "routing",
        "reported_at", "submitted_at", "due_at", "due_key", "closed_at", "close_reason", "legal_hold_until",
        "merged_into", "created_at", "updated_at",
    )  # fmt: skip

    @admin.display(description=Ticket._meta.get_field("category").verbose_name, ordering="category")
    def category_title(self, ticket: Ticket) -> str:
        """As the policy calls it under which the complaint was filed."""
        return title_of(ticket.policy_id, ticket.category) or ticket.category


@admin.register(Timer)
class TimerAdmin(ReadOnly):
    words: ClassVar = {"key": TIMER, "binds": dict(TimerRule.Binds.choices), "clock": dict(TimerRule.Clock.choices)}
    told = TIMER_TOLD
    list_display = ["ticket", "key", "cycle", "binds", "started_at", "due_at", "stopped_at", "overrun_at", "provisional"]
    list_filter = ["key", "binds", "provisional"]
    list_select_related = ["ticket"]
    search_fields = ["ticket__ref"]
    ordering = ["-id"]
    fields = (
        "ticket", "key", "cycle", "binds", "clock", "amount", "roll", "started_at", "due_at", "paused_at", "remaining",
        "stopped_at", "cancelled", "overrun_at", "warn_at", "warned", "next_at", "provisional", "basis",
    )  # fmt: skip


@admin.register(Event)
class EventAdmin(ReadOnly):
    """Without `data`: it may quote what people wrote."""

    words: ClassVar = {"kind": EVENT, "from_status": STATUS, "to_status": STATUS}
    list_display = ["ticket", "seq", "kind", "actor", "at", "recorded_at", "from_status", "to_status"]
    list_filter = ["kind"]
    list_select_related = ["ticket", "actor"]
    search_fields = ["ticket__ref"]
    ordering = ["-id"]
    fields = ("ticket", "seq", "kind", "actor", "at", "recorded_at", "from_status", "to_status", "visibility")


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """That somebody wrote, not what."""

    list_display = ["ticket", "author", "visibility", "by_staff", "eta_at", "created_at"]
    list_filter = ["visibility", "by_staff"]
    list_select_related = ["ticket", "author"]
    search_fields = ["ticket__ref"]
    ordering = ["-id"]
    fields = ("ticket", "author", "visibility", "by_staff", "eta_at", "created_at")


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    words: ClassVar = {"kind": {kind: said[0] for kind, said in {**NOTICE, **NOTICE_STAFF}.items()}}
    list_display = ["kind", "ticket", "recipient", "audience", "state", "urgent", "attempts", "not_before", "sent_at", "last_error"]
    list_filter = ["state", "kind", "audience", "urgent"]
    list_select_related = ["ticket", "recipient"]
    search_fields = ["ticket__ref", "recipient__email"]
    ordering = ["-id"]
    actions = ["try_again"]
    fields = (
        "kind", "ticket", "recipient", "audience", "state", "urgent", "attempts", "created_at", "not_before", "claimed_at",
        "sent_at", "last_error",
    )  # fmt: skip

    @admin.action(description=gettext_lazy("Send failed ones again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        failed = list(queryset.filter(state=Notification.State.FAILED))
        count = send_again(notice.pk for notice in failed)
        for notice in failed:
            self.log_change(request, notice, [{"changed": {"fields": ["state"]}}])
        message = ngettext("%(count)s notice is on its way again.", "%(count)s notices are on their way again.", count)
        messages.success(request, message % {"count": count})
