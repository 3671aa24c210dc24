"""The page of places one can turn to, against the rows: filed is said only of what is filed, and nothing outside is shown as locked."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.translation import override

from portal.tests.conftest import text_of
from tickets.models import Escalation
from tickets.operations import perform
from tickets.workflow.vocabulary import FILED_BY_CUSTOMER

pytestmark = pytest.mark.django_db
# What would say, in either language, that somebody has it there.
SAYS_FILED = {"zh-hans": ("您已提交", "我们已转交"), "en": ("Filed by you", "Handed on by us")}


def place_of(page: str, key: str) -> str:
    return page.partition(f'id="place-{key}"')[2].partition("</section>")[0]


def words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", Escalation.State.values)
@pytest.mark.parametrize("target", ["payment_channel", "regulator_12315"])
def test_filed_is_said_of_what_is_filed_alone(browser_of, mei, in_status, language, state, target):
    """Every state at a place of ours and at one of theirs: the page of places, the complaint's own page, and what a step says."""
    ticket = in_status("rejected")
    filed_at = timezone.now() if state in ("filed", "answered") else None
    Escalation.objects.create(ticket=ticket, target=target, state=state, at=timezone.now(), by=mei, filed_at=filed_at)
    browser = browser_of(mei, language)
    pages = [words_of(place_of(text_of(browser.get(f"/tickets/{ticket.ref}/further/")), target))]
    pages.append(words_of(text_of(browser.get(f"/tickets/{ticket.ref}/")).partition('id="escalations"')[2].partition("</section>")[0]))
    for page in pages:
        assert any(said in page for said in SAYS_FILED[language]) is (state == "filed"), page


@pytest.mark.parametrize("status", ["evidence_collection", "appeal_submitted", "under_review", "resolved", "closed"])
def test_no_place_outside_is_locked_whatever_the_status(browser_of, mei, in_status, status):
    page = text_of(browser_of(mei, "en").get(f"/tickets/{in_status(status).ref}/further/"))
    for target in set(FILED_BY_CUSTOMER) - {"cac", "pboc_12363"}:
        place = place_of(page, target)
        assert "You may go there at any time." in place
        assert "Opens:" not in place and "still have time" not in place
        assert f'name="target" value="{target}"' in place


def test_after_filing_the_page_says_what_happened_from_the_row(browser_of, mei, in_status):
    ref, browser = in_status("rejected").ref, browser_of(mei, "en")
    answer = browser.post(f"/tickets/{ref}/do/escalate/", {"target": "regulator_12315", "reason": "no"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/tickets/{ref}/further/"
    assert "It is not filed yet" in text_of(answer)
    answer = browser.post(f"/tickets/{ref}/do/escalate/", {"target": "payment_channel"}, follow=True)
    assert "It is not there yet" in text_of(answer)
    sent = {"target": "regulator_12315", "filed_at": f"{timezone.localtime():%Y-%m-%dT00:00}", "reference": "12315-7"}
    page = text_of(browser.post(f"/tickets/{ref}/do/record_outside_filing/", sent, follow=True))
    assert "12315-7" in place_of(page, "regulator_12315")


def test_a_date_to_come_is_said_at_its_field_and_what_was_typed_stays(browser_of, mei, in_status):
    ref = in_status("rejected").ref
    sent = {"target": "litigation", "filed_at": "2099-01-01T00:00", "reference": "民初 1 号"}
    answer = browser_of(mei, "en").post(f"/tickets/{ref}/do/record_outside_filing/", sent)
    place = place_of(text_of(answer), "litigation")
    assert answer.status_code == 400
    assert "Name a time that has passed." in place and "民初 1 号" in place
    assert not Escalation.objects.exists()


def test_contacts_stand_there_once_checked_and_papers_take_what_is_typed(browser_of, mei, in_status):
    ref, browser = in_status("under_review").ref, browser_of(mei, "en")
    page = text_of(browser.get(f"/tickets/{ref}/further/"))
    assert 'href="https://www.12315.cn/"' in place_of(page, "regulator_12315")
    assert "110 · 96110" in page
    assert "Telephone" not in words_of(place_of(page, "litigation")).partition("Your telephone")[0]
    answer = browser.post(f"/tickets/{ref}/dossier/", {"for": "regulator_12315", "address": "北京市朝阳区幸福路 1 号"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")


def test_a_policemans_question_is_not_told_to_whom_it_is_about(phone, mei, lin, in_status):
    ticket = in_status("under_review")
    at = timezone.now()
    body = {"authority": "police", "number": "协查 1", "received_at": at.isoformat(), "reply_by": (at + timedelta(days=2)).isoformat()}
    perform(lin, ticket.ref, "record_transfer", body)
    with override("zh-hans"):
        for address in (f"/tickets/{ticket.ref}/", f"/tickets/{ticket.ref}/further/", "/my-data/"):
            assert "协查" not in text_of(phone.get(address))
    for viewer, seen in ((mei, []), (lin, ["police"])):
        phone.force_login(viewer)
        found = phone.get(f"/api/v1/tickets/{ticket.ref}/").json()
        assert [each["authority"] for each in found["transfers"]] == seen
        assert ("authority_reply" in [timer["key"] for timer in found["timers"]]) is bool(seen)


def test_a_second_level_that_never_answered_is_not_said_to_have(people, in_status, browser_of, mei):
    """The money came back first. Nor did its owner file it there."""
    ticket = in_status("escalated")
    perform(people.agent, ticket.ref, "record_refund", {"amount": "600.00", "reference": "R-7"})
    assert ticket.escalations.get(target="l1_internal").state == "closed"
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ticket.ref}/further/"))
    place = place_of(page, "l1_internal")
    assert "Ended with the complaint" in place
    assert "Answered" not in place and "Filed by you" not in place
