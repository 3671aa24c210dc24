"""Instants in the reader's words and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from lib import dates

END_OF_DAY = datetime(2026, 10, 10, 16, 0, tzinfo=UTC)  # 24:00 of 10 October in Shanghai
EVENING = datetime(2026, 9, 30, 10, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _shanghai():
    with timezone.override("Asia/Shanghai"):
        yield


def test_midnight_reads_as_the_end_of_its_day():
    assert dates.deadline_text(END_OF_DAY) == "2026年10月10日（周六）24:00"
    with translation.override("en"):
        assert dates.deadline_text(END_OF_DAY) == "Sat 10 Oct 2026 24:00"


def test_elsewhere_it_is_the_time_it_is_there():
    with timezone.override("Europe/Berlin"), translation.override("en"):
        assert dates.deadline_text(END_OF_DAY) == "Sat 10 Oct 2026, 18:00"
        assert dates.with_zone(dates.deadline_text(END_OF_DAY)) == "Sat 10 Oct 2026, 18:00 (Europe/Berlin)"
        assert dates.calendar_day_text(END_OF_DAY) == "Sat 10 Oct 2026"


def test_a_moment_has_weekday_date_and_time():
    assert dates.moment_text(EVENING) == "2026年9月30日（周三）18:05"
    assert dates.short_moment_text(EVENING) == "9月30日（周三）18:05"
    assert dates.with_zone("x") == "x（北京时间）"
    with translation.override("en"):
        assert dates.moment_text(EVENING) == "Wed 30 Sep 2026, 18:05"
        assert dates.short_moment_text(EVENING) == "Wed 30 Sep, 18:05"


def test_any_aware_instant_is_told_in_the_active_zone():
    assert dates.moment_text(EVENING.astimezone(ZoneInfo("America/New_York"))) == "2026年9月30日（周三）18:05"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "剩余 不到 1 分钟", "less than a minute left"),
        (59, "剩余 不到 1 分钟", "less than a minute left"),
        (60, "剩余 1 分钟", "1 min left"),
        (3 * 3600 + 20 * 60, "剩余 3 小时 20 分", "3 h 20 min left"),
        (4 * 86400 + 5 * 3600, "剩余 4 天 5 小时", "4 d 5 h left"),
        (-2 * 3600, "已逾期 2 小时", "2 h overdue"),
    ],
)
def test_time_left_in_two_units_at_most(seconds, zh, en):
    due_at = EVENING + timedelta(seconds=seconds)
    assert dates.remaining_text(due_at, EVENING) == zh
    with translation.override("en"):
        assert dates.remaining_text(due_at, EVENING) == en


def test_one_moment_is_told_to_each_in_their_own_zone() -> None:
    at = datetime(2026, 3, 10, 10, 5, tzinfo=UTC)
    told = []
    for zone in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"):
        with timezone.override(ZoneInfo(zone)):
            told.append((dates.moment_text(at)[-5:], dates.short_moment_text(at)[-5:]))
    assert told == [("18:05",) * 2, ("11:05",) * 2, ("06:05",) * 2]
