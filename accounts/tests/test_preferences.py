"""Language and zone: switched on every page, remembered for who is signed in."""

from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.middleware import PreferencesMiddleware
from accounts.models import User
from lib.zones import DEFAULT_ZONE, zone_of

SWITCH = "/i18n/setlang/"
PROFILE = "/accounts/profile/"


def test_a_visitor_switches_and_the_browser_remembers(client, db):
    assert 'lang="zh-Hans"' in client.get("/accounts/login/", headers={"accept-language": "zh-CN"}).text
    answer = client.post(SWITCH, {"language": "en", "next": "/accounts/login/"})
    assert answer.url == "/accounts/login/"
    assert '<html lang="en"' in client.get("/accounts/login/", headers={"accept-language": "zh-CN"}).text


def test_the_browser_is_asked_first(client, db):
    assert '<html lang="en"' in client.get("/accounts/login/", headers={"accept-language": "en-GB"}).text


def test_who_is_signed_in_is_remembered(signed_in, mei):
    client = signed_in(mei)
    client.post(SWITCH, {"language": "en"})
    mei.refresh_from_db()
    assert mei.language == "en"
    client.cookies.pop("django_language")
    assert '<html lang="en"' in client.get(PROFILE, headers={"accept-language": "zh-CN"}).text


def test_an_unknown_language_is_not_kept(signed_in, mei):
    signed_in(mei).post(SWITCH, {"language": "tlh"})
    mei.refresh_from_db()
    assert mei.language == ""


def test_looking_at_the_switch_changes_nothing(signed_in, mei):
    signed_in(mei).get(SWITCH, {"language": "en"})
    mei.refresh_from_db()
    assert mei.language == ""


def test_a_foreign_next_is_not_followed(client, db):
    assert "evil" not in client.post(SWITCH, {"language": "en", "next": "https://evil.example/"}).url


def test_the_profile_is_kept(signed_in, mei):
    answer = signed_in(mei).post(PROFILE, {"name": "梅", "language": "en", "timezone": "Europe/Berlin"}, follow=True)
    mei.refresh_from_db()
    assert (mei.name, mei.language, mei.timezone) == ("梅", "en", "Europe/Berlin")
    assert "Saved." in answer.text
    assert "Times are shown in Europe/Berlin." in answer.text


def test_a_bad_zone_is_told_at_its_field_and_nothing_is_written(signed_in, mei):
    answer = signed_in(mei).post(PROFILE, {"name": "梅", "language": "en", "timezone": "Mars/Olympus"})
    assert answer.status_code == 400
    assert 'id="id_timezone_error"' in answer.text
    assert 'value="梅"' in answer.text
    mei.refresh_from_db()
    assert mei.name == "李梅"


def test_the_profile_is_for_who_is_signed_in(client, db):
    assert client.get(PROFILE).url == "/accounts/login/?next=/accounts/profile/"


@pytest.mark.parametrize(
    ("chosen", "zone"), [("", DEFAULT_ZONE), ("Europe/Berlin", "Europe/Berlin"), ("Mars/Olympus", DEFAULT_ZONE), ("../etc", DEFAULT_ZONE)]
)
def test_the_zone_of_the_viewer_is_active(rf, mei, chosen, zone):
    mei.timezone = chosen
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = rf.get("/")
    request.user, request.session = mei, {"_auth_user_id": str(mei.pk)}
    PreferencesMiddleware(view)(request)
    assert seen == [zone]


def test_a_visitor_costs_no_query(rf, django_assert_num_queries, db):
    request = rf.get("/")
    request.session = {}
    with django_assert_num_queries(0):
        PreferencesMiddleware(lambda request: HttpResponse())(request)


def test_an_unknown_zone_gives_the_default():
    assert zone_of("Nowhere/Else") == ZoneInfo(DEFAULT_ZONE)


def test_the_model_refuses_an_unknown_zone(mei):
    mei.timezone = "Mars/Olympus"
    with pytest.raises(Exception, match="时区"):
        User.full_clean(mei)
