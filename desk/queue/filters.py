"""What the queue can be narrowed to, as parameters of its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.shell.access import viewer
from desk.shell.cached_labels import labels_in
from tickets.cases.search import matching, search
from tickets.models import Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.workflow import STAGE_OF, Stage, Status
from tickets.workflow.vocabulary import LANES, WAITING_ON

FilterValues = tuple[str, ...]
Choices = tuple[tuple[str, str], ...]
Rows = QuerySet[Ticket]
FILED_STATUSES = [(status.value, status.value) for status in Status if status != Status.DRAFT]
DUE = ("overdue", "today")
YES = "true"
DONE = (Status.RESOLVED.value, Status.CLOSED.value)


def _codes(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, code) for code in codes]


class Asker(NamedTuple):
    """Who asks, and when it is for them."""

    pk: int
    now: datetime
    today: date
    next_midnight: datetime
    words: str = ""  # as tickets.cases.search reads them; empty: they are not read yet


def asker_of(user: User, words: str = "") -> Asker:
    local = timezone.localtime()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Asker(user.pk, local, local.date(), midnight + timedelta(days=1), words)


class QueueFilter(django_filters.FilterSet):
    """Codes as the API names them; `assignee` also takes me and none, `due` overdue and today."""

    asker: Asker

    @classmethod
    def ready(cls, chosen: FilterValues, asker: Asker) -> QueueFilter:
        """With what was chosen read already."""
        found = cls(_query_dict_of(chosen), Ticket.objects.none())
        found.asker, found._form = asker, _form(chosen)
        return found

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    status = django_filters.ChoiceFilter(choices=FILED_STATUSES, label=_("Status"))
    stage = django_filters.ChoiceFilter(choices=_codes(tuple(Stage)), method="by_stage", label=_("Stage"))
    category = django_filters.CharFilter(label=_("Category"))
    assignee = django_filters.CharFilter(method="by_assignee", label=_("Assignee"))
    waiting_on = django_filters.ChoiceFilter(choices=_codes(WAITING_ON), label=_("Waiting on"))
    lane = django_filters.ChoiceFilter(choices=_codes(LANES), label=_("Lane"))
    breached = django_filters.BooleanFilter(method="by_breach", label=_("Missed a deadline"))
    unanswered = django_filters.BooleanFilter(method="by_unanswered", label=_("The customer has written"))
    due = django_filters.ChoiceFilter(choices=_codes(DUE), method="by_due", label=_("Due"))
    tag = django_filters.CharFilter(method="by_tag", label=_("Tag"))

    def by_stage(self, rows: Rows, name: str, stage: str) -> Rows:
        """By its statuses: they have an index."""
        return rows.filter(status__in=[status.value for status, of in STAGE_OF.items() if of == stage])

    follow_up = django_filters.ChoiceFilter(choices=[("due", "due")], method="by_follow_up", label=_("Follow-up"))

    def by_follow_up(self, rows: Rows, name: str, due: str) -> Rows:
        """The day has come, where the viewer is, on which somebody outside is to be asked again."""
        return self.of_others(rows.filter(follow_up_on__lte=self.asker.today))

    def by_words(self, rows: Rows, name: str, q: str) -> Rows:
        return matching(rows, self.asker.words) if self.asker.words else search(rows, q)

    def by_assignee(self, rows: Rows, name: str, who: str) -> Rows:
        if who == "me":
            return rows.filter(assignee=self.asker.pk)
        return rows.filter(assignee=None) if who == "none" else rows.filter(assignee__email=who.strip().lower())

    def by_tag(self, rows: Rows, name: str, tag: str) -> Rows:
        return self.of_others(rows.filter(taggings__tag__name=tag))

    def of_others(self, rows: Rows) -> Rows:
        """What is among colleagues: on a case of their own, or about them, nobody learns of it."""
        return rows.exclude(owner=self.asker.pk).exclude(complained_about=self.asker.pk)

    def by_breach(self, rows: Any, name: str, breached: bool) -> Rows:
        return rows.with_breach(self.asker.now) if breached else rows.without_breach(self.asker.now)

    def by_unanswered(self, rows: Any, name: str, unanswered: bool) -> Rows:
        return rows.lacking_answer() if unanswered else rows.filter(unanswered_since=None)

    def by_due(self, rows: Any, name: str, due: str) -> Rows:
        """What is overdue; or that and what has to be done by tonight where the viewer is. A deadline at 24:00 is kept as 00:00
        of the next day and counts to this one."""
        return rows.overdue(self.asker.now) if due == "overdue" else rows.filter(due_at__lte=self.asker.next_midnight)


def filter_values(given: QueryDict) -> FilterValues:
    """What an address says of each filter, in their order."""
    return tuple(given.get(name, "") for name in QueueFilter.base_filters)


def rows_of(request: HttpRequest, given: QueryDict) -> TicketQuerySet:
    """The tickets these filters leave."""
    user = viewer(request)
    return filter_queue(user, filter_values(given), asker_of(user))


def filter_queue(viewer: User, chosen: FilterValues, asker: Asker) -> TicketQuerySet:
    """What was chosen of the queue. Words and closed statuses look beyond the open tickets; what is no choice is left out."""
    said = dict(zip(QueueFilter.base_filters, chosen, strict=True))
    beyond = said["q"].strip() or said["status"] in DONE or said["stage"] == "done" or said["unanswered"] == YES
    seen = Ticket.objects.visible_to(viewer)
    rows = seen.exclude(status="draft") if beyond else seen.in_queue()
    return QueueFilter.ready(chosen, asker).filter_queryset(rows) if any(chosen) else rows


def order_of(chosen: FilterValues) -> str:
    """Who has waited longest for an answer comes first where only those are looked at; otherwise what is due first."""
    said = dict(zip(QueueFilter.base_filters, chosen, strict=True))
    return "unanswered_since" if said["unanswered"] == YES else "due_at"


def errors_of(chosen: FilterValues) -> tuple[str, ...]:
    """Names of the filters that were given no choice of theirs."""
    return tuple(_form(chosen).errors) if any(chosen) else ()


@lru_cache(maxsize=128)
def _form(chosen: FilterValues) -> forms.Form:
    """As django-filter reads it: that takes longer than the query, and the same views are opened all day."""
    form = QueueFilter(_query_dict_of(chosen), Ticket.objects.none()).form
    form.is_valid()
    return form


def _query_dict_of(chosen: FilterValues) -> QueryDict:
    said = QueryDict(mutable=True)
    said.update(dict(zip(QueueFilter.base_filters, chosen, strict=True)))
    return said


def visible_tickets(request: HttpRequest) -> TicketQuerySet:
    user = viewer(request)
    return Ticket.objects.visible_to(user)


@dataclass(frozen=True)
class FilterForm:
    """The filters' labels and choices in one language."""

    words: Mapping[str, str]
    status: Choices
    yes_no: Choices
    due: Choices
    assignee: Choices


@lru_cache(maxsize=4)
def filter_form(language: str) -> FilterForm:
    labels = labels_in(language)
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
            status=tuple((code, labels.status[code]) for code, _same in FILED_STATUSES),
            yes_no=((YES, gettext("yes")), ("false", gettext("no"))),
            due=(("overdue", gettext("overdue")), ("today", gettext("by tonight"))),
            assignee=(("me", gettext("me")), ("none", gettext("nobody"))),
        )
