"""Why this date, drawn: the calendar under each deadline of a complaint."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from portal.presenters.calendar_month import calendar_of
from portal.tests.conftest import text_of
from sla.durations import Duration, compute_due
from sla.tests.days import at, china, end_of
from tickets.models import Timer
from tickets.operations import perform
from tickets.tests.making import submitted

SHANGHAI = ZoneInfo("Asia/Shanghai")


def timer(duration, start, **fields):
    answer = compute_due(duration, at(start), china())
    return Timer(key="no_action", clock=duration.clock, amount=duration.amount, due_at=answer.due_at, basis=answer.basis, **fields)


def said(drawn):
    return {cell.day.isoformat(): (cell.mark, cell.words) for sheet in drawn.sheets for week in sheet.weeks for cell in week if cell}


def test_each_date_has_a_mark_and_says_the_same_in_words():
    with translation.override("en"):
        drawn = calendar_of(timer(Duration("wd", 3), "2026-09-30 18:05"))
    words = said(drawn)
    assert words["2026-09-30"] == ("start", "the day it began, not counted")
    assert words["2026-10-01"] == ("off", "National Day")
    assert words["2026-10-08"] == ("1", "working day 1")
    assert words["2026-10-10"] == ("3", "working day 3, make-up working day, due at 24:00")
    assert [sheet.title for sheet in drawn.sheets] == ["September 2026", "October 2026"]


def test_in_chinese():
    with translation.override("zh-hans"):
        drawn = calendar_of(timer(Duration("wd", 3), "2026-09-30 18:05"))
    words = said(drawn)
    assert words["2026-10-01"] == ("休", "国庆节")
    assert words["2026-10-10"] == ("3", "第3个工作日、调休上班日、24:00到期")
    assert drawn.weekdays[0] == "周一"
    assert [sheet.title for sheet in drawn.sheets] == ["2026年9月", "2026年10月"]


def test_the_legend_names_what_occurs_and_nothing_else():
    with translation.override("en"):
        plain = calendar_of(timer(Duration("wd", 1), "2026-03-10 10:00"))
        golden = calendar_of(timer(Duration("wd", 3), "2026-09-30 18:05"))
    assert [what for _css, _mark, what in plain.legend] == ["the day it began, not counted", "due at 24:00"]
    assert {"National Day", "make-up working day", "working days that count"} <= {what for _css, _mark, what in golden.legend}


def test_an_arrival_is_marked_t_and_t_plus_1():
    with translation.override("en"):
        words = said(calendar_of(timer(Duration("t1", 0), "2026-10-03 08:00")))
    assert words["2026-10-08"][0] == "T"
    assert words["2026-10-09"] == ("T+1", "working day 1, due at 24:00")


def test_days_in_a_row_are_not_called_working_days():
    with translation.override("en"):
        assert said(calendar_of(timer(Duration("day", 7), "2026-03-10 10:00")))["2026-03-14"] == ("4", "day 4")


def test_a_clock_that_stands_still_promises_no_day():
    with translation.override("en"):
        words = said(calendar_of(timer(Duration("wd", 5), "2026-03-10 10:00", paused_at=at("2026-03-12 09:00"))))
    assert words["2026-03-12"] == ("still", "standing still")
    assert not any("due" in what for _mark, what in words.values())


def test_hours_keep_to_words():
    assert calendar_of(timer(Duration("wall", 24), "2026-03-10 10:00")) is None
    assert calendar_of(Timer(key="confirm", clock="day", amount=7, due_at=end_of("2026-03-13"), basis={})) is None


@pytest.mark.django_db
def test_the_page_of_a_complaint_draws_them(browser_of, mei):
    with time_machine.travel(datetime(2026, 9, 30, 18, 5, tzinfo=SHANGHAI), tick=False):
        ticket = submitted(mei)
        page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/"))
    assert page.count('<table class="sheet">') >= 3
    assert "working day 3, make-up working day, due at 24:00" in page
    assert page.index("September 2026") < page.index("October 2026")


@pytest.mark.django_db
def test_it_stands_still_on_the_page_while_we_wait_for_the_customer(browser_of, mei, in_status, people):
    ticket = in_status("needs_evidence")
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/"))
    assert 'class="sheet"' in page
    perform(mei, ticket.ref, "supply_evidence", {"unavailable": [{"kind": "cs_conversation", "reason": "没有保留"}]})
    assert "standing still" in text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/"))
