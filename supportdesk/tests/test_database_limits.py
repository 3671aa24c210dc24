"""No request waits for the database for ever, and what it says then is true."""

import logging

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from supportdesk.tests.test_settings import PRODUCTION, settings_with

pytestmark = pytest.mark.django_db


def waits_too_long(request: HttpRequest) -> HttpResponse:
    raise OperationalError("canceling statement due to lock timeout")


urlpatterns = [path("busy/", waits_too_long), path("api/v1/busy/", waits_too_long), path("", include("supportdesk.urls"))]
handler500 = "supportdesk.errors.server_error"


@override_settings(ROOT_URLCONF="supportdesk.tests.test_database_limits")
def test_a_wait_that_is_too_long_is_a_503_in_words_and_says_when_to_come_again(client: Client) -> None:
    logging.getLogger("django.request").disabled = False
    page = client.get("/busy/", headers={"Accept-Language": "en"})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "The desk is busy just now" in page.text
    problem = client.post("/api/v1/busy/")
    assert (problem.status_code, problem.json()["code"], problem["Retry-After"]) == (503, "busy", "5")


@pytest.mark.parametrize("path", ["/freeze/", "/tickets/", "/desk/", "/api/v1/tickets/"])
def test_a_database_that_is_away_is_a_503_for_whoever_is_signed_in_too(path: str, mei, client: Client, monkeypatch) -> None:
    """Who they are is asked before any view; and whoever wants a freeze reads what can be done without us."""
    client.force_login(mei)
    client.raise_request_exception = False

    def away(_session: SessionStore) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(SessionStore, "load", away)
    page = client.get(path, headers={"Accept-Language": "en"})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert path.startswith("/api/") or "What you can do yourself right now" in page.text


@override_settings(ROOT_URLCONF="supportdesk.tests.test_errors")
def test_a_fault_does_not_say_that_nothing_was_lost(client: Client) -> None:
    client.raise_request_exception = False
    said = client.post("/broken/", headers={"Accept-Language": "en"}).text
    assert "may not have been taken in" in said
    assert "Nothing of yours was lost" not in said


@pytest.mark.postgres
def test_connections_have_limits() -> None:
    """Those of pages or of workers: whichever another test has brought into this process."""
    limits = {}
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            limits[name] = cursor.fetchone()[0]
    pages = {"statement_timeout": "20s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"}
    assert limits in (pages, {"statement_timeout": "1h", "lock_timeout": "1min", "idle_in_transaction_session_timeout": "15min"})


@pytest.mark.parametrize(
    ("importing", "locks"), [("supportdesk.wsgi", "-c lock_timeout=5s"), ("supportdesk.celery", "-c lock_timeout=60s")]
)
def test_pages_wait_shorter_than_workers(importing: str, locks: str, tmp_path) -> None:
    code = f"import {importing}; from django.db import connection; print(connection.get_connection_params()['options'])"
    result = settings_with(tmp_path, code, **PRODUCTION)
    assert locks in result.stdout, result.stderr


def test_a_machine_that_fell_silent_is_noticed(tmp_path) -> None:
    """By the client: the server's own limits end no wait for a server that is gone."""
    result = settings_with(tmp_path, "print(sorted(settings.DATABASES['default']['OPTIONS'].items()))", **PRODUCTION)
    assert "('connect_timeout', 5), ('keepalives_count', 3), ('keepalives_idle', 10), ('keepalives_interval', 5)" in result.stdout
    assert "('tcp_user_timeout', 25000)" in result.stdout


def test_behind_a_pooler_nothing_outlives_a_transaction(tmp_path) -> None:
    code = "d = settings.DATABASES['default']; print(d['DISABLE_SERVER_SIDE_CURSORS'], d['LIMITS'], 'server_side_binding' in d['OPTIONS'])"
    result = settings_with(tmp_path, code, DATABASE_POOLED="1", **PRODUCTION)
    assert result.stdout.strip() == "True {} False", result.stderr


def test_the_cache_of_production_is_one_that_may_go_away(tmp_path) -> None:
    result = settings_with(tmp_path, "print(settings.CACHES['default']['BACKEND'])", **PRODUCTION)
    assert result.stdout.strip() == "lib.shared_cache.SharedCache", result.stderr
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db", "people stay signed in without a cache"
