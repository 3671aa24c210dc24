"""Reports equal what one counts by hand over the same rows, whatever the history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.policies import current
from tickets.models import Decision, Event, Ticket, Timer
from tickets.operations import file_ticket, perform
from tickets.reports import REPORTS, get_reports, report, scope_of
from tickets.reports.registry import count_usual
from tickets.reports.scope import Scope
from tickets.reports.table import percentile, share
from tickets.tests.making import filing
from tickets.workflow.errors import Invalid

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
ZONE = "Asia/Shanghai"
TZ = ZoneInfo(ZONE)
START = datetime(2026, 3, 1, tzinfo=TZ)
NOW = datetime(2026, 3, 20, 12, tzinfo=TZ)
SCOPE = Scope(date(2026, 3, 3), date(2026, 3, 17), ZONE)
CATEGORIES = ("billing_duplicate", "mp_topup_stolen")
KEYS = ("first_response", "review_limit", "freeze_exec")
# Minutes since START: often at the very edges of days.
minutes = st.one_of(st.integers(0, 19 * 1440), st.integers(0, 19).map(lambda day: day * 1440))
moments = minutes.map(lambda m: START + timedelta(minutes=m))
spans = st.integers(-3 * 1440, 3 * 1440).map(lambda m: timedelta(minutes=m))
steps = st.tuples(
    st.sampled_from(["draft", "closed", "under_review", ""]), st.sampled_from(["draft", "closed", "under_review", ""]), moments
)
timers = st.tuples(
    st.sampled_from(KEYS), moments, spans, st.sampled_from(["stopped", "running", "cancelled", "paused"]),
    st.booleans(), st.sampled_from(["operator", "customer"]),
)  # fmt: skip
decisions = st.tuples(st.sampled_from(["approved", "rejected"]), st.sampled_from(["channel", "unknown", ""]), st.one_of(st.none(), moments))
complaints = st.tuples(
    st.sampled_from(CATEGORIES), moments,
    st.lists(steps, max_size=4), st.lists(timers, max_size=3), st.lists(decisions, max_size=2),
    st.one_of(st.none(), st.sampled_from(["confirmed", "merged"])), spans,
)  # fmt: skip
histories = st.lists(complaints, max_size=6)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Undo(Exception):
    """Takes an example's rows back."""


def written(history, owner, policy) -> None:
    for number, (category, reported, moves, clocks, rulings, ended, took) in enumerate(history):
        ticket = Ticket.objects.create(
            ref=f"TS-20260301-{number:06}", owner=owner, filed_by=owner, policy_id=policy, category=category,
            status="closed" if ended else "under_review",
            reported_at=reported, submitted_at=reported, close_reason=ended or "", closed_at=reported + abs(took) if ended else None,
        )  # fmt: skip
        for seq, (before, after, at) in enumerate(moves):
            Event.objects.create(ticket=ticket, seq=seq, kind="x", at=at, recorded_at=at, from_status=before, to_status=after)
        for cycle, (key, due, span, how, overrun, binds) in enumerate(clocks):
            Timer.objects.create(
                ticket=ticket, key=key, cycle=cycle, binds=binds, clock="wall", started_at=due - timedelta(days=5), due_at=due,
                stopped_at=due + span if how == "stopped" else None, cancelled=how == "cancelled",
                paused_at=due if how == "paused" else None, overrun_at=due if overrun else None,
            )  # fmt: skip
        for verdict, cause, at in rulings:
            Decision.objects.create(
                ticket=ticket,
                verdict=verdict,
                state="effective" if at else "void",
                author=owner,
                at=at or NOW,
                effective_at=at,
                root_cause=cause,
            )


def within(at: datetime | None) -> bool:
    return at is not None and SCOPE.first <= at.astimezone(TZ).date() <= SCOPE.last


