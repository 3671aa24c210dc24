"""What the environment may not say: each by name, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from supportdesk import refused_settings
from supportdesk.tests.test_settings import PRODUCTION, ROOT, settings_with

KNOWN = refused_settings.names_asked_for(*(ROOT / name for name in settings.READING))
ZEROS = "k1:" + "A" * 43 + "="
GOOD_KEY = PRODUCTION["EVIDENCE_KEYS"]


def refusals(said: dict[str, str]) -> list[str]:
    return refused_settings.refusals(said, KNOWN)


def named(**changed: str) -> set[str]:
    """Names of what is refused of a production in which only this is different."""
    return {line.partition(":")[0] for line in refusals({**PRODUCTION, **changed})}


def test_a_sound_production_is_refused_nothing():
    assert refusals({**PRODUCTION, "PATH": "/usr/bin", "HOME": "/root", "HOSTNAME": "web1", "HTTPS_PROXY": "http://proxy:3128"}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DJANGO_ENV", "prod"),
        ("DJANGO_ENV", "Production"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FALLBACKS", PRODUCTION["SECRET_KEY"] + ",old"),
        ("ACCOUNT_HMAC_KEY", "x"),
        ("ACCOUNT_HMAC_KEY", PRODUCTION["SECRET_KEY"]),
        ("EVIDENCE_HMAC_KEY", "k"),
        ("EVIDENCE_HMAC_KEY", "ab" * 30),
        ("EVIDENCE_KEYS", "abc"),
        ("EVIDENCE_KEYS", ZEROS),
        ("EVIDENCE_KEYS", f"{GOOD_KEY},k2:{GOOD_KEY[3:]}"),
        ("FREEZE_ADAPTER_SECRET", "secret"),
        ("SMS_GATEWAY_SECRET", "0" * 40),
        ("SMS_GATEWAY_URL", "file:"),
        ("SMS_GATEWAY_URL", "ftp://sms.example"),
        ("FREEZE_ADAPTER_URL", "freeze.example"),
        ("DATABASE_URL", "sqlite:///desk.sqlite3"),
        ("DATABASE_URL", "sqlite:"),
        ("DATABASE_URL", "foo://bar"),
        ("DATABASE_URL", "db.example/desk"),
        ("CACHE_URL", "locmemcache://"),
        ("CACHE_URL", "dummycache://"),
        ("CACHE_URL", "dbcache://table"),
        ("CELERY_BROKER_URL", "memory://localhost/"),
        ("CELERY_BROKER_URL", "foo://bar"),
        ("EMAIL_URL", "consolemail://"),
        ("EMAIL_URL", "filemail:///tmp/mail"),
        ("EMAIL_URL", "smtp://"),
        ("SITE_URL", "http://desk.example"),
        ("SITE_URL", "desk.example"),
        ("SITE_URL", "https://desk.example/desk"),
        ("SITE_URL", "https://other.example"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "desk.example,https://desk.example"),
        ("CSRF_TRUSTED_ORIGINS", "desk.example"),
        ("FRAMED_BY", "*"),
        ("FRAMED_BY", "http://app.example.com"),
        ("FRAMED_BY", "https://*.example.com"),
        ("FRAMED_BY", "https://app.example.com/page"),
        ("FRAMED_BY", "https://app.example.com,app.example.org"),
        ("CLAMD_URL", "clamd:3310"),
        ("CLAMD_URL", "tcp://clamd"),
        ("INBOUND_URL", "imap.example"),
        ("INBOUND_URL", "imap+ssl://imap.example/INBOX"),
        ("REPLY_ADDRESS", "desk"),
        ("DEFAULT_FROM_EMAIL", "Desk"),
        ("THROTTLE_USER", "abc"),
        ("THROTTLE_ANON", "0/min"),
        ("PROOF_SETTLES_DAYS", "a week"),
        ("WEB_CONCURRENCY", "two"),
        ("CONN_MAX_AGE", "-1"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "LOUD"),
        ("HTTPS", "0"),
        ("HTTPS", "maybe"),
        ("DEBUG", "1"),
        ("DEMO", "1"),
        ("CELERY_TASK_ALWAYS_EAGER", "1"),
        ("EVIDENCE_KEY", GOOD_KEY),
        ("ALLOWED_HOST", "desk.example"),
        ("THROTTLE_USERS", "5/min"),
        ("EMAILURL", "smtp://mail.example"),
    ],
)  # fmt: skip
def test_each_weak_setting_is_refused_by_its_name(name, value):
    assert named(**{name: value}) == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://desk:p%40ss@db.example:5433/desk"),
        ("DATABASE_URL", "postgres:///desk"),
        ("CACHE_URL", "rediss://redis.example:6380/0"),
        ("CELERY_BROKER_URL", "amqp://desk:secret@rabbit.example//"),
        ("EMAIL_URL", "smtp+tls://user:p%40ss@mail.example:587"),
        ("ALLOWED_HOSTS", ".example,10.0.0.7"),
        ("CLAMD_URL", "unix:///run/clamav/clamd.ctl"),
        ("INBOUND_URL", "imap+ssl://desk:secret@imap.example/INBOX"),
        ("DEFAULT_FROM_EMAIL", "Supportdesk <desk@desk.example>"),
        ("FRAMED_BY", "https://app.example.com,https://wallet.example.org:8443"),
        ("THROTTLE_USER", ""),
        ("EVIDENCE_KEYS", f"k2:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=,{GOOD_KEY}"),
        ("FREEZE_ADAPTER_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("SECURE_SSL_REDIRECT", "0"),
        ("MY_OWN_VARIABLE", "1"),
    ],
)
def test_what_is_sound_is_not(name, value):
    assert named(**{name: value}) == set()


def test_all_that_is_wrong_is_said_at_once_and_no_key_is_shown():
    lines = refusals({**PRODUCTION, "SECRET_KEY": "hunter2", "HTTPS": "0", "CACHE_URL": "locmemcache://"})
    assert len(lines) == 3
    assert "hunter2" not in "".join(lines)


@pytest.mark.parametrize("host", ["desk.example.com", "*", "8.8.8.8", ".example.com"])
def test_a_public_host_without_the_name_of_its_environment_is_a_production_that_forgot(host):
    assert [line.partition(":")[0] for line in refusals({"ALLOWED_HOSTS": f"localhost,{host}"})] == ["DJANGO_ENV"]
    assert refusals({"ALLOWED_HOSTS": host, "DJANGO_ENV": "embedded"}) == []


@pytest.mark.parametrize("hosts", ["", "localhost,127.0.0.1,[::1]", "192.168.1.5", "desk", "desk.local", "desk.localhost"])
def test_a_trial_at_home_needs_no_name(hosts):
    assert refusals({"ALLOWED_HOSTS": hosts}) == []


def test_every_variable_that_is_read_is_documented():
    documented = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "environment.md").read_text(), re.MULTILINE)
    assert {name for cell in documented for name in re.findall(r"`([A-Z_0-9]+)`", cell)} == KNOWN


def test_the_web_process_does_not_start_with_a_key_that_cannot_be_read(tmp_path: Path):
    environment = {"VAR_DIR": str(tmp_path), "EVIDENCE_KEYS": "abc", "PATH": "/usr/bin:/bin"}
    started = subprocess.run(
        [sys.executable, "-c", "import supportdesk.wsgi"], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert started.returncode != 0
    assert "EVIDENCE_KEYS: entry 1" in started.stderr


def test_no_process_starts_with_what_is_refused(tmp_path: Path):
    result = settings_with(tmp_path, "settings.DEBUG", **{**PRODUCTION, "HTTPS": "0", "SECRET_KEY": "a" * 60})
    assert result.returncode != 0
    assert "SECRET_KEY: it repeats" in result.stderr and "HTTPS: production is" in result.stderr
