"""No news, still on time; and what may still mend itself, with the date on which the appeal opens."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.tests.conftest import text_of
from tickets.models import Notification
from tickets.operations import file_ticket, start_draft
from tickets.periodic import fire_due_timers
from tickets.tests.making import filing, submitted
from tickets.workflow import Status

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
CALM = "Everything is on time."
HOLIDAY = datetime(2026, 10, 3, 8, 0, tzinfo=SHANGHAI)  # a Saturday in National Day week


def page_of(browser_of, person, path):
    return text_of(browser_of(person, "en").get(path))


def withdrawal(status="processing"):
    return {"facts": {"requested_at": HOLIDAY.isoformat(), "withdrawal_status": status}}


def test_where_we_work_and_are_in_time_the_page_says_so(browser_of, mei):
    ticket = submitted(mei)
    page = page_of(browser_of, mei, f"/tickets/{ticket.ref}/")
    assert CALM in page
    assert "Nothing is asked of you." in page
    assert "First reply, " in page


@pytest.mark.parametrize("status", ["evidence_collection", "needs_evidence", "resolved", "frozen", "closed"])
def test_where_something_is_asked_nobody_is_told_to_rest(browser_of, mei, in_status, status):
    assert CALM not in page_of(browser_of, mei, f"/tickets/{in_status(status).ref}/")


@pytest.mark.parametrize("status", [Status.UNDER_REVIEW, Status.REMEDY_PENDING])
def test_calm_holds_while_others_work(browser_of, mei, in_status, status):
    assert CALM in page_of(browser_of, mei, f"/tickets/{in_status(status).ref}/")


def test_when_we_are_late_the_page_says_so_and_what_that_opens(browser_of, mei, time_machine):
    ticket = submitted(mei)
    time_machine.move_to(timezone.now() + timedelta(days=9))
    fire_due_timers(timezone.now())
    page = page_of(browser_of, mei, f"/tickets/{ticket.ref}/")
    assert CALM not in page
    assert "We are late: First reply" in page
    assert "We are late: Start of the review" in page
    assert "You may now also turn to the places listed" in page


def test_a_withdrawal_that_is_not_due_says_from_when_and_what_happens_meanwhile(browser_of, mei, time_machine):
    time_machine.move_to(HOLIDAY)
    ticket = file_ticket(mei, filing("withdrawal_anomaly", **withdrawal()))
    page = page_of(browser_of, mei, f"/tickets/{ticket.ref}/")
    assert "The withdrawal may still arrive on its normal date" in page
    assert "Fri 9 Oct 2026 24:00" in page
    assert "we write to you when the wait is over" in page


def test_the_wizard_says_it_before_filing(browser_of, mei, time_machine):
    time_machine.move_to(HOLIDAY)
    draft = start_draft(mei, filing("withdrawal_anomaly", **withdrawal()))
    page = page_of(browser_of, mei, f"/file/{draft.ref}/check/")
    assert "Fri 9 Oct 2026 24:00" in page
    assert "File now, so that your claim is kept" in page


def test_one_that_failed_need_not_wait(browser_of, mei, time_machine):
    time_machine.move_to(HOLIDAY)
    draft = start_draft(mei, filing("withdrawal_anomaly", **withdrawal("failed")))
    assert "may still arrive" not in page_of(browser_of, mei, f"/file/{draft.ref}/check/")
    ticket = file_ticket(mei, filing("withdrawal_anomaly", **withdrawal("failed")))
    assert "may still arrive" not in page_of(browser_of, mei, f"/tickets/{ticket.ref}/")


def test_a_failed_payment_says_from_when(browser_of, mei, in_status):
    ticket = in_status("auto_reversal_wait")
    page = page_of(browser_of, mei, f"/tickets/{ticket.ref}/")
    assert "The money may still come back by itself" in page
    assert "your appeal opens:" in page


def test_the_customer_is_told_when_either_wait_is_over(mei, time_machine, in_status):
    time_machine.move_to(HOLIDAY)
    ticket = file_ticket(mei, filing("withdrawal_anomaly", **withdrawal()))
    other = in_status("auto_reversal_wait")
    time_machine.move_to(HOLIDAY + timedelta(days=8))
    fire_due_timers(timezone.now())
    told = Notification.objects.filter(recipient=mei)
    assert told.filter(ticket=ticket, kind="timer.passed", data__timer="withdrawal_arrival").count() == 1
    assert told.filter(ticket=other, kind="auto_reversal_over").count() == 1


def test_both_waits_stand_in_the_calendar_file(browser_of, mei, time_machine, in_status):
    time_machine.move_to(HOLIDAY)
    ticket = file_ticket(mei, filing("withdrawal_anomaly", **withdrawal()))
    other = in_status("auto_reversal_wait")
    client = browser_of(mei, "en")
    assert "Arrival of the withdrawal" in text_of(client.get(f"/tickets/{ticket.ref}/deadlines.ics"))
    assert "Automatic refund" in text_of(client.get(f"/tickets/{other.ref}/deadlines.ics"))


def test_the_way_to_the_merchant_names_the_day_until_which_one_can_object(browser_of, mei, time_machine):
    time_machine.move_to(HOLIDAY)
    draft = start_draft(mei, {"category": "after_sale"})
    assert "Sat 10 Oct" in page_of(browser_of, mei, f"/file/{draft.ref}/after-sale/")
