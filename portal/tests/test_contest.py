"""The page after a rejection: each demand with the desk's answer, and room for the customer's own."""

import pytest

from portal.tests.conftest import text_of
from tickets.models import Escalation
from tickets.operations import perform

pytestmark = pytest.mark.django_db


def test_each_demand_stands_with_the_answer_and_a_field(browser_of, mei, in_status):
    ticket = in_status("rejected")
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/further/"))
    assert "不予退款。" in page
    assert 'name="points.refund"' in page
    assert 'form="contest" name="target" value="l1_internal"' in page


def test_what_was_said_reaches_the_escalation_and_is_shown_again(phone, in_status):
    ref = in_status("rejected").ref
    sent = {"target": "l1_internal", "points.refund": "付款时我人在国外。", "reason": "请重新审核"}
    assert phone.post(f"/tickets/{ref}/do/escalate/", sent).status_code == 302
    escalation = Escalation.objects.get()
    assert escalation.points == [{"demand": "refund", "text": "付款时我人在国外。"}]
    assert escalation.reason == "请重新审核"
    assert "付款时我人在国外。" in text_of(phone.get(f"/tickets/{ref}/"))


def test_nothing_said_is_no_obstacle(phone, in_status):
    ref = in_status("rejected").ref
    assert phone.post(f"/tickets/{ref}/do/escalate/", {"target": "l1_internal", "points.refund": "  "}).status_code == 302
    assert Escalation.objects.get().points == []


def test_a_refused_text_comes_back_at_its_field_with_everything_typed(browser_of, mei, in_status):
    ref = in_status("rejected").ref
    sent = {"target": "regulator_12315", "points.refund": "验证码是 482913", "reason": "kept words"}
    answer = browser_of(mei, "en").post(f"/tickets/{ref}/do/escalate/", sent)
    page = text_of(answer)
    assert answer.status_code == 400
    assert "This holds a verification code" in page
    assert "482913" in page
    assert "kept words" in page
    assert 'href="#escalate-points.refund"' in page
    assert Escalation.objects.count() == 0


def test_without_a_rejection_nobody_is_asked_to_contest(browser_of, mei, in_status):
    for status in ("under_review", "remedy_pending", "resolved"):
        page = text_of(browser_of(mei, "en").get(f"/tickets/{in_status(status).ref}/further/"))
        assert "points." not in page


def test_a_rejection_that_was_upheld_still_shows_the_first_answers(browser_of, mei, in_status, people):
    ticket = in_status("escalated")
    perform(people.supervisor, ticket.ref, "uphold_rejection", {"note": "维持"})
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/further/"))
    assert "不予退款。" in page


def test_the_supervisor_reads_it_on_the_desk(browser_of, in_status, people, mei):
    ref = in_status("rejected").ref
    perform(mei, ref, "escalate", {"target": "l1_internal", "points": [{"demand": "refund", "text": "付款时我人在国外。"}]})
    page = text_of(browser_of(people.supervisor).get(f"/desk/tickets/{ref}/"))
    assert page.count("付款时我人在国外。") >= 1
