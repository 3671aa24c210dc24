"""Freeze my account: one screen, no evidence, before there is an account too."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from accounts.models import Phone, User
from portal.tests.conftest import text_of
from tickets.delivery.sending import deliver_waiting
from tickets.models import Freeze, FreezeRequest, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
BODY = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on", "once": "token-1"}


def test_one_post_freezes(phone, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    answer = phone.post("/freeze/", BODY)
    ticket = Ticket.objects.get()
    assert answer.url == f"/freeze/{ticket.ref}/"
    assert (ticket.owner, ticket.status, ticket.category, ticket.not_me) == (mei, "freeze_pending", "billing_unauthorized", True)
    page = text_of(phone.get(answer.url))
    assert ticket.ref in page
    assert "2026年3月10日" in page
    assert "21:52" in page


def test_the_page_after_it_says_how_to_freeze_it_oneself_without_any_number(browser_of, mei):
    client = browser_of(mei, "en")
    page = text_of(client.get(client.post("/freeze/", BODY).url))
    assert "What you can do yourself right now" in page
    assert "400-" not in page
    assert (
        "110" not in re.sub(r"TS-\d+-\d+|\d\d:\d\d|\d{3}\*", "", page).partition("What you can do yourself")[2].partition("</section>")[0]
    )


def test_the_same_form_twice_freezes_once(phone):
    first, second = phone.post("/freeze/", BODY), phone.post("/freeze/", BODY)
    assert first.url == second.url
    assert Ticket.objects.count() == Freeze.objects.count() == 1


def test_an_account_frozen_already_is_said_in_words_and_nothing_is_written(browser_of, mei):
    client = browser_of(mei, "en")
    client.post("/freeze/", BODY)
    answer = client.post("/freeze/", {**BODY, "once": "token-2"})
    assert answer.status_code == 409
    assert "already being frozen" in text_of(answer)
    assert "Show this freeze" in text_of(answer)
    assert Ticket.objects.count() == 1


def test_no_account_named_is_said_at_the_field_and_the_rest_is_kept(browser_of, mei):
    answer = browser_of(mei, "en").post("/freeze/", {**BODY, "account": "  "})
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'href="#freeze-account"' in page
    assert "This is needed." in page
    assert re.search(r'value="billing_unauthorized"[^>]*checked', page)
    assert re.search(r'name="not_me"[^>]*checked', page)
    assert not Ticket.objects.exists()


def test_no_emergency_and_not_said_not_me(phone, mei):
    answer = phone.post("/freeze/", {"account": "a1234567", "category": "withdrawal_anomaly", "once": "x"})
    assert answer.status_code == 409
    assert "a1234567" in text_of(answer)
    assert not Ticket.objects.exists()


def test_this_was_not_me_is_enough_and_neither_that_nor_what_happened_is_not(browser_of, mei):
    client = browser_of(mei, "en")
    answer = client.post("/freeze/", {"account": "a1234567", "respondent": "wechat", "once": "x"})
    assert (answer.status_code, Ticket.objects.count()) == (400, 0)
    assert "Tick this, or choose below what happened." in text_of(answer)
    client.post("/freeze/", {"account": "a1234567", "respondent": "wechat", "not_me": "on", "once": "x"})
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.not_me, ticket.respondent) == ("billing_unauthorized", True, "wechat")


def test_nothing_is_chosen_beforehand(browser_of, mei):
    for person in (None, mei):
        assert " checked" not in text_of(browser_of(person).get("/freeze/")).partition("<main")[2]


def test_a_category_that_does_not_exist_is_refused(phone):
    assert phone.post("/freeze/", {**BODY, "category": "nonsense"}).status_code == 400
    assert not Ticket.objects.exists()


def code_in_mail() -> str:
    return re.search(r"\b(\d{6})\b", mail.outbox[-1].subject + mail.outbox[-1].body).group(1)


@pytest.mark.parametrize("known", [True, False], ids=["known address", "new address"])
def test_a_visitors_code_makes_the_freeze(browser_of, known):
    if known:
        User.objects.create_user(email="victim@example.com", password=None)
    client = browser_of(None)
    answer = client.post("/freeze/", {**BODY, "email": "Victim@example.com"})
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/code/confirm/")
    assert not Ticket.objects.exists()
    assert client.post(answer.url, {"code": code_in_mail()}).url == f"/freeze/{Ticket.objects.get().ref}/"
    assert (Ticket.objects.get().owner.email, Ticket.objects.get().category) == ("victim@example.com", "billing_unauthorized")
    assert EmailAddress.objects.get(email="victim@example.com").verified
    assert "douyin:13800001111" not in text_of(client.get("/freeze/"))


def asked_by(client, email="victim@example.com"):
    answer = client.post("/freeze/", {**BODY, "email": email})
    return answer.url, code_in_mail()


def test_what_was_typed_cannot_be_read_where_it_is_kept(browser_of):
    client = browser_of(None)
    asked_by(client)
    assert "13800001111" not in json.dumps(Session.objects.get(pk=client.session.session_key).get_decoded())
    assert "13800001111" not in FreezeRequest.objects.get().sealed


def test_somebody_else_at_the_same_screen_does_not_see_what_was_typed(browser_of, wang):
    client = browser_of(None)
    asked_by(client)
    assert "13800001111" not in text_of(client.get("/freeze/"))
    asked_by(client)
    client.force_login(wang)
    assert "13800001111" not in text_of(client.get("/freeze/"))
    assert "portal_typed" not in client.session


def test_signing_out_forgets_what_was_typed(browser_of):
    client = browser_of(None)
    url, code = asked_by(client)
    client.post(url, {"code": code})
    client.post("/accounts/logout/")
    assert "portal_typed" not in client.session


def test_what_was_typed_is_forgotten_after_the_time_of_three_codes(browser_of, clock):
    clock("2026-03-10T20:52:00+08:00")
    client, victim = browser_of(None), User.objects.create_user(email="victim@example.com", password=None)
    asked_by(client)
    client.force_login(victim)
    clock("2026-03-10T21:21:59+08:00")
    assert "13800001111" in text_of(client.get("/freeze/"))
    clock("2026-03-10T21:22:01+08:00")
    assert "13800001111" not in text_of(client.get("/freeze/"))
    assert "portal_typed" not in client.session


def test_an_address_that_is_refused_leaves_nothing_behind(browser_of):
    client = browser_of(None)
    client.post("/freeze/", {**BODY, "email": "victim at example"})
    assert "portal_typed" not in client.session


def test_known_and_new_addresses_are_answered_alike(browser_of):
    User.objects.create_user(email="known@example.com", password=None)
    urls = [browser_of(None).post("/freeze/", {**BODY, "email": email}).url for email in ("known@example.com", "new@example.com")]
    assert urls[0] == urls[1]
    assert [len(message.to) for message in mail.outbox] == [1, 1]
    assert len({message.subject.replace(code, "") for message in mail.outbox for code in re.findall(r"\d{6}", message.subject)}) == 1


def test_an_account_that_is_closed_gets_no_code(browser_of):
    User.objects.create_user(email="gone@example.com", password=None, is_active=False)
    browser_of(None).post("/freeze/", {**BODY, "email": "gone@example.com"})
    assert not any(re.search(r"\b\d{6}\b", message.subject) for message in mail.outbox)


def test_a_wrong_address_is_said_at_its_field_and_what_was_typed_is_kept(browser_of):
    answer = browser_of(None, "en").post("/freeze/", {**BODY, "email": "victim at example"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'id="freeze-email_error"' in page
    assert "douyin:13800001111" in page
    assert "victim at example" in page
    assert not User.objects.filter(email__contains="victim").exists()


def test_no_address_is_said_at_its_field(browser_of):
    answer = browser_of(None, "en").post("/freeze/", {**BODY, "email": ""})
    assert answer.status_code == 400
    assert "Enter your e-mail address" in text_of(answer)


def test_too_many_codes_are_refused_in_words(browser_of):
    client = browser_of(None)
    answers = [client.post("/freeze/", {**BODY, "email": "victim@example.com"}) for _ in range(10)]
    assert answers[-1].status_code == 400
    assert "douyin:13800001111" in text_of(answers[-1])


def test_the_page_of_a_freeze_is_its_owners(browser_of, mei, wang, lin):
    ref = file_ticket(mei, filing(request_freeze=True, account="douyin:138")).ref
    assert browser_of(wang).get(f"/freeze/{ref}/").status_code == 404
    assert browser_of(lin).get(f"/freeze/{ref}/").status_code == 403
    assert browser_of(None).get(f"/freeze/{ref}/").status_code == 302


def test_a_complaint_without_a_freeze_shows_its_own_page(phone, mei):
    ref = file_ticket(mei, filing("merchant_deduction")).ref
    assert phone.get(f"/freeze/{ref}/").url == f"/tickets/{ref}/"


def test_a_code_that_has_expired_is_told_and_what_was_typed_is_still_there(browser_of, clock):
    clock("2026-03-10T20:52:00+08:00")
    client = browser_of(None, "en")
    url, code = asked_by(client)
    clock("2026-03-10T21:02:30+08:00")
    late = client.post(url, {"code": code})
    assert late.url == "/accounts/login/?next=%2Ffreeze%2F"
    assert "This code has expired" in text_of(client.get(late.url))
    client.post(late.url, {"login": "victim@example.com", "by": "code", "next": "/freeze/"})
    assert client.post(url, {"code": code_in_mail()}).url.startswith("/freeze/TS-")
    assert Ticket.objects.get().discovered_at.isoformat() == "2026-03-10T12:52:00+00:00", "the first press counts"


@pytest.fixture
def texts(settings, monkeypatch):
    """What would be sent to phones."""
    sent: list[tuple[str, str]] = []
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "log:", {"email", "phone"}
    monkeypatch.setattr("accounts.phones.queue_message", lambda number, words: sent.append((number, words)))
    return sent


def test_a_visitor_signs_in_by_phone_and_finds_what_was_typed(browser_of, mei, texts):
    Phone.objects.create(user=mei, number="+8613800138000", verified_at=timezone.now())
    EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    client = browser_of(None)
    assert "手机号码" in text_of(client.get("/freeze/"))
    answer = client.post("/freeze/", {**BODY, "email": "１３８ 0013 8000"})
    [(number, words)] = texts
    assert number == "+8613800138000"
    assert client.post(answer.url, {"code": re.search(r"\d{6}", words)[0]}).url.startswith("/freeze/TS-")
    assert Ticket.objects.get().owner == mei


def test_an_unknown_number_gets_the_same_answer_and_no_account(browser_of, texts):
    answer = browser_of(None).post("/freeze/", {**BODY, "email": "13900139000"})
    assert answer.url.startswith("/accounts/login/code/confirm/")
    assert not User.objects.persons().exists()
    assert [number for number, _words in texts] == ["+8613900139000"]


def test_a_number_alone_freezes_from_the_first_press_and_letters_go_to_it_by_text(browser_of, texts, clock, monkeypatch):
    client = browser_of(None, "en")
    clock("2026-03-10T20:52:00+08:00")
    answer = client.post("/freeze/", {**BODY, "email": "13900139000"})
    clock("2026-03-10T20:55:00+08:00")
    code = re.search(r"\d{6}", texts[0][1])[0]
    wrong = client.post(answer.url, {"code": "111111" if code != "111111" else "222222"})
    assert (wrong.status_code, Ticket.objects.count()) == (200, 0)
    assert client.post(answer.url, {"code": code}).url.startswith("/freeze/TS-")
    ticket = Ticket.objects.get()
    assert (ticket.owner.phone.number, ticket.owner.reachable_email, ticket.status) == ("+8613900139000", "", "freeze_pending")
    asked, clocked = ticket.reported_at, ticket.timers.get(key="freeze_exec").started_at
    assert (asked.isoformat(), clocked.isoformat()) == ("2026-03-10T12:52:00+00:00", "2026-03-10T12:55:00+00:00")
    sent = []
    monkeypatch.setattr("tickets.delivery.sending.call_gateway", lambda key, number, words: sent.append((number, words)) or "")
    mail.outbox.clear()
    deliver_waiting(timezone.now())
    assert {number for number, _words in sent} == {"+8613900139000"}
    assert ticket.ref in sent[0][1] and f"/tickets/{ticket.ref}/" in sent[0][1]
    assert not [letter for letter in mail.outbox if ".invalid" in "".join(letter.to)]
    told = len(sent)
    deliver_waiting(timezone.now())
    assert len(sent) == told


def test_whoever_has_only_a_number_proves_anew_by_text(browser_of, texts):
    client = browser_of(None)
    answer = client.post("/freeze/", {**BODY, "email": "13900139000"})
    client.post(answer.url, {"code": re.search(r"\d{6}", texts[0][1])[0]})
    client.post("/accounts/fresh/", {"next": "/my-data/"})
    assert [number for number, _words in texts] == ["+8613900139000"] * 2
    assert "+86139****9000" in text_of(client.get("/accounts/fresh/")).replace(" ", "")
    assert client.post("/accounts/fresh/", {"code": re.search(r"\d{6}", texts[1][1])[0], "next": "/my-data/"}).url == "/my-data/"


def test_a_number_that_is_none_is_told_at_the_field(browser_of, texts):
    answer = browser_of(None, "en").post("/freeze/", {**BODY, "email": "138 0013 80"})
    assert answer.status_code == 400
    assert 'value="138 0013 80"' in text_of(answer)
    assert "Enter a mobile number" in text_of(answer)


def test_without_a_gateway_nobody_is_asked_for_a_number(browser_of):
    assert "手机号码或" not in text_of(browser_of(None).get("/freeze/"))
    assert browser_of(None).post("/freeze/", {**BODY, "email": "13800138000"}).status_code == 400
