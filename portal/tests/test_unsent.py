"""A form half written survives a lost session, a refusal and the other language; it is the owner's alone, and is gone once it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.tests.conftest import text_of
from tickets.models import Message, UnsentForm
from tickets.operations import perform
from tickets.operations.engine import open_case
from tickets.operations.erase_texts import forget_texts
from tickets.operations.unsent import forget_unsent

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WORDS = "六百元是昨天晚上被扣的，不是我本人操作"
NOTE = "您之前填写过，还没有发送。"


@pytest.fixture
def ticket(in_status):
    return in_status("under_review")


def page_of(client, ticket):
    return text_of(client.get(reverse("portal:ticket", args=[ticket.ref])))


def keep(client, ticket, form="message", **texts):
    return client.post(reverse("portal:unsent", args=[ticket.ref, form]), texts or {"body": WORDS})


def test_what_is_being_typed_is_there_on_another_device_until_it_is_sent(ticket, phone, browser_of, mei):
    assert keep(phone, ticket).status_code == 204
    other = browser_of(mei)
    assert WORDS in page_of(other, ticket) and NOTE in page_of(other, ticket)
    assert "您有一条留言还没有发送" in page_of(other, ticket)
    assert other.post(reverse("portal:message", args=[ticket.ref]), {"body": WORDS, "once": "a"}).status_code == 302
    assert not UnsentForm.objects.exists() and NOTE not in page_of(phone, ticket)


def test_a_form_of_an_act_is_kept_too_and_an_emptied_one_is_not(in_status, phone):
    ticket = in_status("resolved")
    keep(phone, ticket, "dispute_resolution", reason=WORDS)
    assert WORDS in page_of(phone, ticket) and NOTE in page_of(phone, ticket)
    keep(phone, ticket, "dispute_resolution", reason=" ")
    assert not UnsentForm.objects.exists()


def test_a_refused_form_is_there_in_the_other_language(ticket, phone):
    code = f"我的验证码 884213 {WORDS}"
    refused = phone.post(reverse("portal:message", args=[ticket.ref]), {"body": code, "once": "a"})
    assert refused.status_code == 400
    switched = phone.post(reverse("set_language"), {"language": "en", "next": reverse("portal:message", args=[ticket.ref])}, follow=True)
    assert switched.status_code == 200 and WORDS in text_of(switched)
    assert phone.get(reverse("portal:act", args=[ticket.ref, "withdraw"])).status_code == 302


def test_words_sent_without_a_session_wait_for_the_owner_alone(ticket, wang, mei):
    """A shared phone: another person who signs in there sees nothing of it, and signing out takes it away."""
    browser = Client()
    sent = browser.post(reverse("portal:message", args=[ticket.ref]), {"body": WORDS, "once": "a"})
    assert sent.status_code == 302 and "login" in sent.url
    assert WORDS not in str(dict(browser.session.items())) and not Message.objects.filter(body=WORDS).exists()
    browser.force_login(wang, settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get(reverse("portal:ticket", args=[ticket.ref])).status_code == 404
    browser.post(reverse("account_logout"))
    browser.force_login(mei, settings.AUTHENTICATION_BACKENDS[0])
    assert WORDS not in page_of(browser, ticket)

    again = Client()
    again.post(reverse("portal:message", args=[ticket.ref]), {"body": WORDS, "once": "a"})
    again.force_login(mei, settings.AUTHENTICATION_BACKENDS[0])
    assert WORDS in page_of(again, ticket)
    again.post(reverse("portal:message", args=[ticket.ref]), {"body": WORDS, "once": "b"})
    assert NOTE not in page_of(again, ticket) and Message.objects.filter(body=WORDS).count() == 1


def test_a_form_that_has_lost_its_cookies_gives_the_words_back(ticket):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("portal:message", args=[ticket.ref]), {"body": f"{WORDS}<script>"})
    assert answer.status_code == 403 and f"{WORDS}&lt;script&gt;" in text_of(answer)


def test_strangers_and_the_desk_see_and_keep_nothing(ticket, phone, browser_of, wang, people):
    keep(phone, ticket)
    assert keep(browser_of(wang), ticket).status_code == 404
    assert keep(browser_of(people.agent), ticket).status_code == 403
    assert WORDS not in text_of(browser_of(people.agent).get(reverse("desk:ticket", args=[ticket.ref])))
    assert keep(phone, ticket, "no_such_form").status_code == 404


def test_it_goes_with_its_days_and_with_the_persons_words(ticket, phone, people):
    keep(phone, ticket)
    assert forget_unsent(timezone.now()) == 0
    assert forget_unsent(timezone.now() + timedelta(days=400)) == 1
    keep(phone, ticket)
    perform(people.owner, ticket.ref, "withdraw", {})
    with open_case(people.supervisor, ticket.ref) as case:
        forget_texts(case)
    assert not UnsentForm.objects.exists()
