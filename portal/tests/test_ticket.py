"""The page of one complaint: in every status, for its owner alone, in thirteen queries."""

import re

import pytest
from django.utils import timezone

from portal.tests.conftest import footprint, text_of
from tickets.models import EscalationTarget, Ticket
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import filing, submitted, under_review
from tickets.workflow import Status

pytestmark = pytest.mark.django_db
SHOWN = [status for status in Status if status != Status.DRAFT]


@pytest.mark.parametrize("status", SHOWN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_status_has_its_page(browser_of, mei, in_status, status, language):
    ticket = in_status(status)
    answer = browser_of(mei, language).get(f"/tickets/{ticket.ref}/")
    page = text_of(answer)
    assert answer.status_code == 200
    assert ticket.ref in page
    assert 'aria-current="step"' in page or status == Status.CLOSED


@pytest.mark.parametrize("status", SHOWN)
def test_no_page_takes_more_than_twelve_queries(phone, in_status, status, django_assert_max_num_queries):
    ref = in_status(status).ref
    phone.get(f"/tickets/{ref}/")
    with django_assert_max_num_queries(12):
        phone.get(f"/tickets/{ref}/")


def test_not_even_the_fullest(phone, people, mei, in_status, django_assert_max_num_queries):
    """Frozen and lifted, rejected, escalated twice, answered, back in review, asked for evidence."""
    ticket = in_status("escalated")
    perform(mei, ticket.ref, "request_freeze", {"account": "douyin:1", "not_me": True})
    perform(people.operator, ticket.ref, "fail_freeze", {"reason": "x"})
    perform(mei, ticket.ref, "escalate", {"target": "regulator_12315"})
    with django_assert_max_num_queries(14):  # a failed freeze says what to do at the app and whom to call
        phone.get(f"/tickets/{ticket.ref}/")
    perform(people.supervisor, ticket.ref, "return_to_review", {"note": "再看"})
    perform(people.reviewer, ticket.ref, "request_evidence", {"kinds": ["cs_conversation"], "reason": "请补充"})
    with django_assert_max_num_queries(14):
        phone.get(f"/tickets/{ticket.ref}/")


@pytest.mark.parametrize("status", SHOWN)
def test_looking_changes_nothing(phone, in_status, status):
    ref = in_status(status).ref
    before = footprint()
    for page in ("", "further/"):
        assert phone.get(f"/tickets/{ref}/{page}").status_code == 200
    phone.get(f"/tickets/{ref}/statement/")
    for page in ("messages/", "do/withdraw/"):
        assert phone.get(f"/tickets/{ref}/{page}").status_code == 302
    for page in ("unsent/message/", "evidence/payment_voucher/", "evidence/1/remove/", "evidence/1/consent/"):
        assert phone.get(f"/tickets/{ref}/{page}").status_code == 405
    assert footprint() == before


def test_strangers_find_nothing_and_visitors_sign_in(browser_of, mei, wang, admin_person):
    ref = submitted(mei).ref
    for page in ("", "further/", "statement/"):
        assert browser_of(wang).get(f"/tickets/{ref}/{page}").status_code == 404
        assert browser_of(admin_person).get(f"/tickets/{ref}/{page}").status_code == 404
        assert browser_of(None).get(f"/tickets/{ref}/{page}").status_code == 302


def test_the_desk_is_led_to_its_own_page(browser_of, mei, lin):
    ref = submitted(mei).ref
    assert browser_of(lin).get(f"/tickets/{ref}/").url == f"/desk/tickets/{ref}/"
    assert browser_of(lin).get(f"/tickets/{ref}/further/").status_code == 403
    assert browser_of(lin).get(f"/tickets/{ref}/statement/").status_code == 403


def test_a_draft_goes_on_in_the_wizard(phone, in_status):
    ref = in_status("draft").ref
    assert phone.get(f"/tickets/{ref}/").url == f"/file/{ref}/"


def test_every_running_date_has_weekday_zone_and_reason(browser_of, mei, clock):
    clock("2026-09-30T18:05:00+08:00")
    ref = submitted(mei, "merchant_deduction").ref
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "Latest answer" in page
    assert "Fri 9 Oct 2026 24:00 (Beijing time)" in page
    assert "2 working days from Wed 30 Sep 18:05; 1–7 Oct National Day" in page
    assert "Review target" not in page


def test_dates_are_told_in_the_viewers_zone(browser_of, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    mei.timezone = "Europe/London"
    mei.save()
    ref = file_ticket(mei, filing(request_freeze=True, account="douyin:1")).ref
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "Tue 10 Mar 2026, 13:52 (Europe/London)" in page


def test_what_is_due_is_shown_before_any_sweep(browser_of, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = submitted(mei).ref
    clock("2026-03-30T09:00:00+08:00")
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "Escalated" in page
    assert "Went there by itself because our answer was late" in page
    assert Ticket.objects.get().status == "appeal_submitted"


def test_messages_are_shown_and_notes_of_the_desk_are_not(browser_of, mei, lin):
    ref = submitted(mei).ref
    post_message(lin, ref, {"body": "已收到，正在核对", "eta_at": (timezone.now() + timezone.timedelta(days=1)).isoformat()})
    post_message(lin, ref, {"body": "客户可疑", "visibility": "internal"})
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "已收到，正在核对" in page
    assert "You hear from us again by:" in page
    assert "客户可疑" not in page
    assert "lin@example.com" not in page


def test_the_letter_answers_each_demand_and_names_the_ways_on(browser_of, mei, in_status):
    ref = in_status("rejected").ref
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "Our decision" in page
    assert "不予退款。" in page
    assert "The records show no fault" in page
    assert f'href="/tickets/{ref}/further/"' in page


def test_a_decision_that_waits_for_a_signature_is_not_shown(browser_of, mei, chen):
    from tickets.tests.making import approval

    ticket = under_review(mei, chen, amount="5000.00")
    perform(chen, ticket.ref, "approve", approval())
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/"))
    assert "Our decision" not in page
    assert "核实为系统重复扣款" not in page


def test_markup_in_what_people_typed_is_text(browser_of, mei, lin):
    bad = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    statement = {"occurred_at": "2026-03-10T20:15:00+08:00", "amount": "6.00", "symptom": bad + "这里是足够长的描述文字，超过二十个字。"}
    ref = file_ticket(mei, filing(statement=statement)).ref
    post_message(mei, ref, {"body": bad})
    page = text_of(browser_of(mei).get(f"/tickets/{ref}/"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_places_outside_say_what_they_do_and_from_when(browser_of, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = submitted(mei, "billing_unauthorized", facts={"payee_is_payment_institution": True}).ref
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/further/"))
    for place in ("12315 consumer complaints", "12363 financial consumer protection", "Arbitration or court"):
        assert place in page
    assert "Cyberspace administration" not in page
    assert "Fri 13 Mar 2026 24:00" in page
    assert "Add the transaction number" in page


def test_contacts_are_hidden_until_somebody_verified_them(browser_of, mei):
    EscalationTarget.objects.filter(key="regulator_12315").update(contact="unverified-contact-4711")
    ref = submitted(mei).ref
    client = browser_of(mei)
    assert "unverified-contact-4711" not in text_of(client.get(f"/tickets/{ref}/further/"))
    EscalationTarget.objects.filter(key="payment_channel").update(contact="verified-4712", verified_at=timezone.now())
    assert "verified-4712" in text_of(client.get(f"/tickets/{ref}/further/"))


def test_what_is_not_open_says_why(browser_of, mei, in_status):
    ref = in_status("appeal_submitted").ref
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/further/"))
    place = page.partition('id="place-l1_internal"')[2].partition("</section>")[0]
    assert re.search(r"Opens:.*?<time", place, re.DOTALL)


def test_a_merged_complaint_names_the_one_it_went_on_as(browser_of, mei, lin):
    keep, gone = submitted(mei), submitted(mei)
    perform(lin, gone.ref, "merge", {"into": keep.ref})
    assert f'href="/tickets/{keep.ref}/"' in text_of(browser_of(mei).get(f"/tickets/{gone.ref}/"))
