"""Staff work only in a session that has shown a second factor; customers and tokens are left alone."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from accounts.tests.conftest import PASSWORD, person, prove

SECRET = "JBSWY3DPEHPK3PXP"
PROFILE = "/accounts/profile/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_STAFF_2FA = True


def totp_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_group_is_sent_to_set_it_up(signed_in, db, role):
    answer = signed_in(person("someone@example.com", role)).get(PROFILE)
    assert answer.status_code == 302
    assert answer.url == "/accounts/2fa/?next=/accounts/profile/"


def test_an_admin_is_sent_to_set_it_up(signed_in, admin_user):
    assert signed_in(admin_user).get("/admin/").url.startswith("/accounts/2fa/")


def test_a_customer_is_left_alone(signed_in, mei):
    assert signed_in(mei).get(PROFILE).status_code == 200


def test_a_visitor_is_left_alone(client, db):
    assert client.get("/accounts/login/").status_code == 200


def test_where_it_is_not_required_staff_go_on(signed_in, agent, settings):
    settings.REQUIRE_STAFF_2FA = False
    assert signed_in(agent).get(PROFILE).status_code == 200


@pytest.mark.parametrize("page", ["/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/logout/"])
def test_the_way_to_it_and_the_way_out_stay_open(signed_in, agent, page):
    assert signed_in(agent).get(page).status_code == 200


def test_a_change_is_refused_too(signed_in, agent):
    signed_in(agent).post(PROFILE, {"name": "x", "language": "en", "timezone": "Asia/Tokyo"})
    agent.refresh_from_db()
    assert agent.name == "林安"


def test_a_program_with_a_session_gets_a_problem(signed_in, agent):
    answer = signed_in(agent).get(PROFILE, headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "forbidden"


def test_htmx_moves_the_whole_page(signed_in, agent):
    answer = signed_in(agent).get(PROFILE, headers={"hx-request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/2fa/")


def test_setting_up_an_app_opens_the_desk_and_hides_the_secret(client, agent):
    client.post("/accounts/login/", {"login": agent.email, "password": PASSWORD, "by": "password"})
    prove(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp_now(secret)})
    assert answer.url == "/accounts/2fa/recovery-codes/"
    assert client.get(PROFILE).status_code == 200
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_signing_in_asks_for_the_code_and_lets_staff_work(client, agent):
    TOTP.activate(agent, SECRET)
    answer = client.post("/accounts/login/", {"login": agent.email, "password": PASSWORD, "by": "password"})
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get(PROFILE).status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": totp_now(SECRET)})
    assert client.get(PROFILE).status_code == 200


def test_a_session_from_before_is_asked_for_the_code(signed_in, agent):
    TOTP.activate(agent, SECRET)
    client = signed_in(agent)
    assert client.get(PROFILE).url == "/accounts/2fa/reauthenticate/?next=/accounts/profile/"
    client.post("/accounts/2fa/reauthenticate/?next=/accounts/profile/", {"code": totp_now(SECRET)})
    assert client.get(PROFILE).status_code == 200


def test_the_factor_of_one_session_does_not_count_in_another(client, agent):
    TOTP.activate(agent, SECRET)
    client.post("/accounts/login/", {"login": agent.email, "password": PASSWORD, "by": "password"})
    client.post("/accounts/2fa/authenticate/", {"code": totp_now(SECRET)})
    other = Client()
    other.force_login(agent, backend="accounts.backends.PasswordBackend")
    assert other.get(PROFILE).status_code == 302


def test_an_adapter_in_a_browser_needs_it_as_well(signed_in, db):
    adapter = User.objects.create_user("freeze@example.com", is_service=True)
    assert signed_in(adapter).get(PROFILE).status_code == 302


def test_a_new_secret_key_still_opens_secrets_of_the_old_one(agent, settings):
    settings.SECRET_KEY = "old" * 20
    totp = TOTP.activate(agent, SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]
    assert totp.validate_code(totp_now(SECRET))


def test_role_and_factor_cost_one_query_each_at_most(signed_in, db, django_assert_max_num_queries):
    client = signed_in(person("chen@example.com", Role.REVIEWER))
    with django_assert_max_num_queries(4):  # session, user, groups, authenticators
        client.get(PROFILE)
