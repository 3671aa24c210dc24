"""A form half written survives a lost session, a refusal and the other language; it is the owner's alone, and is gone once it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.known_devices import COOKIE, remember_device
from accounts.staff_sessions import forget_places, forget_sessions
from portal.tests.conftest import text_of
from portal.unsent import MOST_BYTES
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


def send_without_a_session(ticket, browser=None, words=WORDS, **more):
    browser = browser or Client()
    return browser.post(reverse("portal:message", args=[ticket.ref]), {"body": words, "once": "a"}, **more)


def test_a_flood_without_a_session_makes_few_rows_and_gives_the_words_back(ticket):
    """From one network, and from many together."""
    answers = [send_without_a_session(ticket) for _n in range(12)]
    assert [each.status_code for each in answers] == [302] * 10 + [403] * 2
    assert WORDS in text_of(answers[-1])
    many = [send_without_a_session(ticket, REMOTE_ADDR=f"203.0.{n}.7") for n in range(40)]
    assert {each.status_code for each in many} == {302, 403}
    assert Session.objects.count() == 30
    assert max(len(each.session_data) for each in Session.objects.all()) < 2 * MOST_BYTES


def test_strangers_who_flood_do_not_use_up_a_known_device(ticket, mei, rf):
    for n in range(31):
        send_without_a_session(ticket, REMOTE_ADDR=f"203.0.{n}.7")
    answer = HttpResponse()
    remember_device(rf.get("/"), answer, mei)
    phone = Client()
    phone.cookies[COOKIE] = answer.cookies[COOKIE].value
    assert send_without_a_session(ticket, phone, REMOTE_ADDR="198.51.100.4").status_code == 302
    forged = Client()
    forged.cookies[COOKIE] = answer.cookies[COOKIE].value[:-1]
    assert send_without_a_session(ticket, forged, REMOTE_ADDR="198.51.100.5").status_code == 403


def test_in_a_session_that_is_there_it_takes_the_place_of_what_waited(ticket):
    browser = Client()
    for n in range(15):
        assert send_without_a_session(ticket, browser, f"{WORDS} {n}").status_code == 302
    assert Session.objects.count() == 1


def test_what_is_too_long_to_wait_is_given_back_and_a_long_message_is_not(ticket):
    assert send_without_a_session(ticket, words="字" * 4000).status_code == 302
    refused = send_without_a_session(ticket, words="字" * 6000)
    assert refused.status_code == 403 and "字" * 6000 in text_of(refused)
    assert Session.objects.count() == 1


def test_sessions_that_are_over_are_forgotten(ticket, phone, mei):
    send_without_a_session(ticket)
    place = UserSession.objects.create(user=mei, session_key=phone.session.session_key, ip="127.0.0.1", user_agent="x")
    assert (forget_sessions(timezone.now()), forget_places(timezone.now())) == (0, 0)
    later = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 60)
    assert forget_places(later) == 0, "its session is there"
    assert forget_sessions(later) == 2
    assert forget_places(later) == 1 and not UserSession.objects.filter(pk=place.pk).exists()


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
