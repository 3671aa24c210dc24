"""The yearly publication against a count by hand: what really came back, by whatever way, and no complaint twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tickets.models import Event, Refund, Ticket
from tickets.operations import perform
from tickets.periodic import fire_due_timers
from tickets.reports import report
from tickets.reports.scope import Scope
from tickets.tests.making import FINDING, submitted, under_review

pytestmark = pytest.mark.sqlite
YEAR = Scope(date(2026, 3, 1), date(2026, 3, 31), "Asia/Shanghai", "")


@pytest.fixture
def year(clock, mei, wang, lin, zhao, chen):
    """A refund recorded, one by decision in two parts, a rejection, one joined, one open."""
    clock("2026-03-11T10:00:00+08:00")
    twin = submitted(wang, amount="50.00")
    joined = submitted(wang, amount="50.00")
    perform(lin, joined.ref, "merge", {"into": twin.ref})
    seen = submitted(mei, amount="36.80", order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}])
    perform(lin, seen.ref, "record_refund", {"amount": "36.80", "reference": "W-1"})
    decided = under_review(mei, chen, amount="120.00", order_numbers=[{"issuer": "douyin_mp", "number": "202603100008888"}])
    perform(chen, decided.ref, "approve", {**FINDING, "remedies": [{"kind": "refund_full", "amount": "100.00"}]})
    perform(lin, decided.ref, "confirm_remedy", {"reference": "W-2", "amounts": {"refund_full": "90.00"}})
    now = clock("2026-03-25T10:00:00+08:00")
    fire_due_timers(now)
    return now


def test_the_sums_are_those_that_came_back(year):
    table = report("yearly", YEAR, year)
    assert table.dicts()[2]["refunded"] == "126.80"
    assert sum(Decimal(str(sum_)) for sum_ in table.column("refunded")) == sum(row.amount for row in Refund.objects.all())


def test_what_was_joined_counts_once(year):
    (row,) = report("yearly_types", YEAR, year).dicts()
    kept = Ticket.objects.exclude(status="draft").exclude(close_reason="merged")
    closed = kept.filter(status="closed")
    assert (row["category"], row["received"], row["closed"]) == ("merchant_deduction", kept.count(), closed.count())
    assert row["closed_share"] == closed.count() / kept.count()
    assert (
        report("yearly", YEAR, year).dicts()[2]["closed"]
        == Event.objects.filter(to_status="closed").exclude(ticket__close_reason="merged").count()
    )


def test_the_speed_is_a_closing_that_really_took_that_long(year):
    (row,) = report("yearly_types", YEAR, year).dicts()
    hours = sorted(
        (each.closed_at - each.reported_at).total_seconds() / 3600 for each in Ticket.objects.filter(close_reason="auto_confirmed")
    )
    assert hours
    assert row["p50"] in hours
    assert row["p90"] == hours[-1]


def test_verdicts_are_counted_as_they_were(year):
    (row,) = report("yearly_types", YEAR, year).dicts()
    assert (row["approved"], row["partly_approved"], row["rejected"]) == (0, 1, 0)
    assert row["approved_share"] == 0.0
