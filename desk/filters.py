"""What the queue can be narrowed to, as parameters of its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from desk.lexicon import lexicon
from tickets.search import search
from tickets.vocabulary import LANES, WAITING_ON
from tickets.workflow import Stage, Status

Choices = tuple[tuple[str, str], ...]
Rows = QuerySet[Any]
FILED = [(status.value, status.value) for status in Status if status != Status.DRAFT]
DONE = (Status.RESOLVED.value, Status.CLOSED.value)


def _codes(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, code) for code in codes]


class QueueFilter(django_filters.FilterSet):
    """Codes as the API names them; `assignee` also takes me and none, `due` today."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    status = django_filters.ChoiceFilter(choices=FILED, label=_("Status"))
    stage = django_filters.ChoiceFilter(choices=_codes(tuple(Stage)), label=_("Stage"))
    category = django_filters.CharFilter(label=_("Category"))
    assignee = django_filters.CharFilter(method="by_assignee", label=_("Assignee"))
    waiting_on = django_filters.ChoiceFilter(choices=_codes(WAITING_ON), label=_("Waiting on"))
    lane = django_filters.ChoiceFilter(choices=_codes(LANES), label=_("Lane"))
    breached = django_filters.BooleanFilter(method="by_breach", label=_("Missed a deadline"))
    due = django_filters.ChoiceFilter(choices=[("today", "today")], method="by_due", label=_("Due"))

    follow_up = django_filters.ChoiceFilter(choices=[("due", "due")], method="by_follow_up", label=_("Follow-up"))

    def by_follow_up(self, rows: Rows, name: str, due: str) -> Rows:
        """The day has come, where the viewer is, on which somebody outside is to be asked again."""
        return rows.filter(follow_up_on__lte=timezone.localdate())

    def by_words(self, rows: Rows, name: str, q: str) -> Rows:
        return search(rows, q)

    def by_assignee(self, rows: Rows, name: str, who: str) -> Rows:
        if who == "me":
            return rows.filter(assignee=self.request.user)
        return rows.filter(assignee=None) if who == "none" else rows.filter(assignee__email=who.strip().lower())

    def by_breach(self, rows: Any, name: str, breached: bool) -> Rows:
        now = timezone.now()
        return rows.breached(now) if breached else rows.not_breached(now)

    def by_due(self, rows: Rows, name: str, due: str) -> Rows:
        """Today where the viewer is. A deadline at 24:00 is kept as 00:00 of the next day and counts to this one."""
        start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return rows.filter(due_at__gt=start, due_at__lte=start + timedelta(days=1))


@dataclass(frozen=True)
class FilterForm:
    """The filters' labels and choices in one language."""

    words: Mapping[str, str]
    status: Choices
    breached: Choices
    due: Choices
    assignee: Choices


@lru_cache(maxsize=4)
def filter_form(language: str) -> FilterForm:
    said = lexicon(language)
    with override(language):
        words = {name: str(each.label) for name, each in QueueFilter.base_filters.items()}
        words |= {
            "hint": gettext("Reference, order number, name or words"),
            "any": gettext("any"),
            "anybody": gettext("anybody"),
            "show": gettext("Show"),
            "clear": gettext("Clear"),
            "ignored": gettext("there is no such choice, so it was left out."),
        }
        return FilterForm(
            words=words,
            status=tuple((code, said.status[code]) for code, _same in FILED),
            breached=(("true", gettext("yes")), ("false", gettext("no"))),
            due=(("today", gettext("today")),),
            assignee=(("me", gettext("me")), ("none", gettext("nobody"))),
        )
