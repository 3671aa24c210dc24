"""The platform changes its keys by itself: what it publishes counts, soon, and is asked for seldom."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.cache import cache
from django.db import connection

from accounts.models import PlatformIdentity
from api.tests.test_exchange import ADDRESS, EC, OTHER, RSA, exchange, machine, public, signed  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def jwk(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", **more}


@pytest.fixture
def platform(settings) -> Iterator[HTTPServer]:
    """A server of the platform's: `keys` is what it publishes, `asked` how often it was asked; None: it is broken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked += 1
            if self.server.keys is None:
                self.send_error(503)
                return
            body = json.dumps({"keys": self.server.keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing beside the tests' own output."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.keys, server.asked = [jwk(EC, "e1")], 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PLATFORM_JWT_KEYS = []
    settings.PLATFORM_JWKS_URL = f"http://127.0.0.1:{server.server_port}/jwks.json"
    settings.PLATFORM_JWT_ISSUER, settings.PLATFORM_JWT_AUDIENCE = "https://wallet.example", "https://desk.example"
    yield server
    server.shutdown()
    server.server_close()


def code(answer: Any) -> str:
    return "" if answer.status_code == 201 else answer.json()["code"]


def minute_over(platform: Any, settings: Any) -> None:
    cache.delete(f"platform-keys-asked:{settings.PLATFORM_JWKS_URL}")


def test_a_new_key_is_taken_without_anybody_here_and_the_old_one_ends(machine, platform, settings):  # noqa: F811
    assert code(exchange(machine, signed())) == ""
    assert code(exchange(machine, signed(sub="u-18"))) == ""
    assert platform.asked == 1
    platform.keys = [jwk(OTHER, "e2")]
    assert code(exchange(machine, signed(OTHER, "e2"))) == "ASSERTION_KEY_UNKNOWN"  # asked less than a minute ago
    assert platform.asked == 1
    minute_over(platform, settings)
    assert code(exchange(machine, signed(OTHER, "e2"))) == ""
    assert code(exchange(machine, signed())) == "ASSERTION_KEY_UNKNOWN"
    assert platform.asked == 2


def test_names_that_nobody_knows_do_not_make_the_platform_a_target(machine, platform):  # noqa: F811
    for number in range(5):
        assert code(exchange(machine, signed(kid=f"made-up-{number}"))) == "ASSERTION_KEY_UNKNOWN"
    assert platform.asked == 1
    assert not PlatformIdentity.objects.exists()


def test_while_the_platform_s_server_is_away_its_last_word_counts(machine, platform, settings):  # noqa: F811
    assert code(exchange(machine, signed())) == ""
    platform.keys = None
    cache.delete(f"platform-keys:{settings.PLATFORM_JWKS_URL}")
    minute_over(platform, settings)
    assert code(exchange(machine, signed())) == ""
    assert platform.asked == 2
    cache.clear()
    assert code(exchange(machine, signed())) == "ASSERTION_KEY_UNKNOWN"


PRIVATE = {**jwk(EC, "private"), "d": json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC))["d"]}
UNUSABLE = [
    {"kty": "oct", "k": "c2VjcmV0", "kid": "e1", "use": "sig"},
    jwk(EC, "e1", use="enc"),
    jwk(ec.generate_private_key(ec.SECP384R1()), "e1"),
    jwk(rsa.generate_private_key(65537, 1024), "e1"),  # noqa: S505 - refused
    {**PRIVATE, "kid": "e1"},
    {"kty": "EC", "kid": "e1"},
    {"kid": 7},
    "e1",
]


@pytest.mark.parametrize("row", UNUSABLE)
def test_what_is_no_public_key_for_signatures_is_passed_over(row, machine, platform):  # noqa: F811
    platform.keys = [row, jwk(RSA, "r1")]
    assert code(exchange(machine, signed())) == "ASSERTION_KEY_UNKNOWN"
    assert code(exchange(machine, signed(RSA, "r1", "RS256"))) == ""


@pytest.mark.parametrize("said", [None, [], {"keys": "none"}, {"keys": [[]] * 3}])
def test_whatever_else_is_published_lets_nobody_in(said, machine, platform):  # noqa: F811
    platform.keys = said
    assert code(exchange(machine, signed())) == "ASSERTION_KEY_UNKNOWN"


def test_what_the_operator_lists_overrules_what_is_published(machine, platform, settings):  # noqa: F811
    platform.keys = [jwk(OTHER, "e1")]
    settings.PLATFORM_JWT_KEYS = [f"e1:{public(EC)}"]
    assert code(exchange(machine, signed())) == ""
    assert code(exchange(machine, signed(OTHER))) == "ASSERTION_SIGNATURE"


def test_no_lock_waits_for_the_platform_s_server(machine, platform, monkeypatch):  # noqa: F811
    """Asked before the transaction of the answer, which holds the row of the key of the request."""
    within: list[int] = []

    def asked(_url: str) -> object:
        within.append(len(connection.savepoint_ids))
        return {"keys": platform.keys}

    monkeypatch.setattr("accounts.platform_keys.get_json", asked)
    said = {"token": signed()}
    first = machine.post(ADDRESS, said, format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    again = machine.post(ADDRESS, said, format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert within == [0]
