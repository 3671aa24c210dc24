"""What holds on every page of the frame: language, a way to skip, no inline script or style, one-tap freeze, roles' links."""

import re

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.adapter import home_of
from accounts.tests.conftest import prove

OPEN_PAGES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
OWN_PAGES = [
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]


def assert_is_framed(html):
    assert 'href="#main"' in html
    assert 'action="/i18n/setlang/"' in html
    assert '"allowEval":false' in html
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son\w+=", html)
    assert "<style" not in html
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or "application/json" in attributes
    assert len(re.findall(r"<h1", html)) == 1


@pytest.mark.parametrize("page", OPEN_PAGES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_open_pages_are_framed(client, db, page, language):
    answer = client.get(page, headers={"accept-language": language})
    assert answer.status_code == 200
    assert_is_framed(answer.text)


@pytest.mark.parametrize("page", OWN_PAGES)
def test_own_pages_are_framed_and_for_their_owner(client, signed_in, mei, page):
    assert client.get(page).status_code == 302
    prove(signed_in(mei))
    answer = client.get(page)
    assert answer.status_code == 200
    assert_is_framed(answer.text)


def test_a_customer_has_freeze_one_tap_away_and_an_agent_has_the_desk(client, signed_in, mei, agent):
    try:
        freeze, queue = reverse("portal:freeze"), reverse("desk:queue")
    except NoReverseMatch:
        pytest.skip("the doors are not there yet")
    assert f'href="{freeze}"' in client.get("/accounts/login/").text
    text = signed_in(mei).get("/accounts/profile/").text
    assert f'href="{freeze}"' in text
    assert f'href="{queue}"' not in text
    text = signed_in(agent).get("/accounts/profile/").text
    assert f'href="{queue}"' in text
    assert f'href="{freeze}"' not in text


def test_only_who_may_open_the_admin_sees_the_way(signed_in, mei, admin_user):
    assert 'href="/admin/"' not in signed_in(mei).get("/accounts/profile/").text
    assert 'href="/admin/"' in signed_in(admin_user).get("/accounts/profile/").text


def test_home_is_where_one_works(mei, admin_user):
    assert home_of(admin_user) == "/admin/"
    assert home_of(mei) == "/"


def test_hints_made_of_html_stay_html(signed_in, mei):
    client = signed_in(mei)
    prove(client)
    page = client.get("/accounts/password/change/").text
    assert "<ul><li>" in page
    assert "&lt;li" not in page