@quickly
@given(history=histories, category=st.sampled_from(["", *CATEGORIES]))
def test_reports_equal_a_count_by_hand(history, category, mei, policy_version):
    scope = Scope(SCOPE.first, SCOPE.last, ZONE, category)
    mine = [each for each in history if category in ("", each[0]) and each[5] != "merged"]
    with pytest.raises(Undo), transaction.atomic():
        written(history, mei, policy_version)
        flow_as_by_hand(scope, mine)
        promises_as_by_hand(scope, mine)
        categories_as_by_hand(scope, mine)
        speed_as_by_hand(scope, mine)
        year_as_by_hand(scope, mine)
        raise Undo


def flow_as_by_hand(scope, mine) -> None:
    found: Counter[tuple[str, str]] = Counter()
    for _category, _reported, moves, *_rest in mine:
        for before, after, at in moves:
            day = at.astimezone(TZ).date().isoformat()
            found[day, "received"] += before == "draft" and after != "draft"
            found[day, "closed"] += after == "closed" and before != "closed"
            found[day, "reopened"] += before == "closed" and after not in ("", "closed")
    table = REPORTS["flow"].count(scope, NOW)
    assert [row["day"] for row in table.dicts()] == [day.isoformat() for day in scope.days()]
    for row in table.dicts():
        assert row == {"day": row["day"], **{name: found[row["day"], name] for name in ("received", "closed", "reopened")}}


def promises_as_by_hand(scope, mine) -> None:
    """By the state that the timer itself computes."""
    met: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for timer in Timer.objects.filter(binds="operator").select_related("ticket"):
        if timer.ticket.close_reason == "merged" or (scope.category and timer.ticket.category != scope.category):
            continue
        state = timer.state(NOW)
        met[timer.key] += state == "met" and within(timer.stopped_at)
        missed[timer.key] += state == "breached" and within(timer.due_at)
    rows = {row["timer"]: row for row in REPORTS["promises"].count(scope, NOW).dicts()}
    assert set(rows) == {key for key in KEYS if met[key] + missed[key]}
    for key, row in rows.items():
        assert (row["in_time"], row["missed"], row["ended"]) == (met[key], missed[key], met[key] + missed[key])
        assert row["in_time_share"] == met[key] / (met[key] + missed[key])


def categories_as_by_hand(scope, mine) -> None:
    received = Counter(category for category, reported, *_ in mine if within(reported))
    ruled = Counter((category, verdict) for category, *_, rulings, _end, _took in mine for verdict, _cause, at in rulings if within(at))
    causes = Counter((cause, verdict) for *_, rulings, _end, _took in mine for verdict, cause, at in rulings if within(at))
    rows = {row["category"]: row for row in REPORTS["categories"].count(scope, NOW).dicts()}
    assert set(rows) == {*received, *(category for category, _verdict in ruled)}
    for category, row in rows.items():
        assert (row["received"], row["approved"], row["rejected"]) == (
            received[category], ruled[category, "approved"], ruled[category, "rejected"],
        )  # fmt: skip
    by_cause = {row["cause"]: (row["approved"], row["rejected"]) for row in REPORTS["causes"].count(scope, NOW).dicts()}
    assert by_cause == {cause: (causes[cause, "approved"], causes[cause, "rejected"]) for cause, _verdict in causes}


def speed_as_by_hand(scope, mine) -> None:
    """Hours to the first reply, to a decision, to the closing."""
    clocks = [(key, due, span, how) for *_, clocks, _rulings, _end, _took in mine for key, due, span, how, *_more in clocks]
    replied = [due + span for key, due, span, how in clocks if (key, how) == ("first_response", "stopped") and within(due + span)]
    decided = [(at - reported) for _kind, reported, *_, rulings, _end, _took in mine for *_ruling, at in rulings if within(at)]
    closed = [abs(took) for _kind, reported, *_, end, took in mine if end and within(reported + abs(took))]
    rows = {row["measure"]: row for row in REPORTS["speed"].count(scope, NOW).dicts()}
    assert rows["first_reply"]["number"] == len(replied)
    for name, spans_of in (("decision", decided), ("closing", closed)):
        hours = sorted(each.total_seconds() / 3600 for each in spans_of)
        ranks = [percentile(hours, rank) for rank in (50, 90, 95)]
        assert [rows[name][key] for key in ("number", "p50", "p90", "p95")] == [len(hours), *ranks]


