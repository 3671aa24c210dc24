"""The demo's people exist, are shown and sign in by one tap only where DEMO is set."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.demo_people import DEMO_PEOPLE, ensure_demo_people
from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of

TAP = "/accounts/demo-login/"


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    return ensure_demo_people()


def test_the_login_page_lists_them_in_the_demo_only(client, demo, settings):
    assert all(person.email in client.get("/accounts/login/").text for person in DEMO_PEOPLE)
    settings.DEMO = False
    text = client.get("/accounts/login/").text
    assert "example.com" not in text
    assert DEMO_PEOPLE[0].password not in text


@pytest.mark.parametrize("person", DEMO_PEOPLE, ids=lambda person: person.email)
def test_one_tap_signs_in(client, demo, person):
    answer = client.post(TAP, {"email": person.email})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(demo[person.email].pk)


def test_outside_the_demo_there_is_no_such_page(client, demo, settings):
    settings.DEMO = False
    assert client.post(TAP, {"email": "mei@example.com"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_nobody_else_can_be_tapped(client, demo):
    User.objects.create_user("boss@example.com", is_superuser=True)
    assert client.post(TAP, {"email": "boss@example.com"}).status_code == 404


def test_looking_does_not_sign_in(client, demo):
    assert client.get(TAP, {"email": "mei@example.com"}).status_code == 405


def test_their_password_works_at_once(client, demo):
    client.post("/accounts/login/", {"login": "mei@example.com", "password": DEMO_PEOPLE[0].password, "by": "password"})
    assert "_auth_user_id" in client.session


def test_every_role_is_there(demo):
    assert {role for user in demo.values() for role in roles_of(user)} == {*STAFF_ROLES, Role.ADMIN}


def test_making_them_twice_makes_them_once(demo):
    ensure_demo_people()
    assert User.objects.persons().count() == len(DEMO_PEOPLE)


def test_outside_the_demo_they_are_not_made(db, settings):
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        ensure_demo_people()
    assert not User.objects.persons().exists()


def test_a_tap_goes_where_one_was_going_but_nowhere_else(client, demo):
    assert client.post(TAP, {"email": "mei@example.com", "next": "/accounts/profile/"}).url == "/accounts/profile/"
    client.post("/accounts/logout/")
    assert "evil" not in client.post(TAP, {"email": "mei@example.com", "next": "https://evil.example/"}).url
