"""How one signs in is changed only by who proves anew who they are, and all that was proven before hears of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import FormerContact, Phone, TextMessage
from accounts.tests.conftest import PASSWORD, person, prove

pytestmark = pytest.mark.django_db
FRESH, EMAIL, CONFIRM, PHONE = "/accounts/fresh/", "/accounts/email/", "/accounts/confirm-email/", "/accounts/phone/"
LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"
THIEF = "eve@evil.example.com"
GUARDED = [
    EMAIL,
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/keys/1/remove/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
    PHONE,
    "/accounts/phone/remove/",
]
POSTED = ("/accounts/phone/remove/", "get")  # it can only be posted


def code_in(letter) -> str:
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]


def fresh_code(client) -> str:
    client.post(FRESH, {"next": EMAIL})
    return code_in(mail.outbox[-1])


@pytest.fixture
def phones(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "file:", {"email", "phone"}


@pytest.fixture
def unlocked(signed_in, mei) -> Client:
    """Mei's phone in another's hand: signed in, and nothing shown since."""
    return signed_in(mei)


@pytest.fixture
def own(unlocked) -> Client:
    prove(unlocked)
    return unlocked


def moves_to(client, email: str) -> None:
    client.post(EMAIL, {"action_add": "", "email": email})
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})


def adds_number(client, number: str = "13900139000") -> None:
    client.post(PHONE, {"phone": number})
    client.post("/accounts/phone/confirm/", {"code": client.session["account_phone_verification"]["code"]})


# ---- First the proof
@pytest.mark.parametrize(
    ("place", "method"), [(place, method) for place in GUARDED for method in ("get", "post") if (place, method) != POSTED]
)
def test_a_fresh_proof_comes_before_every_change(unlocked, phones, place, method):
    assert getattr(unlocked, method)(place).url.startswith(f"{FRESH}?next=%2Faccounts%2F")


def test_a_thief_with_the_phone_cannot_put_an_address_of_his_own_there(unlocked, mei):
    unlocked.post(EMAIL, {"action_add": "", "email": THIEF})
    assert [letter.to for letter in mail.outbox] == []
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"


def test_a_visitor_signs_in_first(client, db):
    assert client.get(EMAIL).url.startswith(LOGIN)


def test_who_came_in_by_code_just_now_has_proven_it(client, mei):
    with time_machine.travel("2026-03-10T20:52:00+08:00", tick=False) as clock:
        client.post(LOGIN, {"login": mei.email, "by": "code"})
        client.post(CODE, {"code": code_in(mail.outbox[-1])})
        assert client.get(EMAIL).status_code == 200
        clock.shift(601)
        assert client.get(EMAIL).url.startswith(FRESH)


def test_a_password_proves_nothing_anew(client, mei):
    client.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    assert client.get(EMAIL).url.startswith(FRESH)


def test_it_says_that_one_can_go_on_or_has_to_press_again(unlocked):
    unlocked.get(EMAIL)
    assert "可以继续" in unlocked.post(FRESH, {"code": fresh_code(unlocked), "next": EMAIL}, follow=True).text
    unlocked.session.flush()


def test_after_a_button_it_says_press_again(unlocked):
    unlocked.post("/my-data/export/")
    answer = unlocked.post(FRESH, {"code": fresh_code(unlocked), "next": "/my-data/"}, follow=True)
    assert "再按一次" in answer.text


# ---- What has only just been put there proves nothing yet
def test_after_a_change_the_code_goes_to_the_address_from_before(own, mei):
    moves_to(own, THIEF)
    mei.refresh_from_db()
    assert mei.email == THIEF
    fresh_code(own)
    assert mail.outbox[-1].to == ["mei@example.com"]
    assert "mei@example.com" in own.get(FRESH).text


def test_a_second_change_does_not_wash_the_first(own):
    moves_to(own, "one@evil.example.com")
    moves_to(own, "two@evil.example.com")
    fresh_code(own)
    assert mail.outbox[-1].to == ["mei@example.com"]


def test_coming_in_by_code_at_the_new_address_is_no_fresh_proof(own, mei):
    moves_to(own, THIEF)
    other = Client()
    other.post(LOGIN, {"login": THIEF, "by": "code"})
    other.post(CODE, {"code": code_in(mail.outbox[-1])})
    assert other.get("/accounts/profile/").status_code == 200
    assert other.get(EMAIL).url.startswith(FRESH)


def test_after_the_days_the_new_address_proves_it(own, mei, settings):
    moves_to(own, "mei@example.org")
    with time_machine.travel(timezone.now() + settings.PROOF_SETTLES + timedelta(minutes=1), tick=False):
        again = Client()
        again.force_login(mei, backend="accounts.backends.PasswordBackend")
        fresh_code(again)
        assert mail.outbox[-1].to == ["mei@example.org"]


def test_how_many_days_is_a_setting(own, settings):
    settings.PROOF_SETTLES = timedelta(days=30)
    moves_to(own, "mei@example.org")
    assert FormerContact.objects.get().until > timezone.now() + timedelta(days=29)


def test_an_address_that_was_never_proven_proves_nothing(client, db):
    """A slip at signing up: the letter went to somebody else."""
    client.post("/accounts/signup/", {"email": "typo@example.com", "password1": PASSWORD})
    EmailAddress.objects.all().delete()
    client.post("/accounts/signup/", {"email": "mei@example.com", "password1": PASSWORD})
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert not FormerContact.objects.exists()


def test_the_admin_who_sets_an_address_by_hand_ends_the_days(own, mei, admin_user):
    moves_to(own, THIEF)
    admin = Client()
    admin.force_login(admin_user, backend="accounts.backends.PasswordBackend")
    page = admin.get(f"/admin/accounts/user/{mei.pk}/change/").context["adminform"].form
    said = {name: value for name, value in page.initial.items() if isinstance(value, str | int | bool) and value is not False}
    said |= {"email": "mei@example.net", "date_joined_0": "2026-01-01", "date_joined_1": "10:00"}
    admin.post(f"/admin/accounts/user/{mei.pk}/change/", said)
    mei.refresh_from_db()
    assert mei.email == "mei@example.net"
    fresh_code(own)
    assert mail.outbox[-1].to == ["mei@example.net"]


# ---- Everybody hears of it
def letters_about(what: str) -> list:
    return [letter for letter in mail.outbox if what in letter.body and "登录方式" in letter.subject]


def test_a_letter_about_a_changed_address_goes_to_the_old_and_the_new(own):
    moves_to(own, THIEF)
    letters = letters_about("邮箱地址已更改")
    assert sorted(letter.to[0] for letter in letters) == [THIEF, "mei@example.com"]
    for letter in letters:
        assert "Unspecified" not in letter.body
        assert "/freeze/" in letter.body
        assert "/freeze/" in letter.alternatives[0].content
        assert ("/accounts/not-me/" in letter.body) == (letter.to == ["mei@example.com"]), "the new address may be a thief's"
        assert ("/accounts/not-me/" in letter.alternatives[0].content) == (letter.to == ["mei@example.com"])


def test_a_new_number_is_told_by_letter_and_a_changed_one_to_the_old_number(own, mei, phones):
    adds_number(own)
    assert [letter.to for letter in letters_about("手机号码")] == [["mei@example.com"]]
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        adds_number(own, "13900139001")
    assert Phone.objects.get().number == "+8613900139001"
    assert "+8613900139000" in list(TextMessage.objects.order_by("pk").values_list("number", flat=True))[-2:]


def test_signing_in_by_the_number_is_no_change(mei, phones, client, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr("accounts.phones.queue_message", lambda number, words: sent.append(words))
    Phone.objects.create(user=mei, number="+8613900139000", verified_at=timezone.now())
    since = Phone.objects.get().verified_at
    client.post(LOGIN, {"login": "13900139000", "by": "code"})
    client.post(CODE, {"code": re.search(r"\d{6}", sent[-1])[0]})
    assert "_auth_user_id" in client.session
    assert mail.outbox == []
    assert Phone.objects.get().verified_at == since


def test_a_removed_number_is_told_and_so_is_a_password(own, mei, phones):
    Phone.objects.create(user=mei, number="+8613900139000", verified_at=timezone.now())
    own.post("/accounts/phone/remove/")
    assert letters_about("手机号码已移除")
    assert TextMessage.objects.filter(number="+8613900139000").exists()
    own.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "another heron 8", "password2": "another heron 8"})
    assert letters_about("密码已更改")


def test_a_removed_app_is_told(own, mei):
    TOTP.activate(mei, "JBSWY3DPEHPK3PXP")
    session = own.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(mei.pk)
    session.save()
    own.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert letters_about("验证器应用已移除")


def test_a_number_of_another_account_stays_there(own, mei, phones, monkeypatch):
    """Also when it was proven there between allauth's look and ours."""
    wang = person("wang@example.com")
    own.post(PHONE, {"phone": "13900139000"})
    code = own.session["account_phone_verification"]["code"]
    Phone.objects.create(user=wang, number="+8613900139000", verified_at=timezone.now())
    monkeypatch.setattr("accounts.phones.user_with", lambda number: None)
    answer = own.post("/accounts/phone/confirm/", {"code": code}, follow=True)
    assert "另一个账户" in answer.text
    assert Phone.objects.get().user == wang
    assert mail.outbox == []


# ---- It was not me
def sign_out_link(what: str) -> str:
    """In the letter to the address from before."""
    (found,) = re.findall(r"/accounts/not-me/\S+", " ".join(letter.body for letter in letters_about(what)))
    return found


def test_the_link_signs_out_everywhere_without_signing_in(own, mei):
    thief = Client()
    thief.post(LOGIN, {"login": mei.email, "password": PASSWORD, "by": "password"})
    prove(thief)
    moves_to(thief, THIEF)
    link = sign_out_link("邮箱地址已更改")
    reader = Client()
    assert reader.get(link).status_code == 200
    assert thief.get("/accounts/profile/").status_code == 200, "looking does nothing"
    assert "所有设备" in reader.post(link).text
    assert thief.get("/accounts/profile/").status_code == 302
    assert not UserSession.objects.exists()


def test_the_link_is_ours_and_ends(own, settings):
    moves_to(own, THIEF)
    link = sign_out_link("邮箱地址已更改")
    assert Client().post(f"{link[:-2]}x/").status_code == 404
    with time_machine.travel(timezone.now() + settings.PROOF_SETTLES + timedelta(minutes=1), tick=False):
        assert Client().post(link).status_code == 404