def year_as_by_hand(scope, mine) -> None:
    """All of it lies in one March, with the complaint that brought the policy."""
    real = [] if scope.category == CATEGORIES[0] else [CATEGORIES[1]]
    (march,) = [row for row in REPORTS["yearly"].count(scope, NOW).dicts() if row["month"] == 3]
    moved = [(before, after) for _category, _reported, moves, *_rest in mine for before, after, _at in moves]
    assert march["received"] == len(real) + sum(before == "draft" != after for before, after in moved)
    assert march["closed"] == sum(after == "closed" != before for before, after in moved)
    ruled = Counter(verdict for *_, rulings, _end, _took in mine for verdict, _cause, at in rulings if at)
    assert (march["approved"], march["rejected"]) == (ruled["approved"], ruled["rejected"])
    kinds = {row["category"]: row for row in REPORTS["yearly_types"].count(scope, NOW).dicts()}
    for category in {*real, *(each[0] for each in mine)}:
        of_kind = [each for each in mine if each[0] == category]
        took = sorted(abs(each[6]).total_seconds() / 3600 for each in of_kind if each[5])
        row = kinds[category]
        assert (row["received"], row["closed"], row["p50"], row["p90"]) == (
            len(of_kind) + real.count(category), len(took), percentile(took, 50), percentile(took, 90),
        )  # fmt: skip


@given(values=st.lists(st.integers(0, 50), min_size=1, max_size=40), rank=st.integers(1, 100))
def test_a_percentile_is_a_value_that_occurred(values, rank):
    ordered = sorted(values)
    found = percentile(ordered, rank)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= rank * len(values)
    below = [value for value in ordered if value < found]
    assert len(below) * 100 < rank * len(values)


def test_nothing_has_no_share_and_no_percentile():
    assert share(0, 0) is None
    assert percentile([], 50) is None


# ---- Of real complaints
@pytest.fixture
def policy_version(mei, clock) -> str:
    clock(NOW.isoformat())
    return file_ticket(mei, filing()).policy_id if not Ticket.objects.exists() else Ticket.objects.first().policy_id


def test_a_complaint_that_is_filed_and_withdrawn_is_counted(mei, clock):
    clock("2026-03-10T20:00:00+08:00")
    ticket = file_ticket(mei, filing(statement={}))
    clock("2026-03-11T09:00:00+08:00")
    perform(mei, ticket.ref, "withdraw", {})
    scope = Scope(date(2026, 3, 10), date(2026, 3, 11), ZONE)
    assert report("flow", scope, timezone.now()).rows == [["2026-03-10", 1, 0, 0], ["2026-03-11", 0, 1, 0]]
    closing = report("speed", scope, timezone.now()).dicts()[2]
    assert (closing["number"], closing["p50"]) == (1, 13.0)


def test_a_duplicate_is_counted_with_the_complaint_it_was_joined_to(mei, lin, clock):
    clock("2026-03-10T20:00:00+08:00")
    one, other = file_ticket(mei, filing(statement={})), file_ticket(mei, filing(statement={}))
    scope = Scope(date(2026, 3, 10), date(2026, 3, 10), ZONE)

    def figures() -> tuple[object, ...]:
        now = timezone.now()
        kinds = [(row["received"], row["closed"]) for row in REPORTS["categories"].count(scope, now).dicts()]
        closing = REPORTS["speed"].count(scope, now).dicts()[2]["number"]
        year = [row["received"] for row in REPORTS["yearly"].count(scope, now).dicts() if row["month"] == 3]
        return REPORTS["flow"].count(scope, now).rows, kinds, closing, year

    assert figures() == ([["2026-03-10", 2, 0, 0]], [(2, 0)], 0, [2])
    perform(lin, one.ref, "merge", {"into": other.ref})
    assert figures() == ([["2026-03-10", 1, 0, 0]], [(1, 0)], 0, [1])


