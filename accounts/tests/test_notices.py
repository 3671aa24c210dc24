"""The page where one chooses what comes by e-mail, and the one click that turns off what may be turned off."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import EmailFrequency, User
from accounts.unsubscribe import quiet_address

pytestmark = pytest.mark.django_db
PAGE = "/accounts/notices/"
CHOSEN = {
    "steps_by_mail": "daily", "reminders_by_mail": "at_once", "news_by_mail": "never", "digest_hour": "21",
    "language": "en", "timezone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def phone(mei) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(mei)
    return client


def test_what_is_chosen_is_kept_and_shown(phone, mei):
    assert phone.post(PAGE, CHOSEN).status_code == 302
    mei.refresh_from_db()
    assert {name: str(getattr(mei, name)) for name in CHOSEN} == CHOSEN
    page = phone.get(PAGE).content.decode()
    assert "What I get" in page and '<option value="21" selected>' in page and '<option value="never" selected>' in page


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps_by_mail", "never"), ("reminders_by_mail", "never"), ("news_by_mail", "x"), ("digest_hour", "24"), ("timezone", "No/Where")],
)
def test_what_may_not_be_silent_cannot_be_chosen(phone, mei, name, value):
    assert phone.post(PAGE, {**CHOSEN, name: value}).status_code == 400
    mei.refresh_from_db()
    assert (mei.steps_by_mail, mei.news_by_mail, mei.digest_hour) == (EmailFrequency.AT_ONCE, EmailFrequency.DAILY, 9)


def test_one_must_be_signed_in():
    assert Client().get(PAGE).status_code == 302


def test_it_is_reached_from_the_profile(phone):
    assert PAGE in phone.get("/accounts/profile/").content.decode()


def address(user: User) -> str:
    return quiet_address(user).removeprefix(settings.SITE_URL)


def test_one_click_of_a_mail_program_turns_off_the_news_alone(mei):
    program = Client(enforce_csrf_checks=True)
    answer = program.post(address(mei), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    mei.refresh_from_db()
    assert (mei.news_by_mail, mei.reminders_by_mail, mei.steps_by_mail) == (
        EmailFrequency.NEVER,
        EmailFrequency.DAILY,
        EmailFrequency.AT_ONCE,
    )


def test_looking_changes_nothing(mei):
    assert Client().get(address(mei)).status_code == 200
    mei.refresh_from_db()
    assert mei.news_by_mail == EmailFrequency.DAILY


def test_an_address_that_is_not_ours_is_no_address(mei, wang):
    forged = address(mei).replace(f"/{mei.pk}:", f"/{wang.pk}:")
    for path in (forged, "/accounts/quiet/1/", "/accounts/quiet/1:abc/"):
        assert Client().post(path).status_code == 404
    left = address(mei)
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert Client().post(left).status_code == 404
