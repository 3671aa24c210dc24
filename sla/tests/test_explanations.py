"""A deadline tells its customer how its date came about."""

import json
from zoneinfo import ZoneInfo

import pytest

from sla.durations import Duration, compute_due, due_after_pause
from sla.explanations import due_text, explain
from sla.tests.days import SHANGHAI, at, china, end_of, made_of, weekends_only

BEIJING = " Times in Beijing time (Asia/Shanghai)."
BERLIN = ZoneInfo("Europe/Berlin")


def said(duration, start, language, tz=SHANGHAI, calendar=None):
    answer = compute_due(duration, at(start), calendar or china())
    return explain(answer.basis, answer.due_at, language, tz)


@pytest.mark.parametrize(
    ("duration", "start", "text"),
    [
        (
            Duration("wd", 3),
            "2026-09-30 18:05",
            "3 working days from Wed 30 Sep 18:05; 1–7 Oct National Day; Sat 10 Oct is a make-up working day → due Sat 10 Oct 24:00."
            " Wed 30 Sep itself is not counted: counting begins with the next working day.",
        ),
        (
            Duration("wd", 1),
            "2026-03-12 10:00",
            "1 working day from Thu 12 Mar 10:00 → due Fri 13 Mar 24:00."
            " Thu 12 Mar itself is not counted: counting begins with the next working day.",
        ),
        (Duration("wall", 1), "2026-03-10 20:52", "1 hour from Tue 10 Mar 20:52 → due Tue 10 Mar 21:52."),
        (Duration("wall", 48), "2026-07-01 09:00:01", "48 hours from Wed 1 Jul 09:00:01 → due Fri 3 Jul 09:00:01."),
        (Duration("wall", 14), "2026-07-01 10:00", "14 hours from Wed 1 Jul 10:00 → due Wed 1 Jul 24:00."),
        (Duration("day", 15), "2026-03-10 20:40", "15 days from Tue 10 Mar 20:40 (that day not counted) → due Wed 25 Mar 24:00."),
        (
            Duration("day", 15, roll=True),
            "2026-09-18 10:00",
            "15 days from Fri 18 Sep 10:00 (that day not counted); 3–7 Oct National Day; the last day, Sat 3 Oct, is a rest day and moves"
            " to the next working day → due Thu 8 Oct 24:00.",
        ),
        (
            Duration("t1", 0),
            "2026-10-03 08:00",
            "requested Sat 3 Oct 08:00, counted as Thu 8 Oct, arriving on the next working day; 3–7 Oct National Day"
            " → due Fri 9 Oct 24:00.",
        ),
    ],
)
def test_in_english(duration, start, text):
    assert said(duration, start, "en") == text + BEIJING


@pytest.mark.parametrize(
    ("duration", "start", "text"),
    [
        (
            Duration("wd", 3),
            "2026-09-30 18:05",
            "自9月30日（周三）18:05起3个工作日；10月1日至7日国庆节；10月10日（周六）为调休工作日 → 10月10日（周六）24:00到期。"
            "9月30日（周三）当天不计，从下一个工作日起算。",
        ),
        (Duration("wall", 1), "2026-03-10 20:52", "自3月10日（周二）20:52起1小时 → 3月10日（周二）21:52到期。"),
        (
            Duration("day", 15, roll=True),
            "2026-09-18 10:00",
            "自9月18日（周五）10:00起15天（当日不计）；10月3日至7日国庆节；最后一天10月3日（周六）为休息日，顺延至下一工作日"
            " → 10月8日（周四）24:00到期。",
        ),
        (
            Duration("t1", 0),
            "2026-10-03 08:00",
            "10月3日（周六）08:00申请，按10月8日（周四）计，次一工作日到账；10月3日至7日国庆节 → 10月9日（周五）24:00到期。",
        ),
    ],
)
def test_in_chinese(duration, start, text):
    assert said(duration, start, "zh-hans") == text + "时间为北京时间（Asia/Shanghai）。"


def test_what_is_passed_over_is_told_in_the_order_of_its_dates():
    assert said(Duration("wd", 7), "2026-02-13 16:40", "en").startswith(
        "7 working days from Fri 13 Feb 16:40; Sat 14 Feb is a make-up working day; 15–23 Feb Spring Festival;"
        " Sat 28 Feb is a make-up working day → due Mon 2 Mar 24:00."
    )


