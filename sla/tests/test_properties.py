"""What holds for every start, every duration and every calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from sla.calendars import workdays_between
from sla.durations import Duration, compute_due, due_after_pause, remaining, warnings
from sla.explanations import explain
from sla.tests.days import china, made_of

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC")
moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))  # noqa: DTZ001
gaps = st.timedeltas(timedelta(0), timedelta(days=40))
amounts = st.integers(1, 60)
durations = st.one_of(
    st.builds(Duration, st.just("wd"), amounts),
    st.builds(Duration, st.just("wall"), amounts),
    st.builds(Duration, st.just("day"), amounts, st.booleans()),
    st.just(Duration("t1", 0)),
)


@st.composite
def calendars(draw):
    """China as announced, or any pattern of working and rest days over two to forty days, in any zone."""
    pattern = draw(st.lists(st.booleans(), min_size=2, max_size=40).filter(any))
    zone = draw(st.sampled_from(ZONES))
    return draw(st.sampled_from([china(), made_of(lambda day: pattern[day.toordinal() % len(pattern)], zone)]))


def last_day(due_at: datetime, calendar) -> date:
    return (due_at - timedelta.resolution).astimezone(calendar.tz).date()


@given(calendars(), durations, moments, gaps)
def test_a_later_start_is_never_due_earlier(calendar, duration, start, gap):
    assert compute_due(duration, start, calendar).due_at <= compute_due(duration, start + gap, calendar).due_at


@given(calendars(), durations, moments, st.integers(1, 20))
def test_a_longer_duration_is_never_due_earlier(calendar, duration, start, more):
    assume(duration.clock != "t1")
    longer = Duration(duration.clock, duration.amount + more, duration.roll)
    shorter_due, longer_due = (compute_due(each, start, calendar).due_at for each in (duration, longer))
    assert shorter_due < longer_due or (duration.roll and shorter_due == longer_due)


@given(calendars(), durations, moments)
def test_a_deadline_is_after_its_start_and_day_clocks_never_end_on_the_start_day(calendar, duration, start):
    answer = compute_due(duration, start, calendar)
    assert answer.due_at > start
    if duration.clock != "wall":
        assert last_day(answer.due_at, calendar) > start.astimezone(calendar.tz).date()


@given(calendars(), amounts, moments)
def test_working_days_end_at_a_working_days_end_with_exactly_that_many_between(calendar, amount, start):
    answer = compute_due(Duration("wd", amount), start, calendar)
    last = last_day(answer.due_at, calendar)
    assert calendar.is_workday(last)
    assert answer.due_at == calendar.end_of(last)
    assert answer.due_at.astimezone(calendar.tz).date() == last + timedelta(days=1)
    assert workdays_between(start.astimezone(calendar.tz).date(), last, calendar) == amount


@given(calendars(), moments)
def test_t1_is_the_second_working_day_counted_from_the_request_day(calendar, start):
    last = last_day(compute_due(Duration("t1", 0), start, calendar).due_at, calendar)
    assert calendar.is_workday(last)
    assert workdays_between(start.astimezone(calendar.tz).date() - timedelta(days=1), last, calendar) == 2


@given(calendars(), amounts, moments)
def test_days_that_roll_end_on_the_first_working_day_from_the_nth(calendar, amount, start):
    plain, rolled = (compute_due(Duration("day", amount, roll), start, calendar).due_at for roll in (False, True))
    assert rolled >= plain
    assert calendar.is_workday(last_day(rolled, calendar))
    assert workdays_between(last_day(plain, calendar) - timedelta(days=1), last_day(rolled, calendar), calendar) == 1


@given(calendars(), amounts, moments, gaps, gaps)
def test_pausing_never_shortens_what_was_promised(calendar, amount, start, until_pause, pause):
    before = compute_due(Duration("wd", amount), start, calendar)
    paused_at, resumed_at = start + until_pause, start + until_pause + pause
    left = remaining(paused_at, before.due_at, calendar)
    after = due_after_pause(left, paused_at, resumed_at, before.due_at, calendar)
    assert after.due_at >= before.due_at
    assert remaining(resumed_at, after.due_at, calendar) >= left
    assert 1 <= left <= max(1, amount)


@given(calendars(), amounts, moments, gaps, gaps, gaps)
def test_two_pauses_do_not_shorten_it_either(calendar, amount, start, until_pause, first, second):
    due_at, left, clock = compute_due(Duration("wd", amount), start, calendar).due_at, 0, start
    for pause in (first, second):
        paused_at, clock = clock + until_pause, clock + until_pause + pause
        left = remaining(paused_at, due_at, calendar)
        renewed = due_after_pause(left, paused_at, clock, due_at, calendar)
        assert renewed.due_at >= due_at
        due_at = renewed.due_at
    assert remaining(clock, due_at, calendar) >= left


@given(calendars(), durations, moments, st.lists(st.integers(0, 3000), max_size=4))
def test_warnings_come_in_order_between_start_and_due(calendar, duration, start, offsets):
    scale = 1 if duration.clock == "wall" else 100
    due_at = compute_due(duration, start, calendar).due_at
    found = [each.at for each in warnings(duration, [each // scale for each in offsets], start, due_at, calendar)]
    assert found == sorted(found)
    assert all(start < each < due_at for each in found)


@given(calendars(), durations, moments, st.sampled_from(["zh-hans", "en"]), st.sampled_from(ZONES))
def test_every_deadline_can_explain_itself(calendar, duration, start, language, zone):
    answer = compute_due(duration, start, calendar)
    text = explain(answer.basis, answer.due_at, language, ZoneInfo(zone))
    assert zone in text
    assert ("due " in text) if language == "en" else ("到期" in text)
    assert "None" not in text
