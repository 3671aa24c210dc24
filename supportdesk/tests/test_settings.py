"""The settings start with nothing, and refuse to start a production that lacks something."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://desk@db.example/desk",
    "ALLOWED_HOSTS": "desk.example",
    "CACHE_URL": "rediscache://redis.example:6379/0",
    "CELERY_BROKER_URL": "redis://redis.example:6379/1",
    "EMAIL_URL": "smtp://mail.example:25",
    "DEFAULT_FROM_EMAIL": "desk@desk.example",
    "SITE_URL": "https://desk.example",
    "EVIDENCE_KEYS": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "EVIDENCE_HMAC_KEY": "only-for-this-test-too-0123456789-abcdef",
}


def settings_with(tmp_path: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "supportdesk.settings", **environment}
    command = [sys.executable, "-c", f"from django.conf import settings; {code}"]
    return subprocess.run(command, cwd=ROOT, env=clean, check=False, capture_output=True, text=True)


def test_starts_with_no_environment_on_sqlite_and_without_debug(tmp_path: Path) -> None:
    result = settings_with(tmp_path, "print(settings.DEBUG, settings.DATABASES['default']['NAME'])")
    assert result.stdout.split() == ["False", f"{tmp_path}/db.sqlite3"], result.stderr


@pytest.mark.parametrize(("said", "start"), [({}, "http://127.0.0.1:8000"), ({"PORT": "8123"}, "http://127.0.0.1:8123")])
def test_links_in_letters_lead_to_the_port_that_is_served(said, start, tmp_path: Path) -> None:
    result = settings_with(tmp_path, "print(settings.SITE_URL)", **said)
    assert result.stdout.strip() == start, result.stderr


@pytest.mark.parametrize(("said", "prepares"), [({}, "True"), ({"PREPARED_STATEMENTS": "false"}, "False")])
def test_statements_are_prepared_unless_a_pooler_stands_between(said, prepares, tmp_path: Path) -> None:
    code = "print(settings.DATABASES['default'].get('OPTIONS', {}).get('server_side_binding', False))"
    result = settings_with(tmp_path, code, DATABASE_URL="postgres://desk@db.example/desk", **said)
    assert result.stdout.strip() == prepares, result.stderr


def test_makes_a_secret_of_its_own_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    first, second = (settings_with(tmp_path, "print(settings.SECRET_KEY)").stdout for _ in range(2))
    assert len(first.strip()) >= 50
    assert first == second
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


LETTER = (
    "import django; django.setup(); from django.core.mail import send_mail; from accounts.sms import call_gateway;"
    " from django.db import connection; connection.ensure_connection();"
    " send_mail('123456 is your code', 'Your code: 123456', None, ['mei@example.com']); call_gateway(1, '+8613800138000', '654321')"
)


def test_local_files_are_for_their_user_alone_and_no_code_stands_in_the_log(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir(mode=0o755)
    (tmp_path / "db.sqlite3").touch(mode=0o644)
    result = settings_with(tmp_path, LETTER, SMS_GATEWAY_URL="file:")
    assert result.returncode == 0, result.stderr
    kept = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.rglob("*") if path.name != "static"}
    assert {name for name, others in kept.items() if others} == set()
    assert kept.keys() >= {"mail", "db.sqlite3", "texts"}
    assert "123456" in next((tmp_path / "mail").iterdir()).read_text()
    assert "654321" in (tmp_path / "texts").read_text()
    said = result.stdout + result.stderr
    assert "mei@example.com" not in said, "who is erased cannot be taken out of a log"
    assert ("123456" in said, "654321" in said, "13800138000" in said) == (False, False, False)


def test_two_installs_do_not_share_a_secret(tmp_path: Path) -> None:
    secrets = {settings_with(tmp_path / name, "print(settings.SECRET_KEY)").stdout for name in ("one", "two")}
    assert len(secrets) == 2


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"DJANGO_ENV"}))
def test_production_names_what_it_lacks(tmp_path: Path, name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    result = settings_with(tmp_path, "settings.DEBUG", **environment)
    assert result.returncode != 0
    assert f"Set in the environment: {name} (" in result.stderr


def test_production_refuses_the_demo(tmp_path: Path) -> None:
    result = settings_with(tmp_path, "settings.DEBUG", DEMO="1", **PRODUCTION)
    assert result.returncode != 0
    assert "DEMO: unset it" in result.stderr


def test_a_gateway_without_a_secret_stops_the_start(tmp_path: Path) -> None:
    result = settings_with(tmp_path, "settings.DEBUG", SMS_GATEWAY_URL="https://sms.example/")
    assert result.returncode != 0
    assert "SMS_GATEWAY_SECRET" in result.stderr


def test_production_writes_no_codes_to_files(tmp_path: Path) -> None:
    result = settings_with(tmp_path, "settings.DEBUG", SMS_GATEWAY_URL="file:", **PRODUCTION)
    assert result.returncode != 0
    assert "SMS_GATEWAY_URL" in result.stderr


def test_people_sign_in_by_phone_only_where_texts_can_be_sent(tmp_path: Path) -> None:
    asked = "print(sorted(settings.ACCOUNT_LOGIN_METHODS))"
    assert settings_with(tmp_path, asked).stdout.strip() == "['email']"
    assert settings_with(tmp_path, asked, DEMO="1").stdout.strip() == "['email', 'phone']"


def test_production_is_closed_where_it_matters(tmp_path: Path) -> None:
    names = "DEBUG SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT REQUIRE_STAFF_2FA STATIC_MANIFEST"
    result = settings_with(tmp_path, f"print(*[getattr(settings, n) for n in '{names}'.split()])", **PRODUCTION)
    assert result.stdout.split() == ["False", "True", "True", "True", "True", "True"], result.stderr
    assert not (tmp_path / "secret_key").exists()


def test_django_finds_nothing_to_warn_of_in_production(tmp_path: Path) -> None:
    """But of the interpreter, where the tests run on an old one."""
    code = "from django.core.management import execute_from_command_line as run; run('manage.py check --deploy'.split())"
    result = settings_with(tmp_path, code, **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert set(re.findall(r"\((\w+\.[CEW]\d+)\)", result.stderr)) <= {"supportdesk.W001"}, result.stderr


@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    response = client.get("/accounts/login/")
    policy = dict(directive.strip().split(" ", 1) for directive in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(response["Permissions-Policy"].split(", "))


def test_four_hundred_addresses_throw_out_nobodys_count(client: Client) -> None:
    """Of the one-process install, whose limits are counted in memory."""
    assert ".LocMemCache" in django_settings.CACHES["default"]["BACKEND"]
    cache.set("tries-of-the-victim", [1.0] * 5)
    for number in range(400):
        client.get("/api/v1/", REMOTE_ADDR=f"10.1.{number // 250}.{number % 250}")
        cache.set(f"throttle-{number}", [1.0])
    assert cache.get("tries-of-the-victim") == [1.0] * 5


@pytest.mark.django_db
@pytest.mark.parametrize("named", [True, False])
def test_only_pages_of_customers_are_framed_and_by_named_origins_alone(client: Client, settings: Any, named: bool) -> None:
    settings.FRAMED_BY = ["https://app.example.com"] if named else []
    inside = {"Sec-Fetch-Dest": "iframe"}
    page = client.get("/accounts/login/", headers=inside)
    cookies = [cookie.OutputString() for cookie in page.cookies.values()]
    assert cookies and all(("SameSite=None" in each and "Secure" in each and "Partitioned" in each) == named for each in cookies)
    ancestors = "https://app.example.com" if named else "'none'"
    assert f"frame-ancestors {ancestors};" in page["Content-Security-Policy"] + ";"
    assert ("X-Frame-Options" in page) != named
    outside = Client().get("/accounts/login/")
    assert all("SameSite=Lax" in cookie.OutputString() for cookie in outside.cookies.values())
    for path in ("/desk/", "/admin/login/", "/api/v1/"):
        assert "frame-ancestors 'none'" in client.get(path, headers=inside)["Content-Security-Policy"], path
    client.force_login(User.objects.create_user(email="lin@example.com", password=None, is_staff=True))
    assert "frame-ancestors 'none'" in client.get("/", headers=inside)["Content-Security-Policy"]
