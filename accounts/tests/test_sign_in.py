"""Signing in by code or by password on one page, without telling who has an account."""

import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.models import User
from accounts.tests.conftest import PASSWORD

pytestmark = pytest.mark.sqlite

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/confirm/"


def sign_in(client, email="mei@example.com", **fields):
    return client.post(LOGIN, {"login": email, **fields})


def code_of(letter):
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_a_code_is_e_mailed_and_signs_in(client, mei):
    answer = sign_in(client, by="code")
    assert answer.url == CODE
    [letter] = mail.outbox
    assert letter.to == ["mei@example.com"]
    assert code_of(letter) in letter.subject
    assert code_of(letter) in letter.alternatives[0].content
    answer = client.post(CODE, {"code": code_of(letter)})
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_a_wrong_code_says_so_and_three_end_it(client, mei):
    sign_in(client, by="code")
    wrong = "000000" if code_of(mail.outbox[0]) != "000000" else "111111"
    assert "验证码" in client.post(CODE, {"code": wrong}).text
    client.post(CODE, {"code": wrong})
    client.post(CODE, {"code": wrong})
    client.post(CODE, {"code": code_of(mail.outbox[0])})
    assert not is_signed_in(client)


def test_a_code_works_once(client, mei):
    sign_in(client, by="code")
    code = code_of(mail.outbox[0])
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    sign_in(client, by="code")
    client.post(CODE, {"code": code})
    assert code_of(mail.outbox[1]) == code or not is_signed_in(client)


def test_another_code_can_be_asked_for(client, mei):
    sign_in(client, by="code")
    client.post(CODE, {"action": "resend"})
    assert len(mail.outbox) == 2
    client.post(CODE, {"code": code_of(mail.outbox[1])})
    assert is_signed_in(client)


def test_a_password_signs_in_and_leads_home(client, mei):
    answer = sign_in(client, email="Mei@Example.com", password=PASSWORD, by="password")
    assert answer.status_code == 302
    assert is_signed_in(client)
    assert mail.outbox == []


def test_enter_alone_takes_the_password_that_was_typed(client, mei):
    sign_in(client, password=PASSWORD)
    assert is_signed_in(client)


def test_enter_alone_without_a_password_sends_a_code(client, mei):
    assert sign_in(client, password="").url == CODE
    assert len(mail.outbox) == 1


def test_the_code_button_wins_over_a_filled_in_password(client, mei):
    assert sign_in(client, password="filled by the browser", by="code").url == CODE


def test_the_password_button_without_a_password_asks_for_one(client, mei):
    answer = sign_in(client, by="password")
    assert "请输入密码" in answer.text
    assert 'value="mei@example.com"' in answer.text
    assert mail.outbox == []


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client, mei):
    known = sign_in(client, password="wrong", by="password")
    unknown = sign_in(client, email="nobody@example.com", password="wrong", by="password")
    summary = re.compile(r'<div class="error-summary".*?</ul>', re.DOTALL)
    assert summary.search(known.text)[0] == summary.search(unknown.text)[0]
    assert known.status_code == unknown.status_code == 200


def test_an_unknown_address_gets_a_code_like_others_and_with_it_an_account(client, db):
    answer = sign_in(client, email="nobody@example.com", by="code")
    assert answer.url == CODE
    assert "nobody@example.com" in client.get(CODE).text
    [letter] = mail.outbox
    assert letter.to == ["nobody@example.com"]
    assert not User.objects.filter(email="nobody@example.com").exists()
    client.post(CODE, {"code": re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]})
    assert is_signed_in(client)
    assert User.objects.get(email="nobody@example.com").emailaddress_set.get().verified


def test_too_many_wrong_passwords_are_told_in_words(client, mei):
    for _attempt in range(6):
        answer = sign_in(client, password="wrong", by="password")
    assert "次数过多" in answer.text or "稍后再试" in answer.text
    answer = sign_in(client, password=PASSWORD, by="password")
    assert not is_signed_in(client)


def test_too_many_requests_get_a_page_with_words(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _attempt in range(3):
        answer = sign_in(client, password="wrong", by="password")
    assert answer.status_code == 429
    assert "频繁" in answer.text


def test_who_was_switched_off_does_not_come_in(client, mei):
    User.objects.update(is_active=False)
    sign_in(client, password=PASSWORD, by="password")
    assert not is_signed_in(client)


def test_a_dead_mail_server_is_told_on_the_page(client, mei, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    sign_in(client, by="code")
    assert "邮件服务器暂时没有响应" in client.get(CODE).text


@pytest.mark.parametrize(
    "page", ["account_login", "account_signup", "account_reset_password", "account_logout", "account_request_login_code"]
)
def test_looking_changes_nothing(client, mei, page):
    before = list(User.objects.values())
    client.get(reverse(page))
    assert list(User.objects.values()) == before
    assert mail.outbox == []


def test_signing_out_needs_a_press(signed_in, mei):
    client = signed_in(mei)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_foreign_next_is_not_followed(client, mei):
    answer = client.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password", "next": "https://evil.example/"})
    assert "evil" not in answer.url


def test_a_code_that_has_expired_says_so_opens_nothing_and_keeps_where_one_was_going(client, mei):
    with time_machine.travel("2026-03-10T20:52:00+08:00", tick=False) as clock:
        client.post("/accounts/login/", {"login": mei.email, "by": "code"})
        code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
        clock.shift(601)
        answer = client.post("/accounts/login/code/confirm/?next=/tickets/", {"code": code, "next": "/tickets/"})
        assert answer.url == "/accounts/login/?next=%2Ftickets%2F"
        page = client.get(answer.url).text
        assert "已过期" in page
        assert "10 分钟" in page
        assert "_auth_user_id" not in client.session
        assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
        assert "_auth_user_id" not in client.session
