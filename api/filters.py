"""What a list of tickets can be narrowed by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from tickets.cases.search import search
from tickets.models import Category, OnCallShift, Respondent, Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.workflow import Input, Stage, Status
from tickets.workflow.inputs import instant
from tickets.workflow.vocabulary import LANES, WAITING_ON

ORDERINGS = (
    "due_at", "-due_at", "created_at", "-created_at", "updated_at", "-updated_at", "unanswered_since", "-unanswered_since",
    "amount", "-amount",
)  # fmt: skip
YES = ("true", "True", "1")
YES_NO = [(word, word) for word in (*YES, "false", "False", "0")]
# "+08:00" whose plus was not escaped arrives as a blank.
BLANK_OFFSET = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")


def _choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, code) for code in codes]


class CodesField(forms.MultipleChoiceField):
    """?status=a&status=b and ?status=a,b are the same."""

    def to_python(self, value: object) -> list[str]:
        return [code for each in super().to_python(value) for code in each.split(",") if code]


class CodesFilter(django_filters.MultipleChoiceFilter):
    field_class = CodesField

    def filter(self, qs: TicketQuerySet, value: list[str]) -> TicketQuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class CategoriesField(CodesField):
    """Of any version of the policy: what was filed under an older one is still there."""

    def valid_value(self, value: str) -> bool:
        return "\x00" not in value and Category.objects.filter(key=value).exists()


class CategoriesFilter(CodesFilter):
    field_class = CategoriesField


class AssigneeField(forms.CharField):
    """`me`, `none`, or the address of somebody who could be one. To a customer who works here is no business of theirs."""

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value)).strip().lower()
        if text not in ("", "me", "none"):
            validate_email(text)
        return text


class AssigneeFilter(django_filters.Filter):
    field_class = AssigneeField


class MomentField(forms.CharField):
    """An aware instant, read by the same rule as every other one."""

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return instant(BLANK_OFFSET.sub("+", text), Input("moment"))
        except ValueError as error:
            raise ValidationError(str(error.args[0])) from error


class MomentFilter(django_filters.Filter):
    field_class = MomentField


class TicketFilter(django_filters.FilterSet):
    """Before: earlier than; after: at or later than."""

    status = CodesFilter(choices=_choices(Status))
    stage = CodesFilter(choices=_choices(Stage))
    category = CategoriesFilter()
    assignee = AssigneeFilter(method="by_assignee")
    waiting_on = CodesFilter(choices=_choices(WAITING_ON))
    lane = CodesFilter(choices=_choices(LANES))
    respondent = django_filters.CharFilter(method="by_respondent")
    breached = django_filters.TypedChoiceFilter(choices=YES_NO, coerce=YES.__contains__, method="by_breach")
    overdue = django_filters.TypedChoiceFilter(choices=YES_NO, coerce=YES.__contains__, method="by_overdue")
    unanswered = django_filters.TypedChoiceFilter(choices=YES_NO, coerce=YES.__contains__, method="by_unanswered")
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt")
    due_after = MomentFilter(field_name="due_at", lookup_expr="gte")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gte")
    external_id = django_filters.CharFilter(field_name="external_id")
    q = django_filters.CharFilter(method="by_words")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def by_respondent(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        return queryset.filter(respondent__iexact=Respondent.objects.key_of(value))

    def by_assignee(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        if value == "none":
            return queryset.filter(assignee=None)
        if value == "me":
            return queryset.filter(assignee=self.request.user)
        return queryset.filter(assignee__email=value)

    def by_breach(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        now = timezone.now()
        return queryset.with_breach(now) if value else queryset.without_breach(now)

    def by_overdue(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """The same before a sweep and after it."""
        now = timezone.now()
        return queryset.overdue(now) if value else queryset.filter(Q(due_at=None) | Q(due_at__gte=now))

    def by_unanswered(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        return queryset.lacking_answer() if value else queryset.filter(unanswered_since=None)

    def by_words(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        return search(queryset, value)


class ShiftFilter(django_filters.FilterSet):
    """Times on call that touch a stretch of time."""

    ends_after = MomentFilter(field_name="to_at", lookup_expr="gt")
    begins_before = MomentFilter(field_name="from_at", lookup_expr="lt")

    class Meta:
        model = OnCallShift
        fields: list[str] = []
