"""Limits per user and per address, from the settings as they are at the request."""

import pytest
from rest_framework.test import APIClient

from api.tests.driving import ROOT
from lib.rates import Rate, rate_of
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


def statuses(client, count, path="tickets/", **extra):
    return [client.get(ROOT + path, **extra).status_code for _ in range(count)]


def test_a_user_who_asks_too_often_is_told_when_to_come_back(as_, mei, wang, settings, clock):
    settings.THROTTLE_USER = "3/min"
    assert statuses(as_(mei), 3) == [200, 200, 200]
    refused = as_(mei).get(f"{ROOT}tickets/")
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert statuses(as_(wang), 1) == [200]
    clock("2026-03-10T20:54:00+08:00")
    assert statuses(as_(mei), 1) == [200]


def test_no_burst_at_the_seam_of_two_windows(as_, mei, settings, clock):
    settings.THROTTLE_USER = "10/min"
    clock("2026-03-10T20:52:59+08:00")
    assert statuses(as_(mei), 10) == [200] * 10
    clock("2026-03-10T20:53:01+08:00")
    assert 429 in statuses(as_(mei), 3)


def test_visitors_are_counted_by_address(as_, settings):
    settings.THROTTLE_ANON = "2/min"
    assert statuses(as_(), 3, "categories/", REMOTE_ADDR="10.1.1.1") == [200, 200, 429]
    assert statuses(as_(), 1, "categories/", REMOTE_ADDR="10.1.1.2") == [200]
    assert statuses(as_(), 3, REMOTE_ADDR="10.1.1.3") == [401, 401, 429]


def test_an_address_is_counted_whoever_asks(as_, mei, wang, settings):
    settings.THROTTLE_ADDRESS = "2/min"
    assert [statuses(as_(user), 1, REMOTE_ADDR="10.1.1.4")[0] for user in (mei, wang, mei)] == [200, 200, 429]
    assert statuses(as_(mei), 1, REMOTE_ADDR="10.1.1.5") == [200]


def test_a_header_anyone_can_write_is_no_address(as_, settings):
    settings.THROTTLE_ANON = "1/min"
    sent = [as_().get(f"{ROOT}categories/", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}").status_code for n in range(2)]
    assert sent == [200, 429]


def test_filing_and_uploading_have_limits_of_their_own(as_, mei, settings):
    settings.THROTTLE_FILING = settings.THROTTLE_UPLOAD = "1/min"
    client = as_(mei)
    ref = client.post(f"{ROOT}tickets/", filing(), format="json").json()["ref"]
    assert client.post(f"{ROOT}tickets/", filing(), format="json").status_code == 429
    card = {"kind": "bank_card_masked", "text": "招商银行 1234"}
    assert [client.post(f"{ROOT}tickets/{ref}/evidence/", card, format="json").status_code for _ in range(2)] == [201, 429]
    assert statuses(client, 2) == [200, 200]


def test_wrong_tokens_are_counted_too(settings):
    settings.THROTTLE_ADDRESS = "2/min"
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert statuses(client, 3) == [401, 401, 429]


def test_a_rate_may_be_off(settings):
    settings.THROTTLE_USER = ""
    assert rate_of("THROTTLE_USER") is None
    settings.THROTTLE_USER = "5/hour"
    assert rate_of("THROTTLE_USER") == Rate(5, 3600)