def test_a_date_beyond_the_published_calendar_says_that_it_is_provisional():
    english, chinese = (said(Duration("wd", 3), "2026-12-30 10:00", language) for language in ("en", "zh-hans"))
    assert "1 Jan 2027 New Year's Day → due Tue 5 Jan 2027 24:00." in english
    assert english.endswith("Provisional: the official holiday calendar for these days is not published yet.")
    assert "2027年1月1日元旦 → 2027年1月5日（周二）24:00到期。" in chinese
    assert chinese.endswith("官方放假安排尚未公布，此日期为暂定。")


def test_a_reader_elsewhere_sees_their_own_time_and_the_calendars():
    assert said(Duration("wd", 3), "2026-09-30 18:05", "en", BERLIN) == (
        "3 working days from Wed 30 Sep 12:05; 1–7 Oct National Day; Sat 10 Oct is a make-up working day → due Sat 10 Oct 18:00."
        " Wed 30 Sep itself is not counted: counting begins with the next working day."
        " Times in Europe/Berlin; days are counted in Beijing time (Asia/Shanghai), where it is due Sat 10 Oct 24:00."
    )
    assert said(Duration("wall", 1), "2026-03-10 20:52", "zh-hans", "Europe/Berlin") == (
        "自3月10日（周二）13:52起1小时 → 3月10日（周二）14:52到期。时间为Europe/Berlin。"
    )


def test_a_resumed_deadline_tells_of_its_pause():
    again = due_after_pause(3, at("2026-09-30 16:00"), at("2026-10-12 09:00"), end_of("2026-10-10"), china())
    assert explain(again.basis, again.due_at, "en", SHANGHAI) == (
        "paused Wed 30 Sep 16:00 with 3 working days left, counted again from Mon 12 Oct 09:00 → due Thu 15 Oct 24:00."
        " Mon 12 Oct itself is not counted: counting begins with the next working day." + BEIJING
    )
    assert explain(again.basis, again.due_at, "zh-hans", SHANGHAI).startswith(
        "9月30日（周三）16:00暂停，尚余3个工作日，自10月12日（周一）09:00恢复计算 → 10月15日（周四）24:00到期。"
    )


def test_a_pause_of_one_day_says_that_the_date_stays():
    again = due_after_pause(3, at("2026-03-12 10:00"), at("2026-03-12 15:00"), end_of("2026-03-17"), china())
    assert explain(again.basis, again.due_at, "en", SHANGHAI).startswith(
        "paused Thu 12 Mar 10:00 and resumed the same day, Thu 12 Mar 15:00: the date stays → due Tue 17 Mar 24:00."
    )
    assert "期限不变" in explain(again.basis, again.due_at, "zh-hans", SHANGHAI)


def test_holidays_over_the_turn_of_month_and_year_are_one_range():
    calendar = made_of(lambda day: not ((day.month == 12 and day.day > 29) or (day.month == 1 and day.day < 3) or day.day in (31, 1)))
    assert "30 Dec–2 Jan 2027 public holiday" in said(Duration("wd", 3), "2026-12-28 10:00", "en", calendar=calendar)
    assert "12月30日至2027年1月2日放假" in said(Duration("wd", 3), "2026-12-28 10:00", "zh-hans", calendar=calendar)
    assert "31 May–1 Jun public holiday" in said(Duration("wd", 3), "2026-05-29 10:00", "en", calendar=calendar)


def test_a_day_that_ends_at_one_because_midnight_was_skipped_is_still_24():
    cairo = ZoneInfo("Africa/Cairo")
    answer = compute_due(Duration("wd", 1), at("2026-04-22 10:00", cairo), weekends_only("Africa/Cairo"))
    assert explain(answer.basis, answer.due_at, "en", cairo) == (
        "1 working day from Wed 22 Apr 10:00 → due Thu 23 Apr 24:00."
        " Wed 22 Apr itself is not counted: counting begins with the next working day. Times in Africa/Cairo."
    )


def test_it_needs_nothing_but_the_basis():
    assert explain({}, end_of("2026-03-13"), "en", SHANGHAI) == "due Fri 13 Mar 24:00." + BEIJING


def test_the_basis_survives_json():
    answer = compute_due(Duration("day", 15, roll=True), at("2026-09-18 10:00"), china())
    again = json.loads(json.dumps(answer.basis))
    assert again == answer.basis


def test_the_due_instant_alone_carries_its_year():
    answer = compute_due(Duration("wd", 3), at("2026-09-30 18:05"), china())
    assert due_text(answer.basis, answer.due_at, "en", SHANGHAI) == "Sat 10 Oct 2026 24:00"
    assert due_text(answer.basis, answer.due_at, "zh-hans", SHANGHAI) == "2026年10月10日（周六）24:00"
    assert due_text(answer.basis, answer.due_at, "en", BERLIN) == "Sat 10 Oct 2026 18:00"
