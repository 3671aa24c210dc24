"""How things stand: the backlog by age, and who has how much of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.roles import STAFF_ROLES
from tickets.models import Decision, Message, Ticket, Visibility
from tickets.models.querysets import NOT_OPEN
from tickets.reports.grouping import Measures, group_by, within
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts

# Younger than so many days; the last is everything older.
BUCKETS = (("under_1", 1), ("under_3", 3), ("under_7", 7), ("under_15", 15), ("under_30", 30), ("older", None))
UNASSIGNED = ""


IS_OPEN = ~Q(status__in=NOT_OPEN)


def in_hand(scope: Scope) -> QuerySet[Ticket]:
    """As the queue holds them: what is over counts among the overdue alone, where something is still owed on it."""
    found = Ticket.objects.in_queue().order_by()
    return found.filter(category=scope.category) if scope.category else found


def backlog(scope: Scope, now: datetime) -> Table:
    """Open complaints by how long ago they were received; whatever is overdue is counted, open or not."""
    measures: dict[str, Count] = {}
    younger = now
    for name, days in BUCKETS:
        older = now - timedelta(days=days) if days else None
        aged = Q(reported_at__lte=younger) if younger != now else Q()
        aged &= Q(reported_at__gt=older) if older else Q()
        measures |= {
            name: Count("pk", aged & IS_OPEN),
            f"{name}_late": Count("pk", aged & Q(due_at__lt=now)),
            f"{name}_free": Count("pk", aged & IS_OPEN & Q(assignee=None)),
        }
        younger = older or younger
    found = in_hand(scope).filter(reported_at__isnull=False).aggregate(**measures)
    rows = [[name, found[name], found[f"{name}_late"], found[f"{name}_free"]] for name, _days in BUCKETS]
    return Table("backlog", (Column("age", "code", "bucket"), *counts("count", ("open", "overdue", "unassigned"))), rows, now)


def agents(scope: Scope, now: datetime) -> Table:
    """Everybody at the desk: what they have now, and what they did in these days. The row without a name is nobody's."""
    tonight = scope.midnight(now.astimezone(scope.tz).date() + timedelta(days=1))
    mine = group_by(
        in_hand(scope), "assignee",
        open=Count("pk", IS_OPEN), due_today=Count("pk", Q(due_at__gte=now, due_at__lte=tonight)), overdue=Count("pk", Q(due_at__lt=now)),
    )  # fmt: skip
    said = within(Message.objects.filter(visibility=Visibility.PUBLIC, by_staff=True), "created_at", scope)
    decided = within(Decision.objects.all(), "at", scope)
    replies, decisions = group_by(said, "author", n=Count("pk")), group_by(decided, "author", n=Count("pk"))
    at_work = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).values_list("pk", flat=True)
    wanted = {*at_work, *mine, *replies, *decisions} - {None}
    people = User.objects.in_bulk(wanted)
    rows = [_person(str(people[pk]), mine.get(pk), replies.get(pk), decisions.get(pk)) for pk in wanted if pk in people]
    free = [_person(UNASSIGNED, mine[None], None, None)] if None in mine else []
    columns = (Column("agent", "name"), *counts("count", ("open", "due_today", "overdue", "replies", "decisions")))
    return Table("agents", columns, [*sorted(rows), *free], now)


def _person(name: str, mine: Measures | None, replies: Measures | None, decisions: Measures | None) -> list[object]:
    has = [(mine or {}).get(key, 0) for key in ("open", "due_today", "overdue")]
    return [name, *has, (replies or {}).get("n", 0), (decisions or {}).get("n", 0)]
