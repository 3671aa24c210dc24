"""Every due instant and every warning of the acceptance scenarios, and none of the usual mistakes."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sla.durations import Duration, compute_due, warnings
from sla.seeding import DATA
from sla.tests.days import china, made_of, published, weekends_only

SCENARIOS = json.loads((Path(__file__).parents[2] / "tickets/tests/data/scenarios.json").read_text(encoding="utf-8"))
POLICY = {rule["key"]: rule for rule in json.loads((DATA / "policy-2026.2.json").read_text(encoding="utf-8"))["timers"]}
UNITS = {"h": "wall", "d": "day", "wd": "wd"}


EVERY_TIMER = [
    pytest.param(timer, id=f"{scenario['id']}-{timer['timer']}")
    for scenario in SCENARIOS["scenarios"]
    for timer in scenario["expect"].get("timers", [])
]


def duration_of(timer) -> Duration:
    amount = int(timer["amount"].rstrip("hdw"))
    return Duration(timer["calendar"], amount, timer.get("roll_forward", False))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("timer", EVERY_TIMER)
def test_the_due_instant_and_the_warnings_are_the_scenarios(timer):
    start, calendar, duration = moment(timer["started_at"]), china(), duration_of(timer)
    answer = compute_due(duration, start, calendar)
    assert answer.due_at == moment(timer["due_at"])
    assert not answer.provisional
    found = warnings(duration, POLICY[timer["timer"]]["warn"], start, answer.due_at, calendar)
    assert [each.at for each in found] == [moment(each) for each in timer.get("warn_at", [])]


@pytest.mark.parametrize("timer", EVERY_TIMER)
def test_the_shipped_policy_says_the_same_duration(timer):
    rule, duration = POLICY[timer["timer"]], duration_of(timer)
    assert (rule["clock"], rule["roll"]) == (duration.clock, duration.roll)
    assert rule["amount"] in (duration.amount, 0)
    assert rule["amount"] or rule["key"] in ("review_target", "review_limit")


def no_makeup_days():
    return made_of(lambda day: published(day.year)[day].is_workday and day.weekday() < 5)


MISTAKES = {
    "weekends_only": lambda duration, start: compute_due(duration, start, weekends_only()).due_at,
    "holidays_but_no_makeup_days": lambda duration, start: compute_due(duration, start, no_makeup_days()).due_at,
    "start_day_counted": lambda duration, start: compute_due(duration, start - timedelta(days=1), china()).due_at,
}


@pytest.mark.parametrize("timer", [param for param in EVERY_TIMER if param.values[0].get("wrong_answers")])
def test_the_usual_mistakes_give_the_wrong_answers_and_we_do_not(timer):
    start, duration = moment(timer["started_at"]), duration_of(timer)
    right = compute_due(duration, start, china()).due_at
    for mistake, wrong in timer["wrong_answers"].items():
        assert right != moment(wrong), mistake
        assert MISTAKES[mistake](duration, start) == moment(wrong), mistake


def test_the_working_day_sequence_over_spring_festival_is_the_scenarios():
    sequence = next(s["expect"]["working_day_sequence"] for s in SCENARIOS["scenarios"] if "working_day_sequence" in s["expect"])
    start = datetime(2026, 2, 13, 8, 40, tzinfo=UTC)
    ends = [compute_due(Duration("wd", count), start, china()).due_at for count in range(1, len(sequence) + 1)]
    assert ends == [moment(f"{text[:10]}T00:00:00+08:00") + timedelta(days=1) for text in sequence]


def test_the_shipped_calendar_is_the_scenarios_calendar():
    year = SCENARIOS["calendar"]["2026"]
    rest = {
        date.fromisoformat(first) + timedelta(days=offset)
        for first, last in year["holiday_ranges"]
        for offset in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    }
    makeup = {date.fromisoformat(each) for each in year["makeup_workdays"]}
    assert {day for day, each in published(2026).items() if each.kind == "holiday"} == rest
    assert {day for day, each in published(2026).items() if each.kind == "makeup"} == makeup
