"""Tokens of programs: hashed, scoped, revocable, shown once."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.security_notices import tell_of_change
from api.authentication import make_token
from api.models import IdempotencyKey, Token
from api.periodic import forget_tokens, purge_task
from api.tests.driving import ROOT
from api.tokens import approve_token
from tickets.tests.making import filing
from tickets.workflow import Forbidden

pytestmark = pytest.mark.django_db


def bearer(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def test_a_token_is_shown_once_and_kept_as_a_digest(as_, mei):
    made = as_(mei).post(f"{ROOT}tokens/", {"name": "对账脚本", "scopes": ["read", "write"]}, format="json")
    body = made.json()
    assert made.status_code == 201
    assert body.keys() >= {"id", "name", "scopes", "last4", "created_at", "expires_at", "token"}
    assert body["token"].endswith(body["last4"])
    row = Token.objects.get()
    assert body["token"] not in (row.digest, row.token_key, str(row))
    listed = as_(mei).get(f"{ROOT}tokens/").json()["results"]
    assert [each["id"] for each in listed] == [body["id"]]
    assert "token" not in listed[0]


def test_an_answer_given_again_does_not_hold_the_token(as_, mei):
    first, again = (as_(mei).post(f"{ROOT}tokens/", {"name": "x"}, format="json", HTTP_IDEMPOTENCY_KEY="k").json() for _ in range(2))
    assert first["id"] == again["id"]
    assert again["token"] is None
    assert first["token"] not in IdempotencyKey.objects.get().body


def test_a_program_acts_as_its_owner(mei):
    client = bearer(make_token(mei, "p", ["read", "write"])[1])
    ref = client.post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    assert client.get(f"{ROOT}tickets/{ref}/").json()["owner"] == "mei@example.com"


def test_a_reading_token_does_not_write(mei):
    client = bearer(make_token(mei, "p", ["read"])[1])
    assert client.get(f"{ROOT}tickets/").status_code == 200
    refused = client.post(f"{ROOT}tickets/", filing(), format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_token_makes_no_token(mei):
    client = bearer(make_token(mei, "p", ["read", "write"])[1])
    assert client.get(f"{ROOT}tokens/").status_code == 403
    assert client.post(f"{ROOT}tokens/", {"name": "x"}, format="json").status_code == 403


def test_a_revoked_token_stops_working_at_once(as_, mei, wang):
    token, text = make_token(mei, "p", ["read"])
    address = f"{ROOT}tokens/{token.public_id}/"
    assert as_(wang).delete(address).status_code == 404
    assert as_(mei).delete(address).status_code == 204
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 401


def test_an_expired_token_and_one_of_an_inactive_user_do_not_work(mei, wang):
    ended = bearer(make_token(mei, "p", ["read"], timezone.now() - timedelta(seconds=1))[1])
    assert ended.get(f"{ROOT}tickets/").status_code == 401
    gone = bearer(make_token(wang, "p", ["read"])[1])
    wang.is_active = False
    wang.save()
    assert gone.get(f"{ROOT}tickets/").status_code == 401


@pytest.fixture
def in_session():
    """`in_session(mei)`: a browser of hers that has shown nothing yet; `prove` shows it."""

    def opened(person, proven: bool) -> APIClient:
        browser = APIClient()
        browser.force_login(person)
        if proven:
            session = browser.session
            session["accounts_fresh_until"] = (timezone.now() + timedelta(minutes=5)).timestamp()
            session.save()
        return browser

    return opened


def test_a_token_is_made_only_after_a_fresh_proof_and_told_to_its_owner(
    in_session, in_request, mei, mailoutbox, django_capture_on_commit_callbacks
):
    refused = in_session(mei, proven=False).post(f"{ROOT}tokens/", {"name": "x"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "FRESH_PROOF_REQUIRED")
    assert not Token.objects.exists()
    assert not mailoutbox
    with django_capture_on_commit_callbacks(execute=True):
        assert in_session(mei, proven=True).post(f"{ROOT}tokens/", {"name": "x"}, format="json").status_code == 201
        assert not mailoutbox, "nothing waits for the mail server while rows are locked"
    assert [letter.to for letter in mailoutbox] == [[mei.email]]
    assert "/accounts/not-me/" in mailoutbox[0].body


def test_a_token_lives_for_a_year_at_most(as_, mei):
    late = (timezone.now() + timedelta(days=366)).isoformat()
    assert as_(mei).post(f"{ROOT}tokens/", {"name": "x", "expires_at": late}, format="json").json()["errors"].keys() == {"expires_at"}
    assert as_(mei).post(f"{ROOT}tokens/", {"name": "x"}, format="json").status_code == 201
    assert Token.objects.get().expiry <= timezone.now() + timedelta(days=365)
    with pytest.raises(CommandError):
        call_command("create_token", mei.email, "x", "--days", "400")


def test_a_colleague_s_token_waits_for_an_admin_who_is_not_its_holder(as_, lin, admin_client, admin_user, in_request):
    made = as_(lin).post(f"{ROOT}tokens/", {"name": "mine", "scopes": ["tickets:read"]}, format="json").json()
    own = as_(admin_user).post(f"{ROOT}tokens/", {"name": "of the admin", "scopes": ["webhooks:read"]}, format="json").json()
    assert (made["waiting_for_approval"], own["waiting_for_approval"]) == (True, True)
    assert bearer(made["token"]).get(f"{ROOT}tickets/").status_code == 401
    approve = {"action": "approve", "_selected_action": list(Token.objects.values_list("pk", flat=True))}
    admin_client.post(reverse("admin:api_token_changelist"), approve)
    assert bearer(made["token"]).get(f"{ROOT}tickets/").status_code == 200
    assert bearer(own["token"]).get(f"{ROOT}webhooks/").status_code == 401
    token = Token.objects.get(name="of the admin")
    with pytest.raises(Forbidden):
        approve_token(admin_user, token)
    with pytest.raises(Forbidden):
        approve_token(lin, token)
    approve_token(User.objects.create_superuser("second@example.com"), token)
    assert bearer(own["token"]).get(f"{ROOT}webhooks/").status_code == 200


def test_when_it_was_last_used_is_told_to_ten_minutes(as_, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    text = make_token(mei, "p", ["read"])[1]
    assert as_(mei).get(f"{ROOT}tokens/").json()["results"][0]["last_used_at"] is None
    for minute, noted in (("53", "53"), ("59", "53")):
        clock(f"2026-03-10T20:{minute}:00+08:00")
        bearer(text).get(f"{ROOT}tickets/")
        assert as_(mei).get(f"{ROOT}tokens/").json()["results"][0]["last_used_at"] == f"2026-03-10T20:{noted}:00+08:00"
    clock("2026-03-10T21:03:00+08:00")
    bearer(text).get(f"{ROOT}tickets/")
    assert as_(mei).get(f"{ROOT}tokens/").json()["results"][0]["last_used_at"] == "2026-03-10T21:03:00+08:00"


@pytest.mark.parametrize("change", ["email_changed", "phone_added", "phone_removed", "password_changed", "password_set", "password_reset"])
def test_tokens_end_with_the_password_the_address_or_the_number(change, mei, wang, in_request):
    text, others = make_token(mei, "p", ["read"])[1], make_token(wang, "p", ["read"])[1]
    tell_of_change(mei, change)
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 401
    assert bearer(others).get(f"{ROOT}tickets/").status_code == 200


def test_it_was_not_me_ends_tokens_too(mei, client, mailoutbox, in_request):
    text = make_token(mei, "p", ["read"])[1]
    tell_of_change(mei, "token_made")
    address = re.search(r"/accounts/not-me/[^/]+/", mailoutbox[-1].body).group()
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 200
    client.post(address)
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 401


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_lists_makes_and_ends_them(in_session, mei, wang, language):
    page, browser = reverse("token_pages:tokens"), in_session(mei, proven=False)
    mei.language = language
    mei.save()
    wanted = {"name": "对账 script", "scopes": ["tickets:read", "tickets:file"], "days": "90"}
    assert browser.post(page, wanted)["Location"].startswith("/accounts/fresh/")
    browser = in_session(mei, proven=True)
    assert browser.post(page, {**wanted, "scopes": ["reports:read"]}).status_code == 400
    made = browser.post(page, wanted)
    text = re.search(r'class="hash">(\w{64})<', made.content.decode()).group(1)
    assert made.status_code == 201
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 200
    listed = browser.get(page).content.decode()
    assert text not in listed
    assert "对账 script" in listed
    assert {"zh-hans": "查看投诉", "en": "Read complaints"}[language] in listed
    end = reverse("token_pages:end", args=[Token.objects.get().public_id])
    assert in_session(wang, proven=True).post(end).status_code == 404
    assert browser.post(end).status_code == 302
    assert bearer(text).get(f"{ROOT}tickets/").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer \xff", "Token abc", "Basic bWVpOnB3"])
def test_a_header_that_is_no_bearer_token_is_401(header, db):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get(f"{ROOT}tickets/").status_code == 401


def test_a_token_needs_a_name_known_scopes_and_a_future(as_, mei):
    wrong = {"name": "", "scopes": ["fly"], "expires_at": "2020-01-01T00:00:00Z"}
    assert as_(mei).post(f"{ROOT}tokens/", wrong, format="json").json()["errors"].keys() == {"name", "scopes"}
    late = as_(mei).post(f"{ROOT}tokens/", {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, format="json")
    assert late.json()["errors"].keys() == {"expires_at"}


def test_two_factor_binds_sessions_and_not_tokens(lin, settings):
    settings.REQUIRE_STAFF_2FA = True
    session = APIClient()
    session.force_login(lin)
    refused = session.get(f"{ROOT}tickets/")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert bearer(make_token(lin, "p", ["read"])[1]).get(f"{ROOT}tickets/").status_code == 200


def test_a_command_makes_a_token_for_a_service_account(adapter):
    out = StringIO()
    call_command("create_token", "adapter@example.com", "支付适配器", "--scope", "write", stdout=out)
    assert bearer(out.getvalue().strip()).get(f"{ROOT}tickets/").status_code == 200
    assert Token.objects.get().scopes == ["read", "write"]
    with pytest.raises(CommandError):
        call_command("create_token", "nobody@example.com", "x")


def test_tokens_that_ended_a_month_ago_are_forgotten(mei):
    make_token(mei, "old", ["read"], timezone.now() - timedelta(days=31))
    make_token(mei, "ended", ["read"], timezone.now() - timedelta(days=1))
    assert forget_tokens(timezone.now()) == 1
    purge_task()
    assert Token.objects.get().name == "ended"


def test_the_admin_shows_and_revokes_but_never_makes_or_shows_a_token(mei, admin_client):
    token, text = make_token(mei, "p", ["read"])
    page = admin_client.get(reverse("admin:api_token_changelist"))
    assert page.status_code == 200
    assert text not in page.content.decode()
    assert admin_client.get(reverse("admin:api_token_add")).status_code == 403
    assert admin_client.post(reverse("admin:api_token_delete", args=[token.pk]), {"post": "yes"}).status_code == 302
    assert not Token.objects.exists()
