"""What one person may file within an hour is counted in the operation, so every door shares it; a flood buries nobody we know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from lib.requester import current_network, network_of
from tickets.models import Freeze, Notification, Ticket
from tickets.operations import file_ticket, perform, start_draft
from tickets.operations.filing_limits import TooManyFilings
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.FREEZES_PER_HOUR, settings.FILINGS_PER_HOUR, settings.FREEZES_OF_STRANGERS = 3, 3, "2/h"


@pytest.fixture
def network():
    token = current_network.set("203.0.113.7")
    yield
    current_network.reset(token)


def freeze_of(number: int, **more: object) -> dict[str, object]:
    return filing("billing_unauthorized", account=f"douyin:1390000{number:04}", request_freeze=True, not_me=True, **more)


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


# ---- One person
def test_forty_freezes_by_one_person_over_the_api_are_three(mei, clock):
    clock("2026-03-10T20:00:00+08:00")
    answers = [api(mei).post("/api/v1/tickets/", freeze_of(number), format="json") for number in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 3
    assert (answers[-1].json()["code"], answers[-1]["Retry-After"]) == ("throttled", "3600")
    assert Freeze.objects.count() == Ticket.objects.count() == 3
    clock("2026-03-10T21:00:00+08:00")
    assert api(mei).post("/api/v1/tickets/", freeze_of(9), format="json").status_code == 201


def test_the_action_counts_with_the_filings(mei):
    refs = [file_ticket(mei, filing("billing_unauthorized", account="douyin:13900001111")).ref]
    for number in range(3):
        file_ticket(mei, freeze_of(number))
    with pytest.raises(TooManyFilings):
        perform(mei, refs[0], "request_freeze", {})


def test_complaints_and_drafts_count_together_and_freezes_by_themselves(mei, wang):
    for _ in range(2):
        file_ticket(mei, filing("billing_duplicate"))
    start_draft(mei, {"category": "billing_duplicate"})
    for begin in (lambda: file_ticket(mei, filing("billing_duplicate")), lambda: start_draft(mei, {"category": "billing_duplicate"})):
        with pytest.raises(TooManyFilings) as many:
            begin()
        assert many.value.status == 429 and many.value.block.available_from is not None
    file_ticket(mei, freeze_of(1))
    file_ticket(wang, filing("billing_duplicate"))


def test_who_files_for_callers_is_not_stopped(lin, mei):
    for number in range(5):
        file_ticket(lin, freeze_of(number, on_behalf_of=mei.email))
        file_ticket(lin, filing("billing_duplicate", on_behalf_of=mei.email))
    assert Freeze.objects.filter(owner=mei).count() == 5


# ---- Many people of one place
def strangers(django_user_model, count: int):
    return [django_user_model.objects.create_user(email=f"new{number}@example.net", password="x") for number in range(count)]


def test_a_flood_of_strangers_is_marked_rings_once_more_and_never_refused(django_user_model, network, client, chen):
    for number, stranger in enumerate(strangers(django_user_model, 5)):
        file_ticket(stranger, freeze_of(number))
    assert list(Freeze.objects.order_by("pk").values_list("is_flood", flat=True)) == [False, False, True, True, True]
    assert Notification.objects.filter(kind="request_freeze", ticket__freezes__is_flood=True).count() == 0
    assert Notification.objects.filter(kind="request_freeze").exists()


def test_a_known_person_s_freeze_stands_before_the_flood_and_rings(django_user_model, network, mei, chen, client):
    for number, stranger in enumerate(strangers(django_user_model, 4)):
        file_ticket(stranger, freeze_of(number))
    mei.date_joined = timezone.now() - timedelta(days=2)
    mei.save()
    ref = file_ticket(mei, freeze_of(77)).ref
    assert Notification.objects.filter(kind="request_freeze", ticket__ref=ref).exists()
    client.force_login(chen)
    page = client.get("/desk/freezes/", headers={"Accept-Language": "en"}).content.decode()
    flood = list(Freeze.objects.filter(is_flood=True).values_list("ticket__ref", flat=True))
    assert page.index(ref) < page.index("one flood") < min(page.index(each) for each in flood)
    assert page.count("one flood") == 1


def test_without_a_network_nothing_is_a_flood(django_user_model):
    for number, stranger in enumerate(strangers(django_user_model, 4)):
        file_ticket(stranger, freeze_of(number))
    assert not Freeze.objects.filter(is_flood=True).exists()


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:203.0.113.7", "203.0.113.7"), ("unix:", "")],
)
def test_a_household_is_one_network(address, network):
    assert network_of(address) == network