def test_the_backlog_is_cut_by_age(mei, clock):
    clock("2026-03-01T10:00:00+08:00")
    file_ticket(mei, {"category": "billing_duplicate"})
    now = clock("2026-03-04T10:00:00+08:00")
    file_ticket(mei, {"category": "withdrawal_restricted"})
    rows = {row["age"]: row for row in REPORTS["backlog"].count(SCOPE, now).dicts()}
    assert {age: row["open"] for age, row in rows.items() if row["open"]} == {"under_1": 1, "under_7": 1}
    assert rows["under_7"]["overdue"] == 1  # nobody has answered within a day
    assert rows["under_1"]["unassigned"] == 1


def test_the_forecast_names_working_days_and_counts_what_ends_on_rest_days_with_the_next(mei, clock):
    now = clock("2026-03-06T20:00:00+08:00")  # Friday; the first reply is due on Saturday evening
    file_ticket(mei, {"category": "billing_duplicate"})
    rows = REPORTS["forecast"].count(SCOPE, now).dicts()
    assert [row["day"] for row in rows] == ["2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"]
    assert [row["due"] for row in rows] == [0, 1, 0, 0, 0]
    assert rows[1]["unassigned"] == 1


def test_the_forecast_learns_from_what_was_missed(mei, clock):
    clock("2026-03-06T08:00:00+08:00")
    file_ticket(mei, {"category": "billing_duplicate"})
    now = clock("2026-03-08T20:00:00+08:00")
    file_ticket(mei, {"category": "withdrawal_restricted"})
    rows = REPORTS["forecast"].count(Scope(date(2026, 3, 1), date(2026, 3, 8), ZONE), now).dicts()
    assert rows[0]["day"] == "2026-03-09"
    assert (rows[0]["due"], rows[0]["likely_missed"]) == (1, 1.0)


def test_agents_are_those_at_the_desk_and_nobody(mei, lin, clock):
    clock("2026-03-10T20:00:00+08:00")
    file_ticket(mei, {"category": "billing_duplicate"})
    rows = REPORTS["agents"].count(SCOPE, timezone.now()).dicts()
    assert str(lin) in [row["agent"] for row in rows]
    assert rows[-1] == {"agent": "", "open": 1, "due_today": 0, "overdue": 0, "replies": 0, "decisions": 0}


def test_what_was_counted_is_read_again_for_ten_minutes(mei, clock, django_assert_num_queries):
    now = clock("2026-03-10T20:00:00+08:00")
    assert count_usual(now) == len(REPORTS)
    file_ticket(mei, {"category": "billing_duplicate"})
    usual = scope_of({}, now, current(now))
    with django_assert_num_queries(0):
        assert get_reports(tuple(REPORTS), usual, now)["flow"].rows[-1][1] == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "yesterday"}, "from"), ({"to": "2026-02-30"}, "to"), ({"from": "0001-01-01"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"), ({"from": "2000-01-01"}, "from"), ({"category": "x"}, "category"),
    ],
)  # fmt: skip
def test_what_is_no_scope_is_refused_by_name(given, field):
    moment = datetime(2026, 3, 10, tzinfo=UTC)
    with pytest.raises(Invalid) as refused:
        scope_of(given, moment, current(moment))
    assert list(refused.value.errors) == [field]


def test_every_report_counts_in_few_statements_whatever_there_is(mei, lin, clock, django_assert_max_num_queries):
    now = clock("2026-03-10T20:00:00+08:00")
    for key in REPORTS:
        with django_assert_max_num_queries(6):
            REPORTS[key].count(SCOPE, now)
