"""No log keeps what opens a door: links in letters, codes of receipts. Every address that holds such a secret is asked."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter
from gunicorn.config import Config

from lib.secret_paths import without_secrets_of_paths
from supportdesk import access_log, logs
from supportdesk.access_log import AccessLogger
from supportdesk.tests.test_house import ROOT

SECRET = "MTo1:abcDEF-_.123"


def _patterns(found: list[Any], before: str = "/") -> list[tuple[str, URLPattern]]:
    every = []
    for each in found:
        here = before + str(each.pattern)
        every += _patterns(each.url_patterns, here) if isinstance(each, URLResolver) else [(here, each)]
    return every


def addresses() -> list[str]:
    """With a secret in each: whatever a `<str:…>` stands for, outside of the admin."""
    found = []
    for route, each in _patterns(get_resolver().url_patterns):
        converters = getattr(each.pattern, "converters", {})
        if any(type(converter) is StringConverter for converter in converters.values()) and not route.startswith("/admin/"):
            found.append(re.sub(r"<str:\w+>", SECRET, route))
    return found


def test_there_are_such_addresses() -> None:
    assert {"/accounts/not-me/", "/accounts/quiet/", "/accounts/enter/", "/begin/", "/receipts/"} <= {
        each.partition(SECRET)[0] for each in addresses()
    }


@pytest.mark.parametrize("address", addresses())
@pytest.mark.parametrize("form", ["plain", "json"])
def test_the_line_of_a_request_hides_it(address: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "AS_JSON", form == "json")
    config = Config()
    config.set("accesslog", "-")
    settings: dict[str, Any] = {}
    exec((ROOT / "gunicorn.conf.py").read_text(), settings)  # noqa: S102 - ours
    assert settings["logger_class"] == "supportdesk.access_log.AccessLogger"
    config.set("access_log_format", settings["access_log_format"])
    logger, lines = AccessLogger(config), list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger.access_log.handlers = [handler]
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": f"{address}?q=13800138000", "PATH_INFO": address, "QUERY_STRING": "q=13800138000"}
    environ |= {"HTTP_REFERER": f"https://desk{address}", "SERVER_PROTOCOL": "HTTP/1.1"}
    response = SimpleNamespace(status="200 OK", sent=5, headers=[("X-Request-Id", "r1")])
    logger.access(response, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=9))
    (line,) = lines
    assert SECRET not in line
    assert "13800138000" not in line
    assert "***" in line
    assert "r1" in line
    if form == "json":
        assert json.loads(line)["path"].endswith("***/")


@pytest.mark.parametrize("address", addresses())
def test_our_own_lines_hide_it(address: str) -> None:
    """Django says which address it refused."""
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("Gone", address), None)
    assert logs.SecretPathsFilter().filter(record)
    assert SECRET not in record.getMessage()
    handler: Any = logs.logging_of("json", "INFO")
    assert "secret_paths" in handler["handlers"]["console"]["filters"]


@pytest.mark.parametrize("address", addresses())
def test_so_does_the_proxy_in_the_guide(address: str) -> None:
    said = (ROOT / "docs" / "hardening.md").read_text()
    pattern = re.search(r'"~(\S+)" "\$\{head\}\*\*\*";', said)
    assert pattern is not None
    found = re.match(pattern[1].replace("?<head>", "?P<head>"), address)
    assert found is not None
    assert SECRET not in found["head"]
    log_format = re.search(r"log_format desk (.+);", said)
    assert log_format is not None
    assert "$uri_to_log" in log_format[1]
    assert not re.search(r"\$(uri\b|request\b|request_uri|args|http_referer)", log_format[1].replace("$uri_to_log", ""))


def test_other_addresses_stay_as_they_are() -> None:
    for address in ("/tickets/TS-20260706-000001/receipt/", "/receipts/", "/accounts/login/", "/freeze/"):
        assert without_secrets_of_paths(address) == address
