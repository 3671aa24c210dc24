"""What came of it: by category, by cause, how quickly, and what went further."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from tickets.models import Decision, Escalation, Ticket, Timer
from tickets.reports.grouping import Measures, group_by, within_unjoined
from tickets.reports.scope import Scope
from tickets.reports.table import Column, Table, counts, percentile, share
from tickets.workflow import Status, TimerKey
from tickets.workflow.vocabulary import ROOT_CAUSES, TARGETS

RANKS = (50, 90, 95)
VERDICTS = ("approved", "partly_approved", "rejected")
EFFECTIVE = {verdict: Count("pk", Q(verdict=verdict)) for verdict in VERDICTS}


def _received_tickets(scope: Scope) -> QuerySet[Ticket]:
    """Filed within these days."""
    return within_unjoined(Ticket.objects.exclude(status=Status.DRAFT), "reported_at", scope, "category")


def _effective_decisions(scope: Scope) -> QuerySet[Decision]:
    """Decisions that took effect within these days."""
    return within_unjoined(Decision.objects.all(), "effective_at", scope)


def categories(scope: Scope, now: datetime) -> Table:
    """Of what was received in these days, how much is closed by now; and what was decided in them."""
    came = group_by(_received_tickets(scope), "category", n=Count("pk"), closed=Count("pk", Q(status=Status.CLOSED)))
    ruled = group_by(_effective_decisions(scope), "ticket__category", **EFFECTIVE)
    rows = [_category(key, came.get(key, {}), ruled.get(key, {})) for key in sorted({*came, *ruled})]
    columns = (
        Column("category", "code", "category"), *counts("count", ("received", "closed")), Column("closed_share", "share"),
        *counts("count", VERDICTS), Column("approved_share", "share"),
    )  # fmt: skip
    return Table("categories", columns, rows, now)


def _category(key: str, came: Measures, ruled: Measures) -> list[object]:
    received, closed = came.get("n", 0), came.get("closed", 0)
    decided = [ruled.get(verdict, 0) for verdict in VERDICTS]
    return [key, received, closed, share(closed, received), *decided, share(decided[0], sum(decided))]


def causes(scope: Scope, now: datetime) -> Table:
    """Root causes of the decisions that took effect."""
    found = group_by(_effective_decisions(scope), "root_cause", **EFFECTIVE)
    rows = [[cause, *(found[cause][verdict] for verdict in VERDICTS)] for cause in (*ROOT_CAUSES, "") if cause in found]
    return Table("causes", (Column("cause", "code", "cause"), *counts("count", EFFECTIVE)), rows, now)


def escalations(scope: Scope, now: datetime) -> Table:
    """Where complaints were filed in these days, and what became of it by now. What was only prepared lies nowhere."""
    answered = Q(state=Escalation.State.ANSWERED)
    measures = {"taken": Count("pk"), "by_clock": Count("pk", Q(by=None)), "answered": Count("pk", answered)}
    found = group_by(within_unjoined(Escalation.objects.exclude(filed_at=None), "filed_at", scope), "target", **measures)
    rows = [[target, *(found[target][name] for name in measures)] for target in TARGETS if target in found]
    return Table("escalations", (Column("target", "code", "target"), *counts("count", measures)), rows, now)


def speed(scope: Scope, now: datetime) -> Table:
    """How long it took, in hours of the clock on the wall: of what was answered, decided and closed in these days."""
    rows = [[name, len(hours), *(percentile(hours, rank) for rank in RANKS)] for name, hours in _measures(scope)]
    columns = (Column("measure", "code", "measure"), Column("number"), *counts("hours", (f"p{rank}" for rank in RANKS)))
    return Table("speed", columns, rows, now)


def _measures(scope: Scope) -> Iterable[tuple[str, list[float]]]:
    replied = within_unjoined(Timer.objects.filter(key=TimerKey.FIRST_RESPONSE, cancelled=False), "stopped_at", scope)
    decided = _effective_decisions(scope).filter(ticket__submitted_at__isnull=False)
    ended = Ticket.objects.filter(status=Status.CLOSED, reported_at__isnull=False)
    closed = within_unjoined(ended, "closed_at", scope, "category")
    yield "first_reply", _hours(replied.values_list("started_at", "stopped_at"))
    yield "decision", _hours(decided.values_list("ticket__submitted_at", "effective_at"))
    yield "closing", _hours(closed.values_list("reported_at", "closed_at"))


def _hours(pairs: QuerySet) -> list[float]:
    return sorted((end - start).total_seconds() / 3600 for start, end in pairs.iterator(chunk_size=5000))
