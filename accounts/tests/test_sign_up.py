"""An account needs one address that is proven; a name and a password are up to the person."""

import re

from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import User

SIGNUP = "/accounts/signup/"
CONFIRM = "/accounts/login/code/confirm/"


def code():
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def test_an_address_is_enough(client, db):
    answer = client.post(SIGNUP, {"email": "New@Example.com", "name": "", "password1": ""}, headers={"accept-language": "en"})
    assert answer.url == CONFIRM
    assert "_auth_user_id" not in client.session
    client.post(CONFIRM, {"code": code()})
    assert "_auth_user_id" in client.session
    user = User.objects.persons().get()
    assert (user.email, user.language, user.has_usable_password()) == ("new@example.com", "en", False)
    assert EmailAddress.objects.get().verified


def test_name_and_password_are_kept(client, db):
    client.post(SIGNUP, {"email": "new@example.com", "name": "新人", "password1": "a quiet heron 7"})
    client.post(CONFIRM, {"code": code()})
    user = User.objects.persons().get()
    assert user.name == "新人"
    assert user.check_password("a quiet heron 7")


def test_a_weak_password_is_refused_at_its_field_and_the_rest_is_kept(client, db):
    answer = client.post(SIGNUP, {"email": "new@example.com", "name": "新人", "password1": "12345"})
    assert 'id="id_password1_error"' in answer.text
    assert 'value="新人"' in answer.text
    assert not User.objects.persons().exists()


def test_a_taken_address_looks_the_same_and_its_owner_is_told(client, mei):
    answer = client.post(SIGNUP, {"email": "mei@example.com", "name": "别人", "password1": ""})
    assert answer.url == CONFIRM
    assert User.objects.persons().get().name == "李梅"
    [letter] = mail.outbox
    assert letter.to == ["mei@example.com"]
    assert "已有账户" in letter.subject


def test_a_password_is_reset_by_code(client, mei):
    client.post("/accounts/password/reset/", {"email": "mei@example.com"})
    client.post("/accounts/password/reset/confirm/", {"code": code()})
    client.post("/accounts/password/reset/complete/", {"password1": "another heron 8", "password2": "another heron 8"})
    mei.refresh_from_db()
    assert mei.check_password("another heron 8")
    assert "_auth_user_id" in client.session


def test_a_reset_for_an_unknown_address_looks_the_same(client, mei):
    known = client.post("/accounts/password/reset/", {"email": "mei@example.com"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
