"""The screen after the closing: how did it go?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.tests.conftest import footprint, text_of
from tickets.models import Rating
from tickets.operations import perform, rate

pytestmark = pytest.mark.django_db


def test_a_closed_complaint_asks_and_takes_the_answer(browser_of, mei, in_status):
    ref, client = in_status("closed").ref, browser_of(mei, "en")
    assert f'href="/tickets/{ref}/rating/"' in text_of(client.get(f"/tickets/{ref}/"))
    answer = client.post(f"/tickets/{ref}/rating/", {"score": "4", "in_time": "false", "comment": "a bit slow"})
    assert answer.status_code == 302
    row = Rating.objects.get()
    assert (row.score, row.in_time, row.comment) == (4, False, "a bit slow")
    assert "4 of 5" in text_of(client.get(f"/tickets/{ref}/"))


def test_the_screen_remembers_what_was_said(browser_of, mei, in_status):
    ref, client = in_status("closed").ref, browser_of(mei, "en")
    rate(mei, ref, {"score": "2", "in_time": "true", "comment": "kept words"})
    page = text_of(client.get(f"/tickets/{ref}/rating/"))
    assert 'value="2"' in page.partition("checked")[0].rpartition("<input")[2]
    assert "kept words" in page


def test_a_wrong_answer_keeps_what_was_typed(browser_of, mei, in_status):
    ref = in_status("closed").ref
    answer = browser_of(mei, "en").post(f"/tickets/{ref}/rating/", {"comment": "still here"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert "still here" in page
    assert 'href="#rating-score_0"' in page or 'href="#rating-score"' in page
    assert Rating.objects.count() == 0


def test_sent_twice_it_is_one_answer(phone, in_status):
    ref = in_status("closed").ref
    for _ in range(2):
        assert phone.post(f"/tickets/{ref}/rating/", {"score": "5"}).status_code == 302
    assert Rating.objects.count() == 1


def test_before_the_closing_and_after_the_days_there_is_no_such_screen(phone, mei, browser_of, in_status, time_machine):
    open_ref, ref = in_status("under_review").ref, in_status("closed").ref
    assert phone.get(f"/tickets/{open_ref}/rating/").url == f"/tickets/{open_ref}/"
    assert phone.post(f"/tickets/{open_ref}/rating/", {"score": "5"}).status_code == 409
    time_machine.move_to(timezone.now() + timedelta(days=15))
    phone = browser_of(mei)
    assert phone.get(f"/tickets/{ref}/rating/").url == f"/tickets/{ref}/"
    assert phone.post(f"/tickets/{ref}/rating/", {"score": "5"}).status_code == 409
    assert "/rating/" not in text_of(phone.get(f"/tickets/{ref}/"))


def test_what_was_taken_back_is_not_asked_about(phone, mei, in_status):
    ref = in_status("evidence_collection").ref
    perform(mei, ref, "withdraw")
    assert "/rating/" not in text_of(phone.get(f"/tickets/{ref}/"))


def test_strangers_find_nothing_and_the_desk_may_not(browser_of, wang, lin, in_status):
    ref = in_status("closed").ref
    assert browser_of(wang).get(f"/tickets/{ref}/rating/").status_code == 404
    assert browser_of(wang).post(f"/tickets/{ref}/rating/", {"score": "1"}).status_code == 404
    assert browser_of(lin).get(f"/tickets/{ref}/rating/").status_code == 403
    assert browser_of(lin).post(f"/tickets/{ref}/rating/", {"score": "5"}).status_code == 403
    assert Rating.objects.count() == 0


def test_looking_changes_nothing(phone, in_status):
    ref = in_status("closed").ref
    before = footprint()
    assert phone.get(f"/tickets/{ref}/rating/").status_code == 200
    assert footprint() == before


def test_the_supervisor_reads_it_and_the_agent_does_not(browser_of, mei, people, in_status):
    ref = in_status("closed").ref
    rate(mei, ref, {"score": "5", "comment": "帮了大忙"})
    assert "帮了大忙" in text_of(browser_of(people.supervisor).get(f"/desk/tickets/{ref}/"))
    assert "帮了大忙" not in text_of(browser_of(people.agent).get(f"/desk/tickets/{ref}/"))
