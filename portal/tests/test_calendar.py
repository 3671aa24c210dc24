"""The calendar file: read back as a calendar would, in both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from portal.tests.conftest import footprint, text_of
from tickets.models import Timer
from tickets.operations import perform
from tickets.tests.making import under_review
from tickets.words import TIMER_WORDS

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def ticket(mei, chen, clock):
    clock("2026-09-30T18:05:00+08:00")
    return under_review(mei, chen)


def read(client, ref) -> dict[str, object]:
    """Events by the key of their timer."""
    answer = client.get(f"/tickets/{ref}/deadlines.ics")
    assert answer.status_code == 200
    return {str(event["UID"]).split(".")[1]: event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_every_running_deadline_is_an_entry_that_ends_when_it_is_due(phone, ticket):
    running = {timer.key: timer for timer in ticket.timers.filter(stopped_at=None).exclude(key="review_target").exclude(binds="internal")}
    events = read(phone, ticket.ref)
    assert set(events) == set(running) and "review_limit" in events
    for key, event in events.items():
        assert event.decoded("dtend") == running[key].due_at
        assert event.decoded("dtstart") == running[key].due_at - timedelta(minutes=30)
        assert event["dtend"].params["TZID"] == "Asia/Shanghai"


@pytest.mark.parametrize(("language", "named", "due"), [("zh-hans", "最迟答复", "24:00"), ("en", "Latest answer", "24:00")])
def test_the_end_of_a_day_is_called_24_00_and_the_reasons_stand_with_it(browser_of, mei, ticket, language, named, due, settings):
    settings.SITE_URL = "https://desk.example"
    event = read(browser_of(mei, language), ticket.ref)["review_limit"]
    assert named in event["SUMMARY"] and due in event["SUMMARY"] and ticket.ref in event["SUMMARY"]
    assert ("国庆" if language == "zh-hans" else "National Day") in event["DESCRIPTION"]
    assert f"https://desk.example/tickets/{ticket.ref}/" in event["DESCRIPTION"]
    assert event["URL"] == f"https://desk.example/tickets/{ticket.ref}/"
    # On the day itself and not on the next, where a calendar would put 00:00.
    last = ticket.timers.get(key="review_limit").due_at - timedelta(seconds=1)
    assert event.decoded("dtstart").date() == last.astimezone(event.decoded("dtstart").tzinfo).date()


def test_the_customers_own_window_rings_the_day_before_and_a_promise_when_it_is_due(phone, ticket, chen):
    perform(chen, ticket.ref, "request_evidence", {"kinds": ["pos_record"], "reason": "请补充完整的收银记录。"})
    events = read(phone, ticket.ref)
    rings = {key: [alarm.decoded("trigger") for alarm in event.walk("VALARM")] for key, event in events.items()}
    assert rings["supplement"] == [timedelta(days=-1), timedelta(hours=-2)]
    assert "review_limit" not in rings, "paused: it has no date"
    assert all(alarm["TRIGGER"].params["RELATED"] == "END" for event in events.values() for alarm in event.walk("VALARM"))


def test_a_date_that_moves_keeps_its_name_and_counts_up(phone, ticket, chen, mei, clock):
    before = read(phone, ticket.ref)["review_limit"]
    perform(chen, ticket.ref, "request_evidence", {"kinds": ["pos_record"], "reason": "请补充完整的收银记录。"})
    clock("2026-10-09T10:00:00+08:00")
    perform(mei, ticket.ref, "supply_evidence", {"unavailable": [{"kind": "pos_record", "reason": "商户不给。"}]})
    after = read(phone, ticket.ref)["review_limit"]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("dtend") > before.decoded("dtend")


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_folded_at_75_octets_and_never_inside_a_character(browser_of, mei, ticket, language):
    raw = browser_of(mei, language).get(f"/tickets/{ticket.ref}/deadlines.ics").content
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75 and b"\n" not in raw.replace(b"\r\n", b"")
    for line in lines:
        line.decode()
    assert b"BEGIN:VTIMEZONE" in raw


def test_commas_and_semicolons_come_back_as_they_were(phone, ticket, monkeypatch):
    odd = "a,b;c\\d\ne：字" * 20
    monkeypatch.setitem(TIMER_WORDS, "review_limit", replace(TIMER_WORDS["review_limit"], promise=odd))
    assert odd in read(phone, ticket.ref)["review_limit"]["DESCRIPTION"]


def test_it_is_a_file_to_save_under_the_reference(phone, ticket):
    before = footprint()
    answer = phone.get(f"/tickets/{ticket.ref}/deadlines.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{ticket.ref}.ics"'
    assert footprint() == before
    assert phone.post(f"/tickets/{ticket.ref}/deadlines.ics").status_code == 405


def test_strangers_find_nothing(browser_of, ticket, wang, lin):
    address = f"/tickets/{ticket.ref}/deadlines.ics"
    assert browser_of(wang).get(address).status_code == 404
    assert browser_of(lin).get(address).status_code == 403
    assert browser_of(None).get(address).status_code == 302


def test_the_page_links_to_it_while_a_date_runs(phone, ticket):
    assert f"/tickets/{ticket.ref}/deadlines.ics" in text_of(phone.get(f"/tickets/{ticket.ref}/"))
    Timer.objects.all().delete()
    assert "deadlines.ics" not in text_of(phone.get(f"/tickets/{ticket.ref}/"))
